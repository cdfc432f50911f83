"""Texts: kept until the radio can be reached, sent once, ended by what the radio says."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from dispatch.answers import Page, cursor_of, read_cursor
from dispatch.db.types import storable
from dispatch.errors import NotFoundError
from dispatch.links.service import any_up
from dispatch.live.scope import EVERYTHING, Scope
from dispatch.messages.addressee import Addressee, addressee_of
from dispatch.messages.errors import NotCancellableError, NotRepeatableError
from dispatch.messages.filters import MessageFilter
from dispatch.messages.models import (
    Direction,
    FailureReason,
    Message,
    MessageState,
    MessageStateChange,
    WaitingFor,
)
from dispatch.messages.repository import MessageRepository
from dispatch.messages.schemas import MessageView
from dispatch.messages.states import may_follow
from dispatch.radios.models import Presence
from dispatch.radios.service import radios_behind
from dispatch.shared import Shared
from dispatch.talkgroups.service import talkgroups_of
from radio_gateway.domain.commands import SendText
from radio_gateway.domain.events import TextProgress

SHOWN_MESSAGES: Final = 100

_STATE_OF: Final = {
    "sent": MessageState.SENT,
    "delivered": MessageState.DELIVERED,
    "failed": MessageState.FAILED,
}


async def send(
    session: AsyncSession,
    shared: Shared,
    to: Addressee,
    text: str,
    expires_at: datetime,
    user_name: str,
) -> tuple[MessageView, int]:
    """Store a text and send it after the commit, or when its addressee can be reached."""
    now = shared.now()
    repository = MessageRepository(session)
    row = await repository.add(
        Message(
            direction=Direction.OUT,
            text=text,
            radio_id=to.radio.id if to.radio else None,
            talkgroup_id=to.talkgroup.id if to.talkgroup else None,
            unit_id=to.unit_id,
            agency_id=to.agency_id,
            state=MessageState.QUEUED,
            state_at=now,
            created_at=now,
            expires_at=expires_at,
            user_name=user_name,
            waiting_for=await _obstacle(session, shared, to),
            command=str(uuid4()),
        )
    )
    await repository.note(row.id, row.state, now)
    if row.waiting_for is None:
        _hand_over(session, shared, row, to)
    return await _tell(session, shared, "message.created", row)


async def radios_heard(session: AsyncSession, shared: Shared, radio_ids: Iterable[int]) -> None:
    """These radios live: what waited for them goes out."""
    ids = await MessageRepository(session).waited_for() & set(radio_ids)
    if not ids:
        return
    for row in await MessageRepository(session).waiting(radio_ids=ids):
        await _release(session, shared, row, None)


async def link_came_up(session: AsyncSession, shared: Shared, link: str) -> None:
    """A link is back: what waited for it goes out, or waits for its radio from now on."""
    radios = await radios_behind(session, shared, link)
    traits = shared.catalogue.get(link)
    groups = await talkgroups_of(session, traits.network) if traits else []
    repository = MessageRepository(session)
    for row in await repository.waiting(radios, groups, WaitingFor.LINK):
        to = await addressee_of(session, row)
        still = WaitingFor.REGISTRATION if to.radio and to.radio.presence == Presence.OFF else None
        await _release(session, shared, row, still)


async def progress(session: AsyncSession, shared: Shared, event: TextProgress) -> None:
    """What a gateway says about a message. Repetitions and late words change nothing."""
    repository = MessageRepository(session)
    row = await repository.by_command(event.command)
    if row is None:
        return
    state, at = _STATE_OF[event.state.value], event.at.utc
    detail = storable(event.detail or "")[:300] or None
    reason = None if event.reason is None else FailureReason(event.reason.value)
    steps = (await repository.steps([row.id])).get(row.id, [])
    advances = may_follow(MessageState(row.state), state)
    # word of the sending that was overtaken by word of the delivery completes the history
    overtaken = state is MessageState.SENT and row.state == MessageState.DELIVERED
    if not advances and not (overtaken and all(step.state != state for step in steps)):
        return
    await repository.note(row.id, state, at, detail, reason)
    if advances:
        await _become(session, row, state, at, detail, reason)
    await _tell(session, shared, "message.changed", row)


async def cancel(
    session: AsyncSession, shared: Shared, message_id: int, scope: Scope
) -> tuple[MessageView, int]:
    """Call back a message that is still queued.

    Raises:
        NotFoundError, NotCancellableError: it is not there, or not queued.
    """
    row = await _get(session, message_id, scope)
    if row.direction != Direction.OUT or row.state != MessageState.QUEUED:
        raise NotCancellableError
    return await _end(session, shared, row, MessageState.FAILED, FailureReason.CANCELLED)


async def failed_one(session: AsyncSession, message_id: int, scope: Scope) -> Message:
    """A message that may be sent anew; raises NotFoundError, NotRepeatableError."""
    row = await _get(session, message_id, scope)
    if row.direction != Direction.OUT or row.state not in (
        MessageState.FAILED,
        MessageState.EXPIRED,
    ):
        raise NotRepeatableError
    return row


async def expire(session: AsyncSession, shared: Shared, message_ids: Iterable[int]) -> None:
    """The time of these messages is over, if they are still queued."""
    for message_id in message_ids:
        row = await MessageRepository(session).get(message_id, EVERYTHING)
        if row is not None and row.state == MessageState.QUEUED:
            await _end(session, shared, row, MessageState.EXPIRED, FailureReason.EXPIRED)


async def queued(session: AsyncSession) -> Sequence[Message]:
    """All messages that no gateway has spoken of."""
    return await MessageRepository(session).queued()


async def send_again(session: AsyncSession, shared: Shared, before: datetime) -> int:
    """Hand over again what was handed over before this time, if no gateway has spoken of it.

    The key is the same each time, so that a gateway that has it already does nothing.
    """
    count = 0
    for row in await queued(session):
        if row.waiting_for is None and row.state_at <= before:
            _hand_over(session, shared, row, await addressee_of(session, row))
            count += 1
    return count


async def message(session: AsyncSession, message_id: int, scope: Scope) -> MessageView:
    """One message with its history; raises NotFoundError."""
    (view,) = await _views(session, [await _get(session, message_id, scope)])
    return view


async def search(
    session: AsyncSession, wanted: MessageFilter, scope: Scope, cursor: str | None, limit: int
) -> Page[MessageView]:
    """One page of messages, newest first."""
    before = read_cursor(cursor)
    rows = await MessageRepository(session).search(wanted, scope, before, limit + 1)
    shown = rows[:limit]
    more = len(rows) > limit
    return Page(
        items=await _views(session, shown),
        next=cursor_of(shown[-1].created_at, shown[-1].id) if more else None,
    )


async def recent(session: AsyncSession, scope: Scope) -> list[MessageView]:
    """All unfinished messages and the newest hundred, newest first."""
    repository = MessageRepository(session)
    newest = await repository.search(MessageFilter(), scope, None, SHOWN_MESSAGES)
    rows = {row.id: row for row in [*newest, *await repository.unfinished(scope)]}
    order = sorted(rows.values(), key=lambda row: (row.created_at, row.id), reverse=True)
    return await _views(session, order)


async def _obstacle(session: AsyncSession, shared: Shared, to: Addressee) -> WaitingFor | None:
    if to.radio is not None and to.radio.presence == Presence.OFF:
        return WaitingFor.REGISTRATION
    link = to.radio.link if to.radio is not None else None
    if link is not None and link in shared.catalogue:
        links = [link]
    else:
        links = list(shared.catalogue.of_network(to.network))
    return None if not links or await any_up(session, links) else WaitingFor.LINK


async def _release(
    session: AsyncSession, shared: Shared, row: Message, waiting_for: WaitingFor | None
) -> None:
    row.waiting_for = waiting_for
    await MessageRepository(session).save()
    if waiting_for is None:
        _hand_over(session, shared, row, await addressee_of(session, row))
    await _tell(session, shared, "message.changed", row)


def _hand_over(session: AsyncSession, shared: Shared, row: Message, to: Addressee) -> None:
    command = SendText(
        command=row.command or "", text=row.text, radio=to.radio_id, talkgroup=to.talkgroup_id
    )
    shared.outbox.send(session, command, row.expires_at)


async def _end(
    session: AsyncSession, shared: Shared, row: Message, state: MessageState, reason: FailureReason
) -> tuple[MessageView, int]:
    """End a message that never left; the detail is for the log, the reason for people."""
    now = shared.now()
    detail = "cancelled" if reason is FailureReason.CANCELLED else None
    await MessageRepository(session).note(row.id, state, now, detail, reason)
    await _become(session, row, state, now, detail, reason)
    return await _tell(session, shared, "message.changed", row)


async def _become(
    session: AsyncSession,
    row: Message,
    state: MessageState,
    at: datetime,
    detail: str | None,
    reason: FailureReason | None,
) -> None:
    row.state, row.state_at, row.detail, row.reason = state, at, detail, reason
    row.waiting_for = None
    await MessageRepository(session).save()


async def _get(session: AsyncSession, message_id: int, scope: Scope) -> Message:
    row = await MessageRepository(session).get(message_id, scope)
    if row is None:
        raise NotFoundError("There is no such message, or it belongs to another agency.")
    return row


async def _views(session: AsyncSession, rows: Sequence[Message]) -> list[MessageView]:
    steps = await MessageRepository(session).steps([row.id for row in rows])
    return [_view(row, steps.get(row.id, [])) for row in rows]


def _view(row: Message, steps: Sequence[MessageStateChange]) -> MessageView:
    return MessageView.model_validate({**row.model_dump(), "user": row.user_name, "history": steps})


async def _tell(
    session: AsyncSession, shared: Shared, type_: str, row: Message
) -> tuple[MessageView, int]:
    (view,) = await _views(session, [row])
    return view, await shared.log.append(session, type_, view, row.agency_id)
