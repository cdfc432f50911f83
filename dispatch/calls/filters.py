"""What a list of calls is narrowed to."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CallFilter:
    """Which calls; None: whichever. since <= started_at < until."""

    since: datetime | None = None
    until: datetime | None = None
    talkgroup_id: int | None = None
    unit_id: int | None = None
    radio_id: int | None = None
    kind: str | None = None
    emergency: bool | None = None
    q: str | None = None
    """Words of a talker alias, conversation, radio, call sign or talkgroup name as it was then;
    the last one may be a beginning only."""
