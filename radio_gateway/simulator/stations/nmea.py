"""A vehicle with a plain GNSS receiver on the serial port: places, and nothing else."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Peer
from radio_gateway.simulator.fleet import DemoRadio
from radio_gateway.simulator.peers.nmea import NmeaFix, NmeaReceiver
from radio_gateway.simulator.stations.base import CABLE, Datagram, Fix
from radio_gateway.simulator.stations.kind import StationKind, Surroundings, serial_wires
from radio_gateway.simulator.tables import Table


@dataclass(frozen=True, slots=True)
class NmeaSettings:
    """A receiver on a pseudo terminal."""

    device: Path


class NmeaStation:
    """One patrol: whoever drives that vehicle."""

    reports_positions = True
    writes_texts = False
    sends_statuses = False

    def __init__(self, _settings: NmeaSettings, _around: Surroundings) -> None:
        self._receiver = NmeaReceiver()

    def open(self, at: Moment) -> None:
        """A receiver needs nobody."""

    def switch_on(self, radio: DemoRadio, at: Moment) -> None:
        del radio  # there is one
        self._receiver.switch_on(at.mono)

    def switch_off(self, radio: DemoRadio, at: Moment) -> None:
        del radio, at  # at once
        self._receiver.switch_off()

    def report(self, radio: DemoRadio, fix: Fix, at: Moment) -> None:
        """The receiver knows by itself; it says so once a second."""
        del radio  # there is one
        place = NmeaFix(fix.point, fix.at, at.mono, fix.speed_kmh, fix.bearing_deg)
        self._receiver.place(place)

    def talk(self, radio: DemoRadio, talkgroup: int, seconds: float, fix: Fix, at: Moment) -> bool:
        """No radio here."""
        del radio, talkgroup, seconds, fix, at
        return False

    def write(self, radio: DemoRadio, text: str, at: Moment) -> None:
        """As above."""

    def say_status(self, radio: DemoRadio, status: int, fix: Fix, at: Moment) -> None:
        """As above."""

    def alarm(self, radio: DemoRadio, talkgroup: int, fix: Fix, at: Moment) -> None:
        """As above."""

    def calm(self, radio: DemoRadio, at: Moment) -> None:
        """As above."""

    def feed(self, peer: Peer, data: bytes, at: Moment) -> None:
        """Nothing is ever said to a receiver."""

    def expire(self, at: Moment) -> None:
        self._receiver.expire(at.mono)

    def deadline(self) -> float | None:
        return self._receiver.deadline()

    def outgoing(self) -> list[Datagram]:
        return [(CABLE, data) for data in self._receiver.outgoing()]

    def close(self, at: Moment) -> None:
        """A cable has no word for goodbye."""


def _read(table: Table) -> NmeaSettings:
    return NmeaSettings(table.path("device"))


KIND: Final = StationKind(_read, NmeaStation, serial_wires)
