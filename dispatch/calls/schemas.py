"""What clients see of calls."""

from typing import Literal

from dispatch.answers import Iso, View


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
    talker_alias: str | None
