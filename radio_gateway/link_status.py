"""State and counters of a link, as it tells them within the gateway."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class PortStatus:
    """Counters of one socket or serial port since it was opened."""

    endpoint: str
    address: str
    received: int
    sent: int
    oversized: int
    throttled: int
    unsent: int
    kernel_drops: int
    buffer: int | None = None
    buffer_wanted: int | None = None


@dataclass(frozen=True, slots=True)
class LinkStatus:
    """For health pages."""

    name: str
    open: bool
    reason: str
    ports: tuple[PortStatus, ...] = field(default=())
    faults: int = 0
    "How often the adapter failed and was made anew."
