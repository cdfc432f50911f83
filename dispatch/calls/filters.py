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
    "Part of a talker alias, radio, call sign or talkgroup name."
