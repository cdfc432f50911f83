"""HTTP: the call log."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query

from dispatch.answers import Page
from dispatch.auth.dependencies import CurrentUser
from dispatch.calls.filters import CallFilter
from dispatch.calls.schemas import CallView
from dispatch.calls.service import search
from dispatch.consultation import note_look
from dispatch.db.sessions import Reading
from dispatch.live.scope import visible_to
from dispatch.paging import OptionalId
from dispatch.querying import QueryTime
from dispatch.shared import SharedParts

router = APIRouter(prefix="/api/calls", tags=["calls"])


@router.get("")
async def list_calls(
    user: CurrentUser,
    session: Reading,
    shared: SharedParts,
    since: QueryTime | None = None,
    until: QueryTime | None = None,
    talkgroup_id: OptionalId = None,
    unit_id: OptionalId = None,
    radio_id: OptionalId = None,
    kind: Literal["group", "private", "all"] | None = None,
    emergency: bool | None = None,
    q: Annotated[str | None, Query(max_length=100)] = None,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Page[CallView]:
    """Calls, newest first.

    `q`: words of the alias, conversation, radios, call sign and talkgroup as they were named when
    the call was heard; without case and diacritics, the last word may be a beginning only.
    """
    asked = {
        "since": since,
        "until": until,
        "talkgroup_id": talkgroup_id,
        "unit_id": unit_id,
        "radio_id": radio_id,
        "kind": kind,
        "emergency": emergency,
        "q": q,
    }
    page = await search(
        session,
        CallFilter(since, until, talkgroup_id, unit_id, radio_id, kind, emergency, q),
        visible_to(user),
        cursor,
        limit,
    )
    await note_look(shared, user, "calls", asked, len(page.items))
    return page
