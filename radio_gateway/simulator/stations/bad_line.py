"""A base on a bad line: messages are lost, doubled and late, and now and then it restarts.

Everything is decided by a seed alone, one decision per message and direction in order of arrival.
"""

import heapq
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Final

from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Peer
from radio_gateway.simulator.fleet import DemoRadio
from radio_gateway.simulator.stations.base import Datagram, Fix, Station

LATE_S: Final = 0.25
"A late message comes at most this much behind its time, so that its followers overtake it."
AWAY_S: Final = 3.0
"A base that restarts neither hears nor speaks for this long."
RESTART_SPREAD: Final = (0.7, 1.3)
"Shares of `restart_s` between two restarts."
_NOW: Final = float("-inf")


@dataclass(frozen=True, slots=True)
class LineQuality:
    """What happens to messages between base and gateway; shares are 0..1."""

    loss: float = 0.0
    duplicate: float = 0.0
    reorder: float = 0.0
    "Share that is overtaken by others; on a serial line whole messages as well."
    restart_s: float | None = None
    "The base restarts about this often; None: never."
    byte_at_a_time: bool = False
    "Each octet of a serial line comes alone."


GOOD_LINE: Final = LineQuality()


class BadLine:
    """A station, as a `Station`, that reaches the gateway by a line of some quality.

    Radios that were on when their base restarted find it again.
    """

    def __init__(self, make: Callable[[int], Station], quality: LineQuality, seed: str) -> None:
        """Make the base for the first time.

        Args:
            make: a new base; told how many there were before it, so that its chance is new.
            quality: of the line.
            seed: decides what happens.
        """
        self._make = make
        self._quality = quality
        self._fates = {
            to_gateway: random.Random(f"{seed} {to_gateway}") for to_gateway in (True, False)
        }
        self._chance = random.Random(f"{seed} restarts")
        self._inner = make(0)
        self.reports_positions = self._inner.reports_positions
        self.writes_texts = self._inner.writes_texts
        self.sends_statuses = self._inner.sends_statuses
        self.restarts = 0
        self._on: dict[int, DemoRadio] = {}
        self._off_at: float | None = None
        self._back_at: float | None = None
        self._now = _NOW
        self._order = count()
        self._late: dict[bool, list[tuple[float, int, Peer, bytes]]] = {True: [], False: []}
        "By direction: when due, order, peer, octets."
        self._octets: deque[Datagram] = deque()

    def open(self, at: Moment) -> None:
        self._now = at.mono
        self._plan_restart(at)
        self._inner.open(at)

    def switch_on(self, radio: DemoRadio, at: Moment) -> None:
        self._on[radio.id.number] = radio
        if self._back_at is None:
            self._inner.switch_on(radio, at)

    def switch_off(self, radio: DemoRadio, at: Moment) -> None:
        self._on.pop(radio.id.number, None)
        if self._back_at is None:
            self._inner.switch_off(radio, at)

    def report(self, radio: DemoRadio, fix: Fix, at: Moment) -> None:
        if self._back_at is None:
            self._inner.report(radio, fix, at)

    def talk(self, radio: DemoRadio, talkgroup: int, seconds: float, fix: Fix, at: Moment) -> bool:
        return self._back_at is None and self._inner.talk(radio, talkgroup, seconds, fix, at)

    def write(self, radio: DemoRadio, text: str, at: Moment) -> None:
        if self._back_at is None:
            self._inner.write(radio, text, at)

    def say_status(self, radio: DemoRadio, status: int, fix: Fix, at: Moment) -> None:
        if self._back_at is None:
            self._inner.say_status(radio, status, fix, at)

    def alarm(self, radio: DemoRadio, talkgroup: int, fix: Fix, at: Moment) -> None:
        if self._back_at is None:
            self._inner.alarm(radio, talkgroup, fix, at)

    def calm(self, radio: DemoRadio, at: Moment) -> None:
        if self._back_at is None and radio.id.number in self._on:
            self._inner.calm(radio, at)

    def feed(self, peer: Peer, data: bytes, at: Moment) -> None:
        self._now = at.mono
        if self._back_at is None:
            self._travel(peer, data, to_gateway=False)
            self._hear(at)

    def expire(self, at: Moment) -> None:
        self._now = at.mono
        self._restart_when_due(at)
        if self._back_at is None:
            self._hear(at)
            self._inner.expire(at)

    def deadline(self) -> float | None:
        if self._octets:
            return _NOW
        inner = self._inner.deadline() if self._back_at is None else None
        late = [messages[0][0] for messages in self._late.values() if messages]
        due = (inner, *late, self._off_at, self._back_at)
        return min((moment for moment in due if moment is not None), default=None)

    def outgoing(self) -> list[Datagram]:
        said = self._inner.outgoing()
        if self._back_at is not None:
            return []
        for peer, data in said:
            self._travel(peer, data, to_gateway=True)
        arrived = self._arrived(to_gateway=True)
        if not self._quality.byte_at_a_time:
            return arrived
        self._octets += [(peer, bytes((octet,))) for peer, data in arrived for octet in data]
        return [self._octets.popleft()] if self._octets else []

    def close(self, at: Moment) -> None:
        self._inner.close(at)

    def _travel(self, peer: Peer, data: bytes, *, to_gateway: bool) -> None:
        """Put a message on the line, as often as it will arrive."""
        dice = self._fates[to_gateway]
        lost, doubled, late, *spans = (dice.random() for _ in range(5))  # always as many
        if lost < self._quality.loss:
            return
        delays = [spans[0] * LATE_S if late < self._quality.reorder else 0.0]
        if doubled < self._quality.duplicate:
            delays.append(spans[1] * LATE_S)
        for delay in delays:
            message = (self._now + delay, next(self._order), peer, data)
            heapq.heappush(self._late[to_gateway], message)

    def _arrived(self, *, to_gateway: bool) -> list[Datagram]:
        """What has come to the end of the line."""
        messages, arrived = self._late[to_gateway], []
        while messages and messages[0][0] <= self._now:
            _, _, peer, data = heapq.heappop(messages)
            arrived.append((peer, data))
        return arrived

    def _hear(self, at: Moment) -> None:
        for peer, data in self._arrived(to_gateway=False):
            step = 1 if self._quality.byte_at_a_time else max(len(data), 1)
            for start in range(0, len(data), step):
                self._inner.feed(peer, data[start : start + step], at)

    def _plan_restart(self, at: Moment) -> None:
        if self._quality.restart_s is not None:
            self._off_at = at.mono + self._quality.restart_s * self._chance.uniform(*RESTART_SPREAD)

    def _restart_when_due(self, at: Moment) -> None:
        if self._off_at is not None and at.mono >= self._off_at:
            self._off_at, self._back_at = None, at.mono + AWAY_S
            self._octets.clear()
            for messages in self._late.values():
                messages.clear()
        if self._back_at is not None and at.mono >= self._back_at:
            self._back_at = None
            self.restarts += 1
            self._inner = self._make(self.restarts)
            self._inner.open(at)
            for radio in self._on.values():
                self._inner.switch_on(radio, at)
            self._plan_restart(at)
