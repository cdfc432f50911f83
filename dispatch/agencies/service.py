"""Reading agencies."""

from sqlalchemy.ext.asyncio import AsyncSession

from dispatch.agencies.repository import AgencyRepository
from dispatch.agencies.schemas import AgencyView
from dispatch.live.scope import Scope


async def agencies(
    session: AsyncSession, scope: Scope, after: int = 0, limit: int | None = None
) -> list[AgencyView]:
    """The agencies that the scope shows, by id."""
    rows = await AgencyRepository(session).all(scope, after, limit)
    return [AgencyView.model_validate(row) for row in rows]
