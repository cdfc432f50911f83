"""A Kenwood base radio: NEXEDGE radios with places, statuses and caller ids."""

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Peer
from radio_gateway.protocols.kenwood.ids import IdForm, UnitId
from radio_gateway.simulator.fleet import EMERGENCY_STATUS, DemoRadio
from radio_gateway.simulator.peers.kenwood import KenwoodBaseRadio, KenwoodFix
from radio_gateway.simulator.stations.base import CABLE, Datagram, Fix
from radio_gateway.simulator.stations.kind import StationKind, Surroundings, serial_wires
from radio_gateway.simulator.tables import Table


@dataclass(frozen=True, slots=True)
class KenwoodSettings:
    """A base radio on a pseudo terminal."""

    device: Path


class KenwoodStation:
    """Patrols around a Kenwood base; how radios write texts is not public, so they do not."""

    reports_positions = True
    writes_texts = False
    sends_statuses = True

    def __init__(self, _: KenwoodSettings, around: Surroundings) -> None:
        self._base = KenwoodBaseRadio(
            random.Random(f"{around.seed} kenwood"),
            reachable=lambda unit: around.is_on(unit.number),
            on_text=lambda unit, text: around.text_shown(unit.number if unit else 0, text),
            on_poll=lambda unit: around.asked_for_place(unit.number),
        )

    def open(self, at: Moment) -> None:
        """A cable needs no connecting."""

    def switch_on(self, radio: DemoRadio, at: Moment) -> None:
        """There is no registration; a radio is heard when it reports."""

    def switch_off(self, radio: DemoRadio, at: Moment) -> None:
        """As above."""

    def report(self, radio: DemoRadio, fix: Fix, at: Moment) -> None:
        self._base.report(_unit(radio), _fix(fix), at.mono)

    def talk(self, radio: DemoRadio, talkgroup: int, seconds: float, fix: Fix, at: Moment) -> bool:
        del talkgroup, fix  # caller-id frames name neither
        return self._base.talk(_unit(radio), seconds, at.mono)

    def write(self, radio: DemoRadio, text: str, at: Moment) -> None:
        """No public source shows what the base would say."""

    def say_status(self, radio: DemoRadio, status: int, fix: Fix, at: Moment) -> None:
        self._base.report(_unit(radio), _fix(fix), at.mono, status)

    def alarm(self, radio: DemoRadio, talkgroup: int, fix: Fix, at: Moment) -> None:
        del talkgroup  # a status goes to the base
        self._base.emergency(_unit(radio), _fix(fix), EMERGENCY_STATUS, at.mono)

    def calm(self, radio: DemoRadio, at: Moment) -> None:
        """The alarm was sent once; nothing goes on."""

    def feed(self, peer: Peer, data: bytes, at: Moment) -> None:
        del peer  # there is one
        self._base.feed(data, at.mono)

    def expire(self, at: Moment) -> None:
        self._base.expire(at.mono)

    def deadline(self) -> float | None:
        return self._base.deadline()

    def outgoing(self) -> list[Datagram]:
        return [(CABLE, data) for data in self._base.outgoing()]

    def close(self, at: Moment) -> None:
        """A cable has no word for goodbye."""


def _unit(radio: DemoRadio) -> UnitId:
    return UnitId(IdForm.LETTER5, radio.id.number)


def _fix(fix: Fix) -> KenwoodFix:
    return KenwoodFix(fix.point, fix.at, fix.speed_kmh, fix.bearing_deg)


def _read(table: Table) -> KenwoodSettings:
    return KenwoodSettings(table.path("device"))


KIND: Final = StationKind(_read, KenwoodStation, serial_wires)
