"""What clients see of links."""

from typing import Literal

from dispatch.answers import Iso, View


class LinkView(View):
    """A connection to a base station, or one site behind it, with its health."""

    id: int
    gateway: str
    name: str
    site: str | None
    kind: str
    title: str
    network: str | None
    state: Literal["up", "down", "connecting"]
    reason: str
    since: Iso
    last_payload_at: Iso | None
    frames: int
    malformed: int
    refused: int
    latency_ms: float | None
    options: str | None
    "What the repeater asked for at its login, in its own grammar: `TS1=1,2;TS2=9`."
    seen_at: Iso
