"""A simulated Hytera base and our adapter on one clock, with a bad network between them."""

import heapq
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

from radio_gateway.adapters.hytera import HyteraBase, HyteraConfig
from radio_gateway.domain.events import (
    Event,
    TextProgress,
    TextState,
)
from radio_gateway.domain.geo import GeoPoint
from radio_gateway.domain.ids import RadioId
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Peer
from radio_gateway.simulator.peers.hytera import HyteraRadio, HyteraRepeater, HyteraSetup

HOST = "192.0.2.10"
START = datetime(2026, 2, 14, 10, 0, tzinfo=UTC)
SETUP = HyteraSetup(dispatcher_id=9999)
PALANGA = GeoPoint(55.9175, 21.0686)


class World:
    """Adapter and peer on one clock, with a network between them that a seed makes bad."""

    def __init__(
        self,
        *,
        seed: int = 1,
        loss: float = 0.0,
        doubling: float = 0.0,
        setup: HyteraSetup = SETUP,
        plain: bool = False,
        position_interval_s: int | None = None,
        period_s: int = 1800,
    ) -> None:
        self.now = 0.0
        self.events: list[Event] = []
        self.shown: list[tuple[int, str]] = []
        self.wire: list[tuple[str, bytes]] = []
        "Everything that the base sent."
        self._rng = Random(seed)
        self._loss, self._doubling = loss, doubling
        self._flying: list[tuple[float, int, bool, str, bytes]] = []
        self._count = 0
        kind = HyteraRadio if plain else HyteraRepeater
        self.peer = kind(setup, Random(seed + 1), lambda r, text, _: self.shown.append((r, text)))
        self.base = HyteraBase(
            HyteraConfig(
                name="palanga-1",
                network="palanga",
                peers=frozenset({HOST}),
                dispatcher_id=9999,
                registration_period_s=period_s,
                position_interval_s=position_interval_s,
            )
        )
        self.base.opened(self.at)

    @property
    def at(self) -> Moment:
        return Moment(self.now, START + timedelta(seconds=self.now))

    def run(self, seconds: float) -> None:
        end = self.now + seconds
        self._exchange()
        for now in self._instants(end):
            self.now = now
            while self._flying and self._flying[0][0] <= now:
                _, _, to_gateway, endpoint, data = heapq.heappop(self._flying)
                if to_gateway:
                    self.base.feed(data, Peer(endpoint, HOST, 30000), self.at)
                else:
                    self.peer.feed(endpoint, data, now)
            self.peer.expire(now)
            self.base.expire(self.at)
            self._exchange()

    def all_of(self, *kinds: type[Event]) -> list[Event]:
        return [event for event in self.events if isinstance(event, kinds)]

    def states(self, command: str) -> list[TextState]:
        return [
            event.state
            for event in self.events
            if isinstance(event, TextProgress) and event.command == command
        ]

    def _instants(self, end: float) -> Iterator[float]:
        while True:
            due = [self.peer.deadline(), self.base.deadline()]
            due += [flying[0] for flying in self._flying[:1]]
            now = max(self.now, min((each for each in due if each is not None), default=end))
            yield min(now, end)
            if now >= end:
                return

    def _exchange(self) -> None:
        for out in self.base.outgoing():
            self._fly(False, out.peer.endpoint, out.data)
        for endpoint, data in self.peer.outgoing():
            self.wire.append((endpoint, data))
            self._fly(True, endpoint, data)
        self.events += self.base.events()

    def _fly(self, to_gateway: bool, endpoint: str, data: bytes) -> None:
        if self._rng.random() < self._loss:
            return
        for _ in range(1 + (self._rng.random() < self._doubling)):
            self._count += 1
            at = self.now + self._rng.uniform(0.001, 0.05)
            heapq.heappush(self._flying, (at, self._count, to_gateway, endpoint, data))


def radio(number: int) -> RadioId:
    return RadioId("palanga", number)
