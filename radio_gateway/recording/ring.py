"""The last frames of one link, as they came and went; bounded in octets."""

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Peer
from radio_gateway.links.port import Frames

FRAME_COST: Final = 160
"Octets of memory that a frame takes besides its own."


@dataclass(frozen=True, slots=True)
class Place:
    """Socket or serial port of a link, as a recording names it."""

    link: str
    endpoint: str
    kind: str
    "Kind of the link: `hytera`, `kenwood`."
    host: str = ""
    "Our own IP address; empty for a serial port."
    port: int = 0

    @property
    def serial(self) -> bool:
        return not self.host


@dataclass(frozen=True, slots=True)
class Record:
    """One frame of a recording."""

    at: float
    "Seconds since 1970, UTC."
    where: Place
    host: str
    "The other side's IP address; empty on a serial line."
    port: int
    data: bytes
    outbound: bool


@dataclass(slots=True)
class FrameRing:
    """Keeps the newest frames of a link in at most `limit` octets of memory.

    Nothing reaches a disk from here: texts and places stay in memory until somebody who may read
    the data directory asks for them.
    """

    limit: int
    "Octets, each frame counted with `FRAME_COST`."
    size: int = 0
    _frames: deque[tuple[Moment, Peer, bytes, bool]] = field(default_factory=deque)

    def __len__(self) -> int:
        return len(self._frames)

    def received(self, frames: Frames, at: Moment) -> None:
        """Keep what one wake of the event loop read."""
        for data, peer in frames:
            self._frames.append((at, peer, data, False))
            self.size += len(data) + FRAME_COST
        self._trim()

    def sent(self, data: bytes, peer: Peer, at: Moment) -> None:
        """Keep a frame of ours."""
        self._frames.append((at, peer, data, True))
        self.size += len(data) + FRAME_COST
        self._trim()

    def records(self, endpoints: dict[str, Place]) -> list[Record]:
        """A copy, oldest first; frames of endpoints that are not named are left out."""
        return [
            Record(at.utc.timestamp(), endpoints[peer.endpoint], peer.host, peer.port, data, out)
            for at, peer, data, out in self._frames
            if peer.endpoint in endpoints
        ]

    def _trim(self) -> None:
        while self.size > self.limit:
            self.size -= len(self._frames.popleft()[2]) + FRAME_COST
