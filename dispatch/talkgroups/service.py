"""Reading talkgroups."""

from sqlalchemy.ext.asyncio import AsyncSession

from dispatch.errors import NotFoundError
from dispatch.live.scope import Scope
from dispatch.shared import Shared
from dispatch.talkgroups.models import Talkgroup
from dispatch.talkgroups.repository import TalkgroupRepository
from dispatch.talkgroups.schemas import TalkgroupView


def talkgroup_view(row: Talkgroup, shared: Shared) -> TalkgroupView:
    """One talkgroup as clients see it."""
    reach = shared.catalogue.of_talkgroup(row.network)
    return TalkgroupView(
        **row.model_dump(), abilities=sorted(reach.abilities), text_limit=reach.text_limit
    )


async def talkgroups(
    session: AsyncSession, shared: Shared, scope: Scope, after: int = 0, limit: int | None = None
) -> list[TalkgroupView]:
    """The talkgroups that the scope shows, by id."""
    rows = await TalkgroupRepository(session).all(scope, after, limit)
    return [talkgroup_view(row, shared) for row in rows]


async def talkgroup(session: AsyncSession, talkgroup_id: int, scope: Scope) -> Talkgroup:
    """One talkgroup; raises NotFoundError."""
    row = await TalkgroupRepository(session).get(talkgroup_id, scope)
    if row is None:
        raise NotFoundError("There is no such talkgroup, or it belongs to another agency.")
    return row


async def talkgroups_of(session: AsyncSession, network: str) -> list[int]:
    """Ids of a network's talkgroups."""
    return list(await TalkgroupRepository(session).ids_of(network))
