"""Lists that show the newest first: pages by keyset, and full-text search within them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Generic, TypeAlias, TypeVar

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    cast,
    column,
    func,
    literal,
    or_,
    select,
    table,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.visitors import InternalTraversal

from dispatch.db.words import Sought

Row = TypeVar("Row")
Conditions: TypeAlias = Sequence[ColumnElement[bool]]
Place: TypeAlias = tuple[datetime, int]
"Time and id of a row: where a page ended."

WINDOW: Final = 3000
"Rows that a search looks through in the list's own order before it asks the index."
COMMON: Final = 100_000
"A word in more rows than this is sought by walking on: sorting them all would take longer."


def older_than(at: Any, row_id: Any, place: Place | None) -> Conditions:
    """Rows after `place` in a list of the newest first; an index on (at, id) starts there."""
    if place is None:
        return ()
    here = tuple_(literal(place[0], at.type), literal(place[1], row_id.type))
    return (tuple_(at, row_id) < here,)


def exactly(column: Any, value: object) -> ColumnElement[bool]:
    """The same as `column == value`, for columns of few values that are spread unevenly.

    The value stands in the statement: a plan for any value would walk through a whole log to
    find the few rows of a small agency.
    """
    same: ColumnElement[bool] = column == bindparam(
        None, value, type_=column.type, literal_execute=True
    )
    return same


class unindexed(ColumnElement[Any]):  # noqa: N801  reads as a function, as SQLAlchemy's own do
    """A column that SQLite shall seek no row by, since another condition leaves fewer rows.

    It keeps no statistics here, and takes any equality for better than an index of few rows.
    """

    _traverse_internals = [  # noqa: RUF012  SQLAlchemy reads it so
        ("column", InternalTraversal.dp_clauseelement)
    ]

    def __init__(self, column: Any) -> None:
        self.column = column
        self.type = column.type


@compiles(unindexed)
def _plain(element: unindexed, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.column, **options)


@compiles(unindexed, "sqlite")
def _by_no_index(element: unindexed, compiler: SQLCompiler, **options: Any) -> str:
    return f"+{compiler.process(element.column, **options)}"


class NewestFirst(Generic[Row]):
    """Rows of one table by time and id, descending.

    Searching needs a column `words` of type `Words`: with a GIN index on PostgreSQL, and the
    FTS5 table `<table>_words` on SQLite.
    """

    def __init__(self, session: AsyncSession, model: type[Row], at: str) -> None:
        """`at`: name of the column that orders the list."""
        self._session = session
        self._model = model
        self._table: Table = model.__table__  # type: ignore[attr-defined]  # not declared
        self._at = at
        self._is_sqlite = session.get_bind().dialect.name == "sqlite"

    async def page(
        self, where: Conditions, either: Conditions, before: Place | None, limit: int
    ) -> Sequence[Row]:
        """At most `limit` rows that fulfil all of `where` and one of `either`.

        The conditions of `either` exclude one another; each can use an index of its own.
        """
        return await self._rows(self._listed(where, either, before, limit))

    async def search(
        self,
        sought: Sought,
        where: Conditions,
        either: Conditions,
        before: Place | None,
        limit: int,
    ) -> Sequence[Row]:
        """The same, of the rows that hold these words.

        Three plans, since each alone is a thousand times too slow for some word: most words
        that people seek stand in the newest rows; rare ones the text index finds; and one that
        was common long ago is met sooner by walking back than by sorting all its rows.
        """
        if not sought.words:
            return ()
        window = self._places(where, either, before, WINDOW, "words").cte("recent_rows")
        window = window.prefix_with("MATERIALIZED")
        recent = select(*self._place(window)).where(self._holds(window.c.words, sought))
        found = await self._rows(self._at_places(self._ordered(recent, window, limit)))
        if len(found) >= limit or await self._ends_within(where, either, before):
            return found
        if await self._count(sought) > COMMON:
            holds = self._holds(self._table.c.words, sought)
            return await self._rows(self._listed([*where, holds], either, before, limit))
        table = self._table
        conditions = [self._indexed(sought), *where, or_(*either), *self._after(before)]
        # no LIMIT in here, for whose sake a database would walk the list's index to its end
        hits = select(*self._place(table)).where(*conditions).cte("hits")
        hits = hits.prefix_with("MATERIALIZED")
        newest = self._ordered(select(*self._place(hits)), hits, limit)
        return await self._rows(self._at_places(newest))

    def _after(self, place: Place | None) -> Conditions:
        return older_than(self._table.c[self._at], self._table.c.id, place)

    def _listed(
        self, where: Conditions, either: Conditions, before: Place | None, limit: int
    ) -> Select[Any]:
        """The rows of a list, by its indexes."""
        if len(either) == 1:
            query = select(self._table).where(*where, *either, *self._after(before))
            return self._ordered(query, self._table, limit)
        return self._at_places(self._places(where, either, before, limit))

    def _places(
        self,
        where: Conditions,
        either: Conditions,
        before: Place | None,
        limit: int,
        *others: str,
    ) -> Select[Any]:
        """Where they stand, and other columns: a branch for each of `either`, by its own index."""
        table = self._table
        branches = [
            self._ordered(
                select(*self._place(table, *others)).where(*where, one, *self._after(before)),
                table,
                limit,
            )
            for one in either
        ]
        if len(branches) == 1:
            return branches[0]
        merged = union_all(*(select(one.subquery()) for one in branches)).subquery()
        return self._ordered(select(merged), merged, limit)

    def _place(self, rows: FromClause, *others: str) -> list[Any]:
        """Columns enough to sort and find a row: few, for each costs at each step of a query."""
        return [rows.c[name] for name in (self._at, "id", *others)]

    def _at_places(self, places: Select[Any]) -> Select[Any]:
        """The rows that stand there, in order."""
        found = places.subquery()
        rows = select(self._table).join(found, self._table.c.id == found.c.id)
        return rows.order_by(*(column.desc() for column in self._place(found)))

    async def _ends_within(
        self, where: Conditions, either: Conditions, before: Place | None
    ) -> bool:
        """Whether the window holds the list to its end."""
        window = self._places(where, either, before, WINDOW).subquery()
        query = select(func.count()).select_from(window)
        return (await self._session.execute(query)).scalar_one() < WINDOW

    def _ordered(self, query: Select[Any], rows: FromClause, limit: int) -> Select[Any]:
        return query.order_by(rows.c[self._at].desc(), rows.c.id.desc()).limit(limit)

    def _holds(self, words: Any, sought: Sought) -> ColumnElement[bool]:
        """Whether a row holds the words, judged row by row: no index answers these functions."""
        if not self._is_sqlite:
            return func.ts_match_vq(words, cast(sought.tsquery(), TSQUERY))
        *whole, last = sought.words
        parts = [*(f" {word} " for word in whole), f" {last}"]
        padded = literal(" ").concat(words).concat(" ")
        return and_(*(func.instr(padded, part) > 0 for part in parts))

    def _indexed(self, sought: Sought) -> ColumnElement[bool]:
        """The same by the text index."""
        if not self._is_sqlite:
            found: ColumnElement[bool] = self._table.c.words.op("@@", is_comparison=True)(
                cast(sought.tsquery(), TSQUERY)
            )
            return found
        return self._table.c.id.in_(self._matches(sought))

    def _matches(self, sought: Sought) -> Select[Any]:
        """Row ids out of the FTS5 table."""
        name = f"{self._table.name}_words"
        fts = table(name, column("rowid", Integer), column(name, Text))
        return select(fts.c.rowid).where(fts.c[name].op("MATCH")(sought.match()))

    async def _count(self, sought: Sought) -> int:
        """How many rows hold the words; counting ends beyond `COMMON`."""
        ids: Select[Any] = (
            self._matches(sought)
            if self._is_sqlite
            else select(self._table.c.id).where(self._indexed(sought))
        )
        bounded = ids.limit(COMMON + 1).subquery()
        query = select(func.count()).select_from(bounded)
        return (await self._session.execute(query)).scalar_one()

    async def _rows(self, query: Select[Any]) -> Sequence[Row]:
        # an entity over each subquery would cost more than the query
        rows = select(self._model).from_statement(query)
        return (await self._session.execute(rows)).scalars().all()
