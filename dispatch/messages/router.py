"""HTTP: messages."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy.ext.asyncio import AsyncSession

from dispatch.answers import Page
from dispatch.audit.models import Action
from dispatch.audit.service import record
from dispatch.auth.dependencies import CurrentUser
from dispatch.auth.identity import SignedIn
from dispatch.consultation import note_look
from dispatch.db.sessions import Reading, Writing
from dispatch.idempotency.service import IdempotencyKey, once
from dispatch.live.scope import visible_to
from dispatch.messages import service
from dispatch.messages.addressee import choose
from dispatch.messages.filters import MessageFilter
from dispatch.messages.models import MessageState
from dispatch.messages.schemas import MessageAnswer, MessageView, NewMessage
from dispatch.paging import BigRowId, OptionalId
from dispatch.problems import problems
from dispatch.querying import QueryTime
from dispatch.shared import Shared, SharedParts

router = APIRouter(prefix="/api/messages", tags=["messages"])


@router.get("")
async def list_messages(
    user: CurrentUser,
    session: Reading,
    shared: SharedParts,
    since: QueryTime | None = None,
    until: QueryTime | None = None,
    unit_id: OptionalId = None,
    radio_id: OptionalId = None,
    talkgroup_id: OptionalId = None,
    state: MessageState | None = None,
    q: Annotated[str | None, Query(max_length=100)] = None,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Page[MessageView]:
    """Messages in both directions, newest first.

    `q`: words of the text, without case and diacritics; the last may be a beginning only.
    """
    wanted = MessageFilter(since, until, unit_id, radio_id, talkgroup_id, state, q)
    page = await service.search(session, wanted, visible_to(user), cursor, limit)
    asked = {
        "since": since,
        "until": until,
        "unit_id": unit_id,
        "radio_id": radio_id,
        "talkgroup_id": talkgroup_id,
        "state": state,
        "q": q,
    }
    await note_look(shared, user, "messages", asked, len(page.items))
    return page


@router.get("/{message_id}", responses=problems(404))
async def get_message(
    message_id: BigRowId, user: CurrentUser, session: Reading, shared: SharedParts
) -> MessageView:
    """One message with its history."""
    found = await service.message(session, message_id, visible_to(user))
    await note_look(shared, user, "messages", {"message_id": message_id}, 1)
    return found


@router.post("", status_code=201, responses=problems(404, 409))
async def send_message(
    body: NewMessage,
    user: CurrentUser,
    session: Writing,
    shared: SharedParts,
    idempotency_key: IdempotencyKey = None,
) -> MessageAnswer:
    """Send a text; it waits for a radio that is off. Its way is told by `message.changed`."""

    async def effect() -> MessageAnswer:
        return await _send(session, shared, user, body)

    route = "POST /api/messages"
    return await once(
        session, user, idempotency_key, route, body, effect, MessageAnswer, shared.now()
    )


@router.post("/{message_id}/cancel", responses=problems(404, 409))
async def cancel_message(
    message_id: BigRowId,
    user: CurrentUser,
    session: Writing,
    shared: SharedParts,
    idempotency_key: IdempotencyKey = None,
) -> MessageAnswer:
    """Call back a message that is still queued; it counts as failed, `cancelled`."""

    async def effect() -> MessageAnswer:
        view, seq = await service.cancel(session, shared, message_id, visible_to(user))
        await _record(session, user, {"message_id": message_id, "step": "cancel"}, view)
        return MessageAnswer(message=view, seq=seq)

    route = f"POST /api/messages/{message_id}/cancel"
    return await once(
        session, user, idempotency_key, route, None, effect, MessageAnswer, shared.now()
    )


@router.post("/{message_id}/retry", responses=problems(404, 409))
async def retry_message(
    message_id: BigRowId,
    user: CurrentUser,
    session: Writing,
    shared: SharedParts,
    idempotency_key: IdempotencyKey = None,
) -> MessageAnswer:
    """Send a failed or expired message anew; the answer is the new message."""

    async def effect() -> MessageAnswer:
        old = await service.failed_one(session, message_id, visible_to(user))
        body = NewMessage(radio_id=old.radio_id, talkgroup_id=old.talkgroup_id, text=old.text)
        return await _send(session, shared, user, body)

    route = f"POST /api/messages/{message_id}/retry"
    return await once(
        session, user, idempotency_key, route, None, effect, MessageAnswer, shared.now()
    )


async def _send(
    session: AsyncSession, shared: Shared, user: SignedIn, body: NewMessage
) -> MessageAnswer:
    to = await choose(session, shared, body, visible_to(user))
    expires_at = shared.now() + timedelta(seconds=body.expires_in_s)
    view, seq = await service.send(session, shared, to, body.text, expires_at, user.name)
    await _record(session, user, {"message_id": view.id, "step": "send"}, view)
    return MessageAnswer(message=view, seq=seq)


async def _record(
    session: AsyncSession, user: SignedIn, scope: dict[str, object], view: MessageView
) -> None:
    await record(session, user, Action.COLLECTION, "messages", scope, 1, agency_id=view.agency_id)
