"""All SQL of positions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from dispatch.db.upsert import insert_into
from dispatch.live.scope import Scope
from dispatch.positions.models import LatestPosition, Position
from dispatch.radios.models import Radio


class PositionRepository:
    """Positions within one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, rows: Sequence[dict[str, Any]]) -> None:
        """Store reports, in the order of arrival."""
        connection = await self._session.connection()
        await connection.execute(insert(_POSITION), rows)

    async def show(self, rows: Sequence[dict[str, Any]]) -> set[int]:
        """Make these the newest of their radios unless newer ones are known.

        At most one row for each radio; the radios whose newest position it became.
        """
        query = insert_into(self._session, _LATEST)
        new, old = query.excluded, _LATEST.c
        later = or_(
            new.heard_at > old.heard_at,
            and_(
                new.heard_at == old.heard_at,
                func.coalesce(new.fixed_at, new.heard_at)
                > func.coalesce(old.fixed_at, old.heard_at),
            ),
        )
        query = query.on_conflict_do_update(
            index_elements=[old.radio_id],
            set_={name: new[name] for name in rows[0] if name != "radio_id"},
            where=later,
        )
        connection = await self._session.connection()
        found = await connection.execute(query.returning(old.radio_id), rows)
        return set(found.scalars())

    async def latest(
        self, scope: Scope, after: int = 0, limit: int | None = None
    ) -> Sequence[tuple[LatestPosition, int | None]]:
        """The newest of each radio with the unit that carries it now, by radio id."""
        query = (
            select(LatestPosition, col(Radio.unit_id))
            .join(Radio, col(Radio.id) == col(LatestPosition.radio_id))
            .where(scope.where(col(Radio.agency_id)), col(LatestPosition.radio_id) > after)
            .order_by(col(LatestPosition.radio_id))
            .limit(limit)
        )
        return [(row[0], row[1]) for row in (await self._session.execute(query)).all()]

    async def latest_of(self, radio_id: int) -> LatestPosition | None:
        """The newest of one radio."""
        query = select(LatestPosition).where(col(LatestPosition.radio_id) == radio_id)
        return (await self._session.execute(query)).scalar_one_or_none()

    async def count(self, unit_id: int, since: datetime, until: datetime) -> int:
        """Reports of a unit, since <= heard_at < until."""
        query = select(func.count()).where(
            col(Position.unit_id) == unit_id,
            col(Position.heard_at) >= since,
            col(Position.heard_at) < until,
        )
        return (await self._session.execute(query)).scalar_one()

    async def track(
        self, unit_id: int, since: datetime, until: datetime, step: int
    ) -> Sequence[Position]:
        """Every `step`th report of a unit and the last one, oldest first."""
        place = func.row_number().over(order_by=(col(Position.heard_at), col(Position.id)))
        numbered = (
            select(
                col(Position.id).label("id"),
                place.label("place"),
                func.count().over().label("total"),
            )
            .where(
                col(Position.unit_id) == unit_id,
                col(Position.heard_at) >= since,
                col(Position.heard_at) < until,
            )
            .subquery()
        )
        query = (
            select(Position)
            .join(numbered, numbered.c.id == col(Position.id))
            .where(
                or_(
                    (numbered.c.place - 1) % step == 0,
                    numbered.c.place == numbered.c.total,
                )
            )
            .order_by(col(Position.heard_at), col(Position.id))
        )
        return (await self._session.execute(query)).scalars().all()


_POSITION = Position.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_LATEST = LatestPosition.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
