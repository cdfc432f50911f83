"""HTTP: talkgroups."""

from fastapi import APIRouter

from dispatch.answers import Page
from dispatch.auth.dependencies import CurrentUser
from dispatch.db.sessions import Reading
from dispatch.live.scope import visible_to
from dispatch.paging import AfterId, PageLimit, page_by_id
from dispatch.shared import SharedParts
from dispatch.talkgroups.schemas import TalkgroupView
from dispatch.talkgroups.service import talkgroups

router = APIRouter(prefix="/api/talkgroups", tags=["talkgroups"])


@router.get("")
async def list_talkgroups(
    user: CurrentUser,
    session: Reading,
    shared: SharedParts,
    cursor: AfterId = 0,
    limit: PageLimit = 1000,
) -> Page[TalkgroupView]:
    """The talkgroups that the user may see."""
    rows = await talkgroups(session, shared, visible_to(user), cursor, limit + 1)
    return page_by_id(rows, limit)
