"""HTTP: radios."""

from fastapi import APIRouter

from dispatch.answers import Page
from dispatch.auth.dependencies import CurrentUser
from dispatch.db.sessions import Reading
from dispatch.live.scope import visible_to
from dispatch.paging import AfterId, PageLimit, page_by_id
from dispatch.radios.schemas import RadioView
from dispatch.radios.service import radios
from dispatch.shared import SharedParts

router = APIRouter(prefix="/api/radios", tags=["radios"])


@router.get("")
async def list_radios(
    user: CurrentUser,
    session: Reading,
    shared: SharedParts,
    cursor: AfterId = 0,
    limit: PageLimit = 1000,
) -> Page[RadioView]:
    """The radios that the user may see."""
    rows = await radios(session, shared, visible_to(user), cursor, limit + 1)
    return page_by_id(rows, limit)
