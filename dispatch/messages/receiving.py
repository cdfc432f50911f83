"""Texts and call alerts from radios: many of them stored together."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple, TypeAlias

from sqlalchemy.ext.asyncio import AsyncSession

from dispatch.db.types import storable
from dispatch.live.log import News
from dispatch.messages.models import Direction, MessageKind, MessageState
from dispatch.messages.repository import MessageRepository
from dispatch.messages.schemas import MessageStep, MessageView
from dispatch.shared import Shared
from radio_gateway.domain.events import CallAlertReceived, TextReceived

Said: TypeAlias = TextReceived | CallAlertReceived
"What radios say without a voice."

REPETITION: Final = timedelta(minutes=10)
"The same reference from the same radio within this time is the same message."


class Incoming(NamedTuple):
    """A text or a call alert with the rows that it belongs to."""

    event: Said
    radio_id: int
    unit_id: int | None
    agency_id: int | None
    talkgroup_id: int | None
    called_radio_id: int | None

    @property
    def reference(self) -> str | None:
        """Number by which a repetition is known; a gateway tells a call alert once."""
        return self.event.reference if isinstance(self.event, TextReceived) else None


async def received(session: AsyncSession, shared: Shared, texts: Sequence[Incoming]) -> None:
    """Store them in this order; a repetition of a text already stored is dropped."""
    rows = [_row(one) for one in await _fresh(session, texts)]
    if not rows:
        return
    ids = await MessageRepository(session).add_received(rows)
    news = [
        News("message.created", _view(key, row), row["agency_id"])
        for key, row in zip(ids, rows, strict=True)
    ]
    await shared.log.append_all(session, news)


async def _fresh(session: AsyncSession, texts: Sequence[Incoming]) -> list[Incoming]:
    """Without repetitions, of stored ones and of one another."""
    numbered = [one for one in texts if one.reference is not None]
    known: defaultdict[tuple[int, str], list[datetime]] = defaultdict(list)
    if numbered:
        times = [one.event.at.utc for one in numbered]
        for radio_id, reference, at in await MessageRepository(session).references(
            {one.radio_id for one in numbered},
            {one.reference for one in numbered if one.reference is not None},
            min(times) - REPETITION,
            max(times) + REPETITION,
        ):
            known[radio_id, reference].append(at)
    fresh = []
    for one in texts:
        if one.reference is not None:
            before, at = known[one.radio_id, one.reference], one.event.at.utc
            if any(abs(at - other) <= REPETITION for other in before):
                continue
            before.append(at)
        fresh.append(one)
    return fresh


def _row(one: Incoming) -> dict[str, Any]:
    at = one.event.at.utc
    kind, words = MessageKind.CALL_ALERT, ""
    if isinstance(one.event, TextReceived):
        kind, words = MessageKind.TEXT, storable(one.event.text)[:2000]
    return {
        "direction": Direction.IN,
        "kind": kind,
        "text": words,
        "radio_id": one.radio_id,
        "talkgroup_id": one.talkgroup_id,
        "called_radio_id": one.called_radio_id,
        "unit_id": one.unit_id,
        "agency_id": one.agency_id,
        "state": MessageState.RECEIVED,
        "state_at": at,
        "created_at": at,
        "reference": one.reference,
    }


def _view(message_id: int, row: dict[str, Any]) -> MessageView:
    step = MessageStep(state=row["state"], at=row["state_at"], detail=None, reason=None)
    nothing = dict.fromkeys(("expires_at", "user", "detail", "reason", "waiting_for"))
    return MessageView.model_validate({**row, **nothing, "id": message_id, "history": [step]})
