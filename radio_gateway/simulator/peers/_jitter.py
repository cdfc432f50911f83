"""What a repeater does about a network that delays: bursts wait, and go on the air in order."""

import heapq
from dataclasses import dataclass, field
from typing import Final

from radio_gateway.protocols.dmr.air import BURST_S
from radio_gateway.protocols.homebrew.dmrd import DmrFrame

DELAY_S: Final = 0.36
"As MMDVMHost comes set."
_FORGOTTEN_S: Final = 5.0


@dataclass(slots=True)
class _Stream:
    """One transmission: its first burst on the wire, and when that one goes on the air."""

    sequence: int
    on_air_at: float
    taken: set[int] = field(default_factory=set)


class JitterBuffer:
    """Both slots of one repeater."""

    def __init__(self) -> None:
        self._streams: dict[tuple[int, bytes], _Stream] = {}
        self._waiting: list[tuple[float, int, DmrFrame]] = []
        self._count = 0

    def put(self, frame: DmrFrame, now: float) -> None:
        """Take a burst from the network; one that is known, or comes too late, is dropped."""
        streams = self._streams
        for old in [key for key, s in streams.items() if now - s.on_air_at > _FORGOTTEN_S]:
            del streams[old]
        key = frame.slot, frame.stream
        stream = streams.setdefault(key, _Stream(frame.sequence, now + DELAY_S))
        place = (frame.sequence - stream.sequence + 128) % 256 - 128
        on_air_at = stream.on_air_at + place * BURST_S
        if place in stream.taken or on_air_at < now:
            return
        stream.taken.add(place)
        self._count += 1
        heapq.heappush(self._waiting, (on_air_at, self._count, frame))

    def due(self, now: float) -> list[tuple[DmrFrame, int]]:
        """Bursts that are on the air by now, and the number of the burst that each one is."""
        found = []
        while self._waiting and self._waiting[0][0] <= now:
            on_air_at, _, frame = heapq.heappop(self._waiting)
            found.append((frame, round(on_air_at / BURST_S)))
        return found

    def deadline(self) -> float | None:
        """When the next burst goes on the air."""
        return self._waiting[0][0] if self._waiting else None
