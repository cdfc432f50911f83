"""All SQL of talkgroups."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from dispatch.db.upsert import insert_into
from dispatch.live.scope import Scope
from dispatch.talkgroups.models import Talkgroup
from radio_gateway.domain.ids import TalkgroupId


class TalkgroupRepository:
    """Talkgroups within one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def all(
        self, scope: Scope, after: int = 0, limit: int | None = None
    ) -> Sequence[Talkgroup]:
        """Talkgroups with ids above `after`, by id."""
        query = (
            select(Talkgroup)
            .where(scope.where(col(Talkgroup.agency_id)), col(Talkgroup.id) > after)
            .order_by(col(Talkgroup.id))
            .limit(limit)
        )
        return (await self._session.execute(query)).scalars().all()

    async def get(self, talkgroup_id: int, scope: Scope) -> Talkgroup | None:
        """One talkgroup, if the scope shows it."""
        query = select(Talkgroup).where(
            col(Talkgroup.id) == talkgroup_id, scope.where(col(Talkgroup.agency_id))
        )
        return (await self._session.execute(query)).scalar_one_or_none()

    async def ids_of(self, network: str) -> Sequence[int]:
        """Ids of a network's talkgroups."""
        query = select(col(Talkgroup.id)).where(col(Talkgroup.network) == network)
        return (await self._session.execute(query)).scalars().all()

    async def find(self, wanted: Iterable[TalkgroupId]) -> Sequence[Talkgroup]:
        """Those of the wanted talkgroups that have rows."""
        keys = [(one.network, one.number) for one in wanted]
        query = select(Talkgroup).where(
            tuple_(col(Talkgroup.network), col(Talkgroup.number)).in_(keys)
        )
        return (await self._session.execute(query)).scalars().all()

    async def add(self, new: Iterable[TalkgroupId]) -> None:
        """Make rows for talkgroups heard for the first time."""
        rows = [
            {"network": one.network, "number": one.number, "name": f"TG {one.number}"}
            for one in new
        ]
        await self._session.execute(
            insert_into(self._session, Talkgroup).on_conflict_do_nothing(), rows
        )
