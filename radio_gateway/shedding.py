"""Events that may be lost under overload: bounded, the newest of each radio kept, sheds counted."""

from collections import Counter, deque
from collections.abc import Hashable
from typing import Final

from radio_gateway.domain.events import LinkHealth, PositionReported, RadioHeard
from radio_gateway.domain.wire import EventEnvelope, kind_of

LIMIT: Final = 10_000
"Events that may wait for the bus."
_GOES_FIRST: Final = (RadioHeard, LinkHealth, PositionReported)
"Order in which kinds are given up when even one of each is too much."


class LooseQueue:
    """First in, first out, until it is full; then only the newest of each kind and radio stay."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._waiting: deque[EventEnvelope] = deque()
        self.shed: Counter[str] = Counter()
        "Events given up, by kind as on the wire."

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, envelope: EventEnvelope) -> None:
        """Add one event; makes room first when there is none."""
        if len(self._waiting) >= self._limit:
            self._compact()
        self._waiting.append(envelope)

    def take(self, limit: int) -> list[EventEnvelope]:
        """Remove up to `limit` events, oldest first."""
        return [self._waiting.popleft() for _ in range(min(limit, len(self._waiting)))]

    def _compact(self) -> None:
        newest = {_subject(envelope): envelope for envelope in self._waiting}
        kept = deque(item for item in self._waiting if newest[_subject(item)] is item)
        for kind in _GOES_FIRST:
            excess = len(kept) - self._limit // 2
            if excess > 0:
                given_up = [item for item in kept if isinstance(item.event, kind)][:excess]
                dropped = {item.id for item in given_up}
                kept = deque(item for item in kept if item.id not in dropped)
        before = Counter(kind_of(item.event) for item in self._waiting)
        self.shed += before - Counter(kind_of(item.event) for item in kept)
        self._waiting = kept


def _subject(envelope: EventEnvelope) -> Hashable:
    event = envelope.event
    if isinstance(event, LinkHealth):
        return LinkHealth, event.link, event.site
    return type(event), getattr(event, "radio", None)
