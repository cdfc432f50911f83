"""A modem on a serial port: what its radios say, and what the gateway lets it transmit."""

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Peer
from radio_gateway.simulator.fleet import DemoRadio
from radio_gateway.simulator.peers.mmdvm import ModemPeer
from radio_gateway.simulator.stations.base import CABLE, Datagram, Fix
from radio_gateway.simulator.stations.kind import StationKind, Surroundings, serial_wires
from radio_gateway.simulator.stations.listening import ListeningStation
from radio_gateway.simulator.tables import Table


@dataclass(frozen=True, slots=True)
class ModemSettings:
    """A modem board on a pseudo terminal."""

    device: Path
    dispatcher_id: int
    "Radio number that the gateway sends from, and that radios write to."


class ModemStation(ListeningStation):
    """Patrols around a modem; texts to the gateway are confirmed when it may transmit."""

    sends_statuses = True

    def __init__(self, settings: ModemSettings, around: Surroundings) -> None:
        chance = random.Random(f"{around.seed} {around.name}")
        self._modem = ModemPeer(chance)
        super().__init__(
            [self._modem], self._modem.radios, settings.dispatcher_id, chance, around.text_shown
        )

    @property
    def up(self) -> bool:
        """Whether the gateway has set the modem up."""
        return self._modem.configured

    def open(self, at: Moment) -> None:
        """A modem waits for its host."""

    def say_status(self, radio: DemoRadio, status: int, fix: Fix, at: Moment) -> None:
        del fix  # a status has no place in it
        self._modem.status(radio.id.number, self._dispatcher, status, now=at.mono, slot=2)

    def feed(self, peer: Peer, data: bytes, at: Moment) -> None:
        del peer  # there is one
        self._modem.feed(data, at.mono)

    def expire(self, at: Moment) -> None:
        super().expire(at)
        self._heed()

    def outgoing(self) -> list[Datagram]:
        return [(CABLE, data) for data in self._modem.outgoing()]

    def close(self, at: Moment) -> None:
        """A cable has no word for goodbye."""


def _read(table: Table) -> ModemSettings:
    return ModemSettings(table.path("device"), table.radio("dispatcher_id"))


KIND: Final = StationKind(_read, ModemStation, serial_wires)
