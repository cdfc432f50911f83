"""A limit per sender, applied before any decoding, so that a flood costs next to nothing."""

from collections import OrderedDict
from typing import Final

MAX_SOURCES: Final = 4096
"Addresses remembered; the one not heard for longest makes room."


class SourceThrottle:
    """Token bucket per address: `rate` datagrams a second, bursts of twice that."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._burst = 2.0 * rate
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def room(self, host: str, now: float) -> int:
        """How many datagrams from `host` may pass at `now` (monotonic seconds)."""
        tokens, since = self._buckets.pop(host, (self._burst, now))
        tokens = min(self._burst, tokens + (now - since) * self._rate)
        self._buckets[host] = tokens, now
        if len(self._buckets) > MAX_SOURCES:
            self._buckets.popitem(last=False)
        return int(tokens)

    def leave(self, host: str, room: int) -> None:
        """Take note that of the room of just now so much is left, at least 0."""
        known = self._buckets.get(host)
        if known is not None:
            self._buckets[host] = known[0] % 1.0 + room, known[1]
