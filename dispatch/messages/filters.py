"""What a list of messages is narrowed to."""

from dataclasses import dataclass
from datetime import datetime

from dispatch.messages.models import MessageState


@dataclass(frozen=True, slots=True)
class MessageFilter:
    """Which messages; None: whichever. since <= created_at < until."""

    since: datetime | None = None
    until: datetime | None = None
    unit_id: int | None = None
    radio_id: int | None = None
    talkgroup_id: int | None = None
    state: MessageState | None = None
    q: str | None = None
    "Words of the text; the last one may be a beginning only."
