"""All SQL of agencies."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from dispatch.agencies.models import Agency
from dispatch.live.scope import Scope


class AgencyRepository:
    """Agencies within one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def all(self, scope: Scope, after: int = 0, limit: int | None = None) -> Sequence[Agency]:
        """Agencies with ids above `after`, by id."""
        query = (
            select(Agency)
            .where(scope.where(col(Agency.id)), col(Agency.id) > after)
            .order_by(col(Agency.id))
            .limit(limit)
        )
        return (await self._session.execute(query)).scalars().all()
