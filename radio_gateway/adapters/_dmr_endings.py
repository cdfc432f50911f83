"""What is remembered of ended transmissions: stragglers to ignore, exchanges to continue."""

from dataclasses import dataclass
from typing import Final

from radio_gateway.adapters._dmr_reception import Reception, StreamKey, step
from radio_gateway.adapters._dmr_transmission import Parties

RESUME_AFTER: Final = 6
"New frames of a stream that was given up as lost until it counts as a call again."
_SHORTEST_MEMORY_S: Final = 1.0


@dataclass(slots=True)
class _Ended:
    """One stream that is over."""

    at: float
    newest: int | None
    "Sequence number of its last frame; None: it was not followed."
    lost: bool
    frames_since: int = 0


@dataclass(frozen=True, slots=True)
class _Last:
    """The last transmission on a slot."""

    ended_at: float
    exchange: tuple[bool, frozenset[int]]
    conversation: str


class Endings:
    """Memory of one link, as long as the hang time."""

    def __init__(self, hang_time_s: float) -> None:
        self._hang_time_s = hang_time_s
        self._streams: dict[StreamKey, _Ended] = {}
        self._last: dict[tuple[int, int], _Last] = {}

    def note(self, reception: Reception, now: float, *, lost: bool) -> None:
        """A stream is over; `lost` when its end was not heard."""
        newest = reception.newest
        sequence = None if newest is None else newest % 256
        self._streams[reception.key] = _Ended(now, sequence, lost)

    def note_unknown(self, key: StreamKey, sequence: int, now: float) -> None:
        """The end of a stream was all that was heard of it."""
        self._streams.setdefault(key, _Ended(now, sequence, lost=False))

    def knows(self, key: StreamKey) -> bool:
        """Whether the stream ended within the hang time."""
        return key in self._streams

    def is_over(self, key: StreamKey, sequence: int, *, header: bool) -> bool:
        """Whether a frame is a straggler of an ended stream.

        A header with a newer sequence number begins another call of a sender that always uses
        the same stream id. A stream that was only lost counts as a call again after
        `RESUME_AFTER` newer frames.
        """
        ended = self._streams.get(key)
        if ended is None:
            return False
        if ended.newest is None or step(ended.newest, sequence) <= 0:
            return True
        ended.frames_since += 1
        if not header and not (ended.lost and ended.frames_since >= RESUME_AFTER):
            return True
        del self._streams[key]
        return False

    def note_exchange(
        self, key: StreamKey, parties: Parties, conversation: str, now: float
    ) -> None:
        """A transmission on a slot is over."""
        self._last[key.repeater_id, key.slot] = _Last(now, parties.exchange, conversation)

    def conversation(self, key: StreamKey, parties: Parties, now: float) -> str | None:
        """The conversation that a new transmission continues, if any."""
        last = self._last.get((key.repeater_id, key.slot))
        if last is None or last.exchange != parties.exchange:
            return None
        return last.conversation if now - last.ended_at <= self._hang_time_s else None

    def expire(self, now: float) -> None:
        """Forget streams after the hang time."""
        if self._streams:
            keep = max(self._hang_time_s, _SHORTEST_MEMORY_S)
            self._streams = {k: e for k, e in self._streams.items() if now - e.at < keep}
