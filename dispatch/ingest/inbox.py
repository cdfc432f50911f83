"""Events taken from the bus and not yet stored, within a bounded memory."""

from collections import Counter, deque
from collections.abc import Iterable
from typing import Final

from radio_gateway.domain.events import (
    LinkHealth,
    PositionReported,
    RadioHeard,
    is_durable,
    is_urgent,
)
from radio_gateway.domain.wire import EventEnvelope, kind_of

BATCH: Final = 1000
"Events of one transaction."
BEHIND: Final = 4000
"With so many waiting, a transaction takes twice as many."
SLOW: Final = 16
"Durable events of one transaction: alarms and dispatchers' orders wait until it ends."
SLOW_BEHIND: Final = 64
"The same with more than `BEHIND_SLOW` waiting: a long outage has to be made up for."
BEHIND_SLOW: Final = 500
FLOOD: Final = 32
"Alarms of one transaction when many wait; a single one goes alone."
LIMIT: Final = 20_000
"Events in memory."


class Inbox:
    """Alarms apart, everything else in the order of arrival.

    When it is `full` the bus has to wait. While nothing can be stored, `make_room` lets go what
    may be shed, so that alarms are still heard of; what must never be lost is never shed.
    """

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self.urgent: deque[EventEnvelope] = deque()
        self._queue: deque[EventEnvelope] = deque()
        self.hurry = False
        "Something waits that should not wait for company."
        self.shed: Counter[str] = Counter()
        "Events let go so far, by kind."

    def __len__(self) -> int:
        return len(self.urgent) + len(self._queue)

    @property
    def full(self) -> bool:
        """Whether the bus has to wait."""
        return len(self) >= self._limit

    @property
    def batch_full(self) -> bool:
        """Whether the next transaction has its fill."""
        return len(self._queue) >= BATCH

    def put(self, envelopes: Iterable[EventEnvelope]) -> None:
        """Take these in."""
        for envelope in envelopes:
            if is_urgent(envelope.event):
                self.urgent.append(envelope)
                self.hurry = True
            else:
                self._queue.append(envelope)
                self.hurry = self.hurry or is_durable(envelope.event)

    def take_urgent(self) -> list[EventEnvelope]:
        """The next transaction's alarms, oldest first."""
        return [self.urgent.popleft() for _ in range(min(len(self.urgent), FLOOD))]

    def take(self) -> list[EventEnvelope]:
        """The next transaction's events other than alarms, oldest first."""
        most = BATCH if len(self._queue) < BEHIND else 2 * BATCH
        most_slow = SLOW if self.urgent or len(self._queue) < BEHIND_SLOW else SLOW_BEHIND
        group: list[EventEnvelope] = []
        slow = 0
        while self._queue and len(group) < most:
            slow += is_durable(self._queue[0].event)
            if slow > most_slow:
                break
            group.append(self._queue.popleft())
        self.hurry = bool(self.urgent) or slow > most_slow
        return group

    def make_room(self) -> None:
        """Keep of signs of life nothing, of positions and link health the newest of each."""
        kept: list[EventEnvelope] = []
        seen: set[object] = set()
        for envelope in reversed(self._queue):
            event = envelope.event
            if isinstance(event, RadioHeard):
                key: object = None
            elif isinstance(event, PositionReported):
                key = event.radio
            elif isinstance(event, LinkHealth):
                key = envelope.gateway, event.link
            else:
                kept.append(envelope)
                continue
            if key is None or key in seen:
                self.shed[kind_of(event)] += 1
            else:
                seen.add(key)
                kept.append(envelope)
        kept.reverse()
        self._queue = deque(kept)
