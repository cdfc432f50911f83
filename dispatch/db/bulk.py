"""Many rows in one statement, handed to the driver as they are.

For the few statements that run for every position: SQLAlchemy costs more for a row than the
database does. On SQLite one statement is one step: the interpreter lock is given up once and
not once for a row, which beside a busy event loop is forty times faster than `executemany`.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from itertools import chain
from typing import Any, Final, cast

import asyncpg
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

Row = Sequence[Any]

_CHUNK: Final = 500
"Rows of one SQLite statement; 13 columns of them stay well below its 32 766 parameters."
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_GONE: Final = ("08", "53", "57", "40", "55")
"SQLSTATE classes that are not the statement's fault: connection, resources, operator, locks."


def is_sqlite(session: AsyncSession) -> bool:
    """Which of the two databases this is."""
    return session.get_bind().dialect.name == "sqlite"


def micros(at: datetime) -> int:
    """Microseconds since 1970, exact."""
    return (at - _EPOCH) // _MICROSECOND


def from_micros(value: int) -> datetime:
    """The time, UTC, that `micros` counted."""
    return _EPOCH + value * _MICROSECOND


def stored_time(session: AsyncSession) -> Callable[[datetime | None], Any]:
    """What the driver takes for a column of type `UtcDateTime`, be it NULL."""
    return _as_text if is_sqlite(session) else _as_it_is


def _as_text(at: datetime | None) -> str | None:
    return None if at is None else time_text(micros(at))


def _as_it_is(at: datetime | None) -> datetime | None:
    return at


def time_text(value: int) -> str:
    """Microseconds as SQLite keeps a `UtcDateTime`: `2026-03-01 08:00:00.000000`."""
    second, rest = divmod(value, 1_000_000)
    return f"{_second(second, ' ')}.{rest:06d}"


def iso_text(value: int) -> str:
    """Microseconds as answers and frames write a time: `2026-03-01T08:00:00.000Z`."""
    second, rest = divmod(value, 1_000_000)
    return f"{_second(second, 'T')}.{rest // 1000:03d}Z"


@lru_cache(maxsize=4096)
def _second(value: int, between: str) -> str:
    return from_micros(value * 1_000_000).isoformat(between)[:19]


@dataclass(frozen=True, slots=True)
class Bulk:
    """A statement over many rows; values are what the driver takes, in the order of `types`.

    On SQLite rows are repeated to fill a statement, so doing a row twice must change nothing:
    an insert needs its ON CONFLICT, or to be `exact`.
    """

    sql: str
    "With `{rows}` where VALUES or a SELECT of them goes."
    types: tuple[str, ...]
    "PostgreSQL's types of the columns."
    exact: bool = False
    "Each row is done once, in this order."

    async def run(self, session: AsyncSession, rows: Sequence[Row]) -> list[Row]:
        """Do it; what RETURNING returns. Nothing happens without rows.

        Raises:
            OperationalError: the database is locked, full or gone.
            DBAPIError: the database refuses the rows.
        """
        if not rows:
            return []
        driver = await driver_of(session)
        if not is_sqlite(session):
            with translated(self.sql):
                found = await driver.fetch(
                    _unnesting(self.sql, self.types, self.exact), *zip(*rows, strict=True)
                )
                return cast("list[Row]", found)
        got: list[Row] = []
        for start in range(0, len(rows), _CHUNK):
            sql, values = self._statement(rows[start : start + _CHUNK])
            with translated(self.sql):
                got += await driver.execute_fetchall(sql, values)
        return got

    def _statement(self, rows: Sequence[Row]) -> tuple[str, list[Any]]:
        """SQLite's, and what it is given.

        A column without any value stands as NULL in the statement itself: to the driver `None`
        is ten times the work of a number.
        """
        places = _places(len(rows))
        columns = list(zip(*rows, *[rows[-1]] * (places - len(rows)), strict=True))
        empty = tuple(column.count(None) == places for column in columns)
        if all(empty):
            empty = (False,) * len(columns)
        given = [column for column, nothing in zip(columns, empty, strict=True) if not nothing]
        values = [*chain.from_iterable(zip(*given, strict=True))]
        if self.exact:
            values.append(len(rows))
        return _listing(self.sql, empty, places, self.exact), values


async def fetch(session: AsyncSession, sql: str) -> list[Row]:
    """Rows of a statement without parameters."""
    driver = await driver_of(session)
    with translated(sql):
        if is_sqlite(session):
            return cast("list[Row]", await driver.execute_fetchall(sql))
        return cast("list[Row]", await driver.fetch(sql))


async def next_ids(session: AsyncSession, table: str, count: int) -> list[int]:
    """Ids for so many new rows of a table that counts up by itself, rising.

    Within a writing transaction: nobody else can take them.
    """
    if not count:
        return []
    if is_sqlite(session):
        ((last,),) = await fetch(session, f"SELECT coalesce(max(id), 0) FROM {table}")  # noqa: S608  of ours
        return [*range(last + 1, last + count + 1)]
    found = await _NEXT_IDS.run(session, [(table,)] * count)
    return sorted(row[0] for row in found)


_NEXT_IDS: Final = Bulk(
    "SELECT nextval(pg_get_serial_sequence(name, 'id')) FROM ({rows}) AS wanted (name)", ("text",)
)


async def driver_of(session: AsyncSession) -> Any:
    """The driver's own connection, within this session's transaction."""
    connection = await session.connection()
    raw = await connection.get_raw_connection()
    return raw.driver_connection


@contextmanager
def translated(sql: str) -> Iterator[None]:
    """A failure of the driver within the block as SQLAlchemy would raise it."""
    try:
        yield
    except sqlite3.Error as error:
        raise DBAPIError.instance(sql, None, error, sqlite3.Error) from error
    except (asyncpg.InterfaceError, asyncpg.PostgresConnectionError, OSError) as error:
        # a value that the driver cannot write is the row's fault, and trying again is in vain
        kind = DBAPIError if isinstance(error, ValueError) else OperationalError
        raise kind(sql, None, error) from error
    except asyncpg.PostgresError as error:
        kind = OperationalError if str(error.sqlstate)[:2] in _GONE else DBAPIError
        raise kind(sql, None, error) from error


@cache
def _unnesting(sql: str, types: tuple[str, ...], exact: bool) -> str:
    arrays = ", ".join(f"${place}::{name}[]" for place, name in enumerate(types, 1))
    if not exact:
        return sql.format(rows=f"SELECT * FROM unnest({arrays})")  # noqa: S608  names of types
    names = ", ".join(f"c{place}" for place, _ in enumerate(types, 1))
    given = f"unnest({arrays}) WITH ORDINALITY AS given ({names}, place)"
    return sql.format(rows=f"SELECT {names} FROM {given} ORDER BY place")  # noqa: S608


@cache
def _listing(sql: str, empty: tuple[bool, ...], places: int, exact: bool) -> str:
    row = f"({', '.join('NULL' if nothing else '?' for nothing in empty)})"
    rows = f"VALUES {', '.join([row] * places)}"
    return sql.format(rows=f"SELECT * FROM ({rows}) LIMIT ?" if exact else rows)  # noqa: S608


def _places(count: int) -> int:
    """Room for `count` rows, in few sizes: the driver keeps a statement of each ready."""
    return min(_CHUNK, 1 << (count - 1).bit_length())
