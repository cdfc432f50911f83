"""Simulated MOTOTRBO radios and our adapter on one clock, with a bad network between them."""

import heapq
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, TypeVar

from radio_gateway.adapters.mototrbo import DEFAULT_PORTS, MototrboConfig, MototrboSystem
from radio_gateway.domain.events import Event, TextProgress, TextState
from radio_gateway.domain.geo import GeoPoint
from radio_gateway.domain.ids import RadioId
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Peer
from radio_gateway.simulator.peers.mototrbo import MototrboFleet, MototrboSetup

START = datetime(2026, 2, 14, 10, 0, tzinfo=UTC)
KAROSTA = GeoPoint(56.5475, 21.0140)
E = TypeVar("E")


class World:
    """Adapter and radios, with a network between them that a seed makes bad."""

    def __init__(
        self,
        *,
        seed: int = 1,
        loss: float = 0.0,
        doubling: float = 0.0,
        air_loss: float = 0.0,
        **settings: Any,
    ) -> None:
        self.now = 0.0
        self.events: list[Event] = []
        self.shown: list[tuple[int, str]] = []
        self.wire: list[tuple[str, int, bytes]] = []
        "Everything that the radios sent."
        self.sent: list[tuple[float, Peer, bytes]] = []
        "Everything that the adapter sent."
        self._rng = Random(seed)
        self._loss, self._doubling = loss, doubling
        self._flying: list[tuple[float, int, bool, str, str, bytes]] = []
        self._count = 0
        setup = MototrboSetup(air_loss=air_loss)
        self.fleet = MototrboFleet(
            setup, Random(seed + 1), lambda r, text, _: self.shown.append((r, text))
        )
        config = MototrboConfig(name="karosta", network="liepaja", **settings)
        self.base = MototrboSystem(config, Random(seed + 2))
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
                _, _, to_gateway, endpoint, host, data = heapq.heappop(self._flying)
                if to_gateway:
                    self.base.feed(data, Peer(endpoint, host, DEFAULT_PORTS[endpoint]), self.at)
                elif host.startswith("225."):
                    self.fleet.feed_group(data, now)
                else:
                    self.fleet.feed(endpoint, number_of(host), data, now)
            self.fleet.expire(now)
            self.base.expire(self.at)
            self._exchange()

    def all_of(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    def states(self, command: str) -> list[TextState]:
        return [e.state for e in self.all_of(TextProgress) if e.command == command]

    def _instants(self, end: float) -> Iterator[float]:
        while True:
            due = [self.fleet.deadline(), self.base.deadline()]
            due += [flying[0] for flying in self._flying[:1]]
            now = max(self.now, min((each for each in due if each is not None), default=end))
            yield min(now, end)
            if now >= end:
                return

    def _exchange(self) -> None:
        for out in self.base.outgoing():
            self.sent.append((self.now, out.peer, out.data))
            self._fly(False, out.peer.endpoint, out.peer.host, out.data)
        for endpoint, number, data in self.fleet.outgoing():
            self.wire.append((endpoint, number, data))
            self._fly(True, endpoint, f"12.0.{number >> 8}.{number & 255}", data)
        self.events += self.base.events()

    def _fly(self, to_gateway: bool, endpoint: str, host: str, data: bytes) -> None:
        if self._rng.random() < self._loss:
            return
        for _ in range(1 + (self._rng.random() < self._doubling)):
            self._count += 1
            at = self.now + self._rng.uniform(0.001, 0.05)
            heapq.heappush(self._flying, (at, self._count, to_gateway, endpoint, host, data))


def number_of(host: str) -> int:
    """The radio of an address: its three low octets."""
    _, high, middle, low = map(int, host.split("."))
    return high << 16 | middle << 8 | low


def radio(number: int) -> RadioId:
    return RadioId("liepaja", number)
