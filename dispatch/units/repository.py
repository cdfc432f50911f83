"""All SQL of units and their officers."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from dispatch.live.scope import Scope
from dispatch.units.models import Officer, Unit


class UnitRepository:
    """Units within one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def all(self, scope: Scope, after: int = 0, limit: int | None = None) -> Sequence[Unit]:
        """Units with ids above `after`, by id."""
        query = (
            select(Unit)
            .where(scope.where(col(Unit.agency_id)), col(Unit.id) > after)
            .order_by(col(Unit.id))
            .limit(limit)
        )
        return (await self._session.execute(query)).scalars().all()

    async def get(self, unit_id: int, scope: Scope) -> Unit | None:
        """One unit, if the scope shows it."""
        query = select(Unit).where(col(Unit.id) == unit_id, scope.where(col(Unit.agency_id)))
        return (await self._session.execute(query)).scalar_one_or_none()

    async def officers(self, unit_ids: Sequence[int]) -> dict[int, list[str]]:
        """Names by unit, in their order."""
        query = (
            select(col(Officer.unit_id), col(Officer.name))
            .where(col(Officer.unit_id).in_(unit_ids))
            .order_by(col(Officer.unit_id), col(Officer.place), col(Officer.id))
        )
        found: dict[int, list[str]] = {}
        for unit_id, name in (await self._session.execute(query)).all():
            found.setdefault(unit_id, []).append(name)
        return found

    async def set_status(self, unit_id: int, status: str, note: str | None, at: datetime) -> bool:
        """Change the status unless a later one is known; whether that happened."""
        query = (
            update(Unit)
            .where(
                col(Unit.id) == unit_id,
                or_(col(Unit.status_at).is_(None), col(Unit.status_at) <= at),
            )
            .values(status=status, status_note=note, status_at=at)
            .returning(col(Unit.id))
            .execution_options(synchronize_session=False)
        )
        return (await self._session.execute(query)).scalar_one_or_none() is not None
