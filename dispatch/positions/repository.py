"""All SQL of positions."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain
from typing import Any, Final

from sqlalchemy import RowMapping, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from dispatch.db.bulk import Bulk
from dispatch.db.copying import copy, run_copied
from dispatch.db.newest import unindexed
from dispatch.live.scope import Scope
from dispatch.positions.area import Area
from dispatch.positions.models import Carriage, LatestPosition, Position
from dispatch.positions.place import LastPlace
from dispatch.positions.rows import COLUMNS, TYPES, Row
from dispatch.radios.models import Radio

_INSERT: Final = Bulk(
    f"INSERT INTO position ({', '.join(COLUMNS)}) {{rows}} ON CONFLICT DO NOTHING", TYPES
)
# to set even an unchanged key would make SQLite take the row out and put it in again
_CHANGED: Final = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS if name != "radio_id")
_SHOW: Final = Bulk(
    f"INSERT INTO latest_position AS old ({', '.join(COLUMNS)}) {{rows}} "
    f"ON CONFLICT (radio_id) DO UPDATE SET {_CHANGED} "
    "WHERE excluded.heard_at > old.heard_at OR (excluded.heard_at = old.heard_at AND "
    "coalesce(excluded.fixed_at, excluded.heard_at) > coalesce(old.fixed_at, old.heard_at))",
    TYPES,
)
_CARRY: Final = Bulk(
    "INSERT INTO carriage AS old (unit_id, radio_id, first_at, last_at) {rows} "
    "ON CONFLICT (unit_id, radio_id) DO UPDATE SET "
    "first_at = CASE WHEN excluded.first_at < old.first_at "
    "THEN excluded.first_at ELSE old.first_at END, "
    "last_at = CASE WHEN excluded.last_at > old.last_at THEN excluded.last_at ELSE old.last_at END",
    ("int", "int", "timestamptz", "timestamptz"),
)


class PositionRepository:
    """Positions within one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, rows: Sequence[Row]) -> None:
        """Store reports; one of the same radio and instant that is there already stays."""
        await _INSERT.run(self._session, rows)

    async def add_packed(self, parts: Iterable[Sequence[bytes]]) -> None:
        """PostgreSQL: the same of packed rows, each part while those before are taken in."""
        made: list[Sequence[bytes]] = []

        def joined() -> Iterator[bytes]:
            for part in parts:
                made.append(part)
                yield b"".join(part)

        if not await copy(self._session, "position", COLUMNS, joined()):
            rows = chain.from_iterable(made)
            await run_copied(self._session, _INSERT, "position", COLUMNS, rows)

    async def show(self, rows: Sequence[Row]) -> None:
        """Make these the newest of their radios unless newer ones are known; one for each radio."""
        await _SHOW.run(self._session, rows)

    async def show_packed(self, rows: Iterable[bytes]) -> None:
        """PostgreSQL: the same of packed rows."""
        await run_copied(self._session, _SHOW, "latest_position", COLUMNS, rows)

    async def carry(self, rows: Sequence[Row]) -> None:
        """Widen the times of who carried what: unit, radio, first and last."""
        await _CARRY.run(self._session, rows)

    async def ages(self, radio_ids: Iterable[int]) -> Sequence[RowMapping]:
        """`radio_id`, `heard_at` and `fixed_at` of the newest of these radios."""
        wanted = list(radio_ids)
        query = select(_LATEST.c.radio_id, _LATEST.c.heard_at, _LATEST.c.fixed_at)
        query = query.where(_LATEST.c.radio_id.in_(wanted))
        return (await self._session.execute(query)).mappings().all()

    async def latest(
        self, scope: Scope, after: int = 0, limit: int | None = None
    ) -> Sequence[RowMapping]:
        """The newest of each radio with the unit that carries it now, by radio id."""
        columns: list[Any] = [
            col(getattr(LatestPosition, name)).label(name)
            for name in LatestPosition.model_fields
            if name != "unit_id"
        ]
        query = (
            select(*columns, col(Radio.unit_id))
            .join(Radio, col(Radio.id) == col(LatestPosition.radio_id))
            .where(scope.where(col(Radio.agency_id)), col(LatestPosition.radio_id) > after)
            .order_by(col(LatestPosition.radio_id))
            .limit(limit)
        )
        # plain rows: a thousand objects would take ten times as long as the query
        return (await self._session.execute(query)).mappings().all()

    async def latest_of(self, radio_ids: Collection[int]) -> dict[int, LastPlace]:
        """The newest places of these radios."""
        query = select(
            _LATEST.c.radio_id,
            _LATEST.c.lat_e7,
            _LATEST.c.lon_e7,
            _LATEST.c.heard_at,
            _LATEST.c.error_m,
        ).where(_LATEST.c.radio_id.in_(list(radio_ids)))
        found = (await self._session.execute(query)).all()
        return {row[0]: LastPlace(*row[1:]) for row in found}

    async def carried(self, unit_id: int, since: datetime, until: datetime) -> Sequence[int]:
        """Radios that the unit may have carried then."""
        query = select(col(Carriage.radio_id)).where(
            col(Carriage.unit_id) == unit_id,
            col(Carriage.first_at) < until,
            col(Carriage.last_at) >= since,
        )
        return (await self._session.execute(query)).scalars().all()

    async def count(
        self, unit_id: int, radio_ids: Sequence[int], since: datetime, until: datetime
    ) -> int:
        """Reports of a unit through these radios, since <= heard_at < until."""
        query = select(func.count()).where(*_of_unit(unit_id, radio_ids, since, until))
        return (await self._session.execute(query)).scalar_one()

    async def track(
        self,
        unit_id: int,
        radio_ids: Sequence[int],
        since: datetime,
        until: datetime,
        step: int,
    ) -> Sequence[RowMapping]:
        """Every `step`th report of a unit and the last one, oldest first."""
        order = (col(Position.heard_at), col(Position.radio_id))
        numbered = (
            select(
                *_FIELDS,
                func.row_number().over(order_by=order).label("place"),
                func.count().over().label("total"),
            )
            .where(*_of_unit(unit_id, radio_ids, since, until))
            .subquery()
        )
        query = (
            select(*(numbered.c[name] for name in Position.model_fields))
            .where(
                or_((numbered.c.place - 1) % step == 0, numbered.c.place == numbered.c.total),
            )
            .order_by(numbered.c.heard_at, numbered.c.radio_id)
        )
        return (await self._session.execute(query)).mappings().all()

    async def within(
        self, area: Area, since: datetime, until: datetime, scope: Scope, limit: int
    ) -> Sequence[RowMapping]:
        """Reports from an area, since <= heard_at < until, oldest first."""
        # SQLite has the reports of a radio side by side, those of an instant all over its file
        radios = select(col(Radio.id)).where(scope.where(col(Radio.agency_id)))
        query = (
            select(*_FIELDS)
            .where(
                col(Position.radio_id).in_(radios),
                col(Position.heard_at) >= since,
                col(Position.heard_at) < until,
                col(Position.lat).between(area.south, area.north),
                col(Position.lon).between(area.west, area.east),
            )
            .order_by(unindexed(Position.heard_at), col(Position.radio_id))
            .limit(limit)
        )
        return (await self._session.execute(query)).mappings().all()


def _of_unit(
    unit_id: int, radio_ids: Sequence[int], since: datetime, until: datetime
) -> tuple[Any, ...]:
    return (
        col(Position.radio_id).in_(radio_ids),
        col(Position.unit_id) == unit_id,
        col(Position.heard_at) >= since,
        col(Position.heard_at) < until,
    )


_FIELDS: Final[tuple[Any, ...]] = tuple(
    col(getattr(Position, name)).label(name) for name in Position.model_fields
)
_LATEST = LatestPosition.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
