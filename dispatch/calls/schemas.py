"""What clients see of calls."""

from typing import Annotated, Literal

from pydantic import BeforeValidator

from dispatch.answers import Iso, View
from dispatch.calls.receptions import ReceptionView, read_receptions


class CallView(View):
    """One transmission; `ended_at` is null while it runs."""

    id: int
    call: str
    kind: Literal["group", "private", "all"]
    radio_id: int
    unit_id: int | None
    talkgroup_id: int | None
    called_radio_id: int | None
    agency_id: int | None
    started_at: Iso
    ended_at: Iso | None
    duration_s: float | None
    end_reason: Literal["terminator", "lost", "preempted", "truncated"] | None
    slot: int | None
    colour_code: int | None
    link: str
    site: str | None
    late_entry: bool
    emergency: bool
    encrypted: bool
    conversation: str | None
    ber_percent: float | None
    rssi_dbm: float | None
    loss_percent: float | None
    receptions: Annotated[list[ReceptionView], BeforeValidator(read_receptions)]
    "How each base station heard it, the best one first; empty unless several did."
    talker_alias: str | None
