"""What may be lost under overload: bounded, every radio keeps its turn, sheds counted."""

import math
from collections import Counter, OrderedDict
from collections.abc import Hashable, Sequence
from typing import Final

from radio_gateway.domain.events import Event, LinkHealth, PositionReported, RadioHeard
from radio_gateway.domain.wire import EventEnvelope, kind_of

LIMIT: Final = 10_000
"Events that may wait for the bus."
QUIET_S: Final = 5.0
"Shedding is over when nothing was given up for this long and the queue is short again."
FINEST_S: Final = 30.0
"Of a radio's positions one in so long is kept at first, when not all of them can be."
COARSEST_S: Final = 3600.0
"Beyond this interval only the newest of each radio is kept."
GIVEN_UP_FIRST: Final[tuple[type[Event], ...]] = (RadioHeard, LinkHealth, PositionReported)
"Presence, then signal reports, then positions: a kind makes room for those after it."


class LooseQueue:
    """First in, first out for each kind, until it is full.

    From then on only the newest of each kind and radio waits, and it takes the place of the one
    that it replaces: a radio that reports ten times as often comes no later for it. Of positions
    the newest of every interval waits, so that an outage leaves a coarse track and no hole; the
    interval doubles whenever there is no room. Without room for one of each radio, kinds make
    room for each other in the order of `GIVEN_UP_FIRST`.
    """

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._lanes: dict[type[Event], OrderedDict[Hashable, EventEnvelope]] = {
            kind: OrderedDict() for kind in reversed(GIVEN_UP_FIRST)
        }
        self._count = 0
        self._shed_at = 0.0
        self._interval_s = FINEST_S
        self.shedding = False
        self.shed: Counter[str] = Counter()
        "Events given up, by kind as on the wire."

    def __len__(self) -> int:
        return self._count

    def put(self, envelope: EventEnvelope) -> None:
        """Add one event of a kind that may be shed."""
        if self._count >= self._limit and not self.shedding:
            self.shedding, self._interval_s = True, FINEST_S
            self._merge()
        lane = self._lanes[type(envelope.event)]
        key: Hashable = envelope.id
        if self.shedding:
            if self._count >= self._limit:
                self._coarsen()
            key = self._place(envelope.event)
            if key in lane:
                self.refuse(envelope.event)
                lane[key] = envelope
                return
            if self._count >= self._limit and not self._make_room(envelope.event):
                self.refuse(envelope.event)
                return
        lane[key] = envelope
        self._count += 1

    def put_back(self, batch: Sequence[EventEnvelope]) -> None:
        """Return what was taken but could not be handed on; it is next again."""
        for envelope in reversed(batch):
            lane = self._lanes[type(envelope.event)]
            key = self._place(envelope.event) if self.shedding else envelope.id
            if key in lane:  # a newer one has come meanwhile
                self.refuse(envelope.event)
                continue
            lane[key] = envelope
            lane.move_to_end(key, last=False)
            self._count += 1

    def take(self, limit: int) -> list[EventEnvelope]:
        """Remove up to `limit` events: positions before signal reports before presence."""
        taken: list[EventEnvelope] = []
        for lane in self._lanes.values():
            room = limit - len(taken)
            if len(lane) <= room:
                taken += lane.values()
                lane.clear()
            else:
                taken += [lane.popitem(last=False)[1] for _ in range(room)]
        self._count -= len(taken)
        return taken

    def refuse(self, event: Event) -> None:
        """Count an event that is not taken."""
        self.shed[kind_of(event)] += 1
        self._shed_at = event.at.mono

    def settle(self, now: float) -> None:
        """Let shedding end; `now` in monotonic seconds."""
        if self._count < self._limit // 10 and now - self._shed_at >= QUIET_S:
            self.shedding = False

    def _coarsen(self) -> None:
        """Double the interval until half of the room is free, or one of each radio is left."""
        while self._count > self._limit // 2 and self._interval_s < math.inf:
            doubled = 2 * self._interval_s
            self._interval_s = doubled if doubled <= COARSEST_S else math.inf
            self._merge()

    def _merge(self) -> None:
        """Keep the newest of each place, where the oldest was."""
        for lane in self._lanes.values():
            waiting = list(lane.values())
            lane.clear()
            for envelope in waiting:
                key = self._place(envelope.event)
                if key in lane:
                    self.refuse(lane[key].event)
                lane[key] = envelope
            self._count -= len(waiting) - len(lane)

    def _place(self, event: Event) -> Hashable:
        """What an event shares with those that it replaces."""
        if isinstance(event, PositionReported):
            return event.radio, event.at.mono // self._interval_s
        if isinstance(event, LinkHealth):
            return event.link, event.site
        return getattr(event, "radio", None)

    def _make_room(self, event: Event) -> bool:
        for kind in GIVEN_UP_FIRST:
            if isinstance(event, kind):
                return False
            lane = self._lanes[kind]
            if lane:
                self.refuse(lane.popitem(last=False)[1].event)
                self._count -= 1
                return True
        return False
