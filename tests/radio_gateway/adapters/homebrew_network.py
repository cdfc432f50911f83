"""Simulated repeaters and a master joined in memory, with time as a number."""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from radio_gateway.adapters.homebrew import HomebrewConfig, HomebrewMaster, RepeaterConfig
from radio_gateway.domain.events import Event
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Peer
from radio_gateway.protocols.homebrew.configuration import Configuration
from radio_gateway.simulator.peers.homebrew import HomebrewRepeater

T = TypeVar("T", bound=Event)

MIDNIGHT = datetime(2026, 11, 22, tzinfo=UTC)
LIEPAJA, KAROSTA = 246001, 246002
PASSPHRASES = {LIEPAJA: "correct horse battery staple", KAROSTA: "another one, also long"}
PEERS = {LIEPAJA: Peer("main", "10.0.0.1", 62031), KAROSTA: Peer("main", "10.0.0.2", 62031)}

Path = Callable[[list[bytes]], Iterable[bytes]]


def moment(now: float) -> Moment:
    return Moment(now, MIDNIGHT + timedelta(seconds=now))


def config(**changes: object) -> HomebrewConfig:
    values: dict[str, object] = {
        "name": "liepaja-dmr",
        "network": "dmr",
        "repeaters": (
            RepeaterConfig(LIEPAJA, "Liepāja", PASSPHRASES[LIEPAJA]),
            RepeaterConfig(KAROSTA, "Karosta", PASSPHRASES[KAROSTA]),
        ),
    }
    return HomebrewConfig(**(values | changes))  # type: ignore[arg-type]  # a test's own names


@dataclass
class Network:
    """A master and two repeaters; `path` may lose, repeat or reorder what they send."""

    seed: int = 1
    path: Path = list
    changes: dict[str, object] = field(default_factory=dict)
    "Of the master's configuration."
    master: HomebrewMaster = field(init=False)
    repeaters: dict[int, HomebrewRepeater] = field(init=False)
    now: float = 0.0
    heard: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        rng = random.Random(self.seed)
        self.master = HomebrewMaster(config(**self.changes), salt=lambda: rng.randbytes(4))
        self.repeaters = {
            number: HomebrewRepeater(
                Configuration(repeater_id=number, callsign="R", colour_code=7),
                PASSPHRASES[number].encode(),
                random.Random(self.seed + number),
            )
            for number in PEERS
        }
        self.master.opened(moment(self.now))

    def log_in(self, *numbers: int) -> None:
        """Bring repeaters up and forget the events of that."""
        for number in numbers or PEERS:
            self.repeaters[number].open(self.now)
        self.run(0.001)
        self.heard.clear()

    def run(self, seconds: float) -> None:
        """Let time pass, from one deadline to the next."""
        end = self.now + seconds
        while True:
            self.exchange()
            due = [self.master.deadline(), *(r.deadline() for r in self.repeaters.values())]
            upcoming = min((d for d in due if d is not None), default=end)
            if upcoming >= end:
                self.now = end
                break
            self.now = max(self.now, upcoming)
            for repeater in self.repeaters.values():
                repeater.expire(self.now)
            self.exchange()
            self.master.expire(moment(self.now))
        self.heard += self.master.events()

    def exchange(self) -> None:
        """Carry datagrams until nobody has any."""
        busy = True
        while busy:
            busy = False
            for number, repeater in self.repeaters.items():
                for datagram in self.path(repeater.outgoing()):
                    busy = True
                    self.master.feed(datagram, PEERS[number], moment(self.now))
            for frame in self.master.outgoing():
                busy = True
                for number, peer in PEERS.items():
                    if frame.peer == peer:
                        self.repeaters[number].feed(frame.data, self.now)

    def events(self, kind: type[T]) -> list[T]:
        """What was heard of one kind, oldest first."""
        return [event for event in self.heard if isinstance(event, kind)]

    def send(self, datagram: bytes, sender: Peer = PEERS[LIEPAJA]) -> list[Event]:
        """Give the master one datagram and take the events."""
        self.master.feed(datagram, sender, moment(self.now))
        events = self.master.events()
        self.heard += events
        return events
