"""HTTP: links."""

from fastapi import APIRouter

from dispatch.answers import Page
from dispatch.auth.dependencies import CurrentUser
from dispatch.db.sessions import Reading
from dispatch.links.schemas import LinkView
from dispatch.links.service import links
from dispatch.paging import AfterId, PageLimit, page_by_id
from dispatch.shared import SharedParts

router = APIRouter(prefix="/api/links", tags=["links"])


@router.get("")
async def list_links(
    user: CurrentUser,  # noqa: ARG001  signed in is enough: links belong to no agency
    session: Reading,
    shared: SharedParts,
    cursor: AfterId = 0,
    limit: PageLimit = 1000,
) -> Page[LinkView]:
    """All links and the sites behind them, with their health."""
    return page_by_id(await links(session, shared, cursor, limit + 1), limit)
