"""What the supervisor sees of any open link: ports that send and tell when they are lost."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Peer

Frames: TypeAlias = Sequence[tuple[bytes, Peer]]
Receive: TypeAlias = Callable[[Frames, Moment], None]
"Takes what one wake of the event loop read, oldest first. Must not raise."
Lost: TypeAlias = Callable[[str], None]
"Told once, with the reason, when the port stops working."


@dataclass(slots=True)
class PortCounters:
    """Since the port was opened."""

    received: int = 0
    "Datagrams, or reads of a serial port."
    sent: int = 0
    oversized: int = 0
    "Datagrams longer than any radio protocol sends; dropped unread."
    throttled: int = 0
    "Datagrams dropped unread because their sender sends more than any base station does."
    unsent: int = 0
    "Frames that the system or the line did not take."


class Port(Protocol):
    """One open socket or serial port; the endpoint's name is in every `Peer`."""

    endpoint: str
    counters: PortCounters
    buffer: int | None
    "Octets of the kernel's receive queue as it was given; None: not a socket."
    buffer_wanted: int | None

    def send(self, data: bytes, peer: Peer) -> None:
        """Send one frame at once or queue it; what cannot go is counted, never raised."""
        ...

    def kernel_drops(self) -> int:
        """Datagrams that the kernel dropped since opening because its queue was full."""
        ...

    def close(self) -> None:
        """Give the socket or port back. `Lost` is not called for it."""
        ...
