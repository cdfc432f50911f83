"""All SQL of the lease; every time in it is the database's own."""

from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from dispatch.election.models import WriterLease


class LeaseRepository:
    """The lease within one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def is_free(self) -> bool:
        """Whether its time is over."""
        query = select(col(WriterLease.expires_at) <= func.clock_timestamp())
        return bool((await self._session.execute(query)).scalar_one())

    async def holder(self) -> str:
        """Who has it, or had it last."""
        return (await self._session.execute(select(col(WriterLease.holder)))).scalar_one()

    async def take(self, holder: str, life: timedelta) -> int | None:
        """Take it if its time is over; the new term."""
        query = (
            update(WriterLease)
            .where(col(WriterLease.expires_at) <= func.clock_timestamp())
            .values(
                term=WriterLease.term + 1,
                holder=holder,
                expires_at=func.clock_timestamp() + life,
            )
            .returning(col(WriterLease.term))
            .execution_options(synchronize_session=False)
        )
        return (await self._session.execute(query)).scalar_one_or_none()

    async def renew(self, term: int, life: timedelta) -> bool:
        """Hold it for `life` from now; False: somebody else has it."""
        query = (
            update(WriterLease)
            .where(col(WriterLease.term) == term)
            .values(expires_at=func.clock_timestamp() + life)
            .returning(col(WriterLease.term))
            .execution_options(synchronize_session=False)
        )
        return (await self._session.execute(query)).scalar_one_or_none() is not None

    async def is_term(self, term: int) -> bool:
        """Whether this is the newest term."""
        query = select(col(WriterLease.term))
        return (await self._session.execute(query)).scalar_one() == term
