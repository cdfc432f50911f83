"""HTTP: agencies."""

from fastapi import APIRouter

from dispatch.agencies.schemas import AgencyView
from dispatch.agencies.service import agencies
from dispatch.answers import Page
from dispatch.auth.dependencies import CurrentUser
from dispatch.db.sessions import Reading
from dispatch.live.scope import visible_to
from dispatch.paging import AfterId, PageLimit, page_by_id

router = APIRouter(prefix="/api/agencies", tags=["agencies"])


@router.get("")
async def list_agencies(
    user: CurrentUser,
    session: Reading,
    cursor: AfterId = 0,
    limit: PageLimit = 1000,
) -> Page[AgencyView]:
    """The agencies that the user may see."""
    rows = await agencies(session, visible_to(user), cursor, limit + 1)
    return page_by_id(rows, limit)
