"""Events taken from the bus and not yet stored, within a bounded memory."""

import math
from collections import Counter, deque
from collections.abc import Iterable
from typing import Final

from radio_gateway.domain.events import (
    SHEDDABLE,
    CallAlertReceived,
    CallEnded,
    CallStarted,
    Event,
    LinkHealth,
    PositionReported,
    RadioDeregistered,
    RadioHeard,
    RadioRegistered,
    TalkerAliasHeard,
    TelemetryReceived,
    TextReceived,
    is_durable,
    is_urgent,
)
from radio_gateway.domain.wire import EventEnvelope, kind_of

BATCH: Final = 1000
"Events of one transaction."
BEHIND: Final = 4000
"""With so many waiting, one transaction takes them all: the newest position of each radio is then
written once for several reports, and PostgreSQL stores half as many again in a second."""
SLOW: Final = 64
"""Weight of the durable events of one transaction, some 20 ms of work: alarms and dispatchers'
orders wait until it ends."""
SLOW_BEHIND: Final = 256
"The same with more than `BEHIND_SLOW` waiting: a long outage has to be made up for."
BEHIND_SLOW: Final = 500
ONE_BY_ONE: Final = 4
"Weight of a durable event that is stored by statements of its own; of others it is 1."
_MANY_AT_ONCE: Final = (
    *(CallStarted, TalkerAliasHeard, CallEnded, TextReceived, CallAlertReceived),
    *(RadioRegistered, RadioDeregistered, TelemetryReceived),
)
"Stored together, or nothing but a sign of life."
FLOOD: Final = 128
"""Alarms of one transaction when many wait. The first goes alone, then twice as many each time: a
process that starts into a flood shall have stored some even if it is ended soon."""
LIMIT: Final = 20_000
"Events in memory."
THINNED_S: Final = (30.0, 300.0, math.inf)
"Without room one position of each radio in so long stays; the next step if that is not enough."


class Inbox:
    """Alarms apart, everything else in the order of arrival.

    When it is `full` the bus has to wait. While nothing can be stored, `make_room` lets go what
    may be shed, so that alarms are still heard of; what must never be lost is never shed.
    """

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self.urgent: deque[EventEnvelope] = deque()
        self._queue: deque[EventEnvelope] = deque()
        self._flood = 1
        self._durable = 0
        "Of the queue."
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
            if isinstance(envelope.event, SHEDDABLE):
                self._queue.append(envelope)
                continue
            self.hurry = True
            if is_urgent(envelope.event):
                self.urgent.append(envelope)
            else:
                self._queue.append(envelope)
                self._durable += 1

    def take_urgent(self) -> list[EventEnvelope]:
        """The next transaction's alarms, oldest first."""
        group = [self.urgent.popleft() for _ in range(min(len(self.urgent), self._flood))]
        self._flood = min(2 * self._flood, FLOOD) if self.urgent else 1
        return group

    def take(self) -> list[EventEnvelope]:
        """The next transaction's events other than alarms, oldest first."""
        most = BATCH if self.urgent or len(self._queue) < BEHIND else BEHIND
        most_slow = SLOW if self.urgent or len(self._queue) < BEHIND_SLOW else SLOW_BEHIND
        if not self._durable:
            self.hurry = bool(self.urgent)
            return [self._queue.popleft() for _ in range(min(len(self._queue), most))]
        group: list[EventEnvelope] = []
        slow, more = 0, False
        while self._queue and len(group) < most:
            weight = _weight(self._queue[0].event)
            more = weight > 0 and slow + weight > most_slow
            if more:
                break
            slow += weight
            self._durable -= weight > 0
            group.append(self._queue.popleft())
        self.hurry = bool(self.urgent) or more
        return group

    def make_room(self) -> None:
        """Keep of signs of life nothing, of link health the newest, of positions a coarse track."""
        for interval_s in THINNED_S:
            self._thin(interval_s)
            if len(self) <= self._limit // 4 * 3:
                return

    def _thin(self, interval_s: float) -> None:
        """Of each radio's positions the newest of every interval stays."""
        kept: list[EventEnvelope] = []
        seen: set[object] = set()
        for envelope in reversed(self._queue):
            event = envelope.event
            if isinstance(event, RadioHeard):
                key: object = None
            elif isinstance(event, PositionReported):
                key = event.radio, event.at.utc.timestamp() // interval_s
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


def _weight(event: Event) -> int:
    if isinstance(event, _MANY_AT_ONCE):
        return 1
    return ONE_BY_ONE if is_durable(event) else 0
