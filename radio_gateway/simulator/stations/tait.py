"""A Tait base radio: statuses, texts, sentences with the place, calls and alarms by CCDI."""

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Peer
from radio_gateway.protocols.nmea.fields import KNOT_KMH
from radio_gateway.protocols.nmea.sentences import build_rmc
from radio_gateway.protocols.tait.commands import DATA_ID
from radio_gateway.simulator.fleet import DemoRadio
from radio_gateway.simulator.peers.tait import TaitLoss, TaitPeer
from radio_gateway.simulator.stations.base import AIR_LOSS, CABLE, Datagram, Fix
from radio_gateway.simulator.stations.kind import StationKind, Surroundings, serial_wires
from radio_gateway.simulator.tables import SimulatorConfigError, Table

_USUAL_FLEET: Final = "0000"
_ALL: Final = "*"


@dataclass(frozen=True, slots=True)
class TaitSettings:
    """A base radio on a pseudo terminal."""

    device: Path
    fleet: str = _USUAL_FLEET
    "What the data identities of all radios begin with; the number follows."


class TaitStation:
    """Patrols around a Tait base."""

    reports_positions = True
    writes_texts = True
    sends_statuses = True

    def __init__(self, settings: TaitSettings, around: Surroundings) -> None:
        self._identities = {
            radio.id.number: _identity(settings.fleet, radio.id.number) for radio in around.radios
        }
        self._numbers = {name: number for number, name in self._identities.items()}
        self._around = around
        self._sentences: dict[int, str] = {}
        self._base = TaitPeer(
            random.Random(f"{around.seed} {around.name}"),
            reachable=lambda name: name in self._numbers and around.is_on(self._numbers[name]),
            on_text=self._shown,
            place=self._place,
            loss=TaitLoss(message=AIR_LOSS),
        )

    def open(self, at: Moment) -> None:
        """Power on: the radio says that it has started."""
        self._base.restart(at.mono)

    def switch_on(self, radio: DemoRadio, at: Moment) -> None:
        """There is no registration; a radio is heard when it reports."""

    def switch_off(self, radio: DemoRadio, at: Moment) -> None:
        """As above."""

    def report(self, radio: DemoRadio, fix: Fix, at: Moment) -> None:
        number = radio.id.number
        self._sentences[number] = _sentence(fix)
        self._base.write(self._identities[number], self._sentences[number], at.mono)

    def talk(self, radio: DemoRadio, talkgroup: int, seconds: float, fix: Fix, at: Moment) -> bool:
        del fix  # calls carry no place
        identity = self._identities[radio.id.number]
        return self._base.talk(identity, seconds, at.mono, group=str(talkgroup))

    def write(self, radio: DemoRadio, text: str, at: Moment) -> None:
        self._base.write(self._identities[radio.id.number], text, at.mono)

    def say_status(self, radio: DemoRadio, status: int, fix: Fix, at: Moment) -> None:
        del fix  # a status has no place in it
        self._base.status(self._identities[radio.id.number], status, at.mono)

    def alarm(self, radio: DemoRadio, talkgroup: int, fix: Fix, at: Moment) -> None:
        del talkgroup  # the alarm names none
        self._base.emergency(self._identities[radio.id.number], at.mono)
        self.report(radio, fix, at)

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

    def _shown(self, identity: str, text: str) -> None:
        reached = self._numbers.values() if _ALL in identity else (self._numbers.get(identity),)
        for number in reached:
            if number is not None:
                self._around.text_shown(number, text)

    def _place(self, identity: str) -> str | None:
        number = self._numbers.get(identity)
        return None if number is None else self._sentences.get(number)


def _identity(fleet: str, number: int) -> str:
    return f"{fleet}{number:0{DATA_ID - len(fleet)}d}"


def _sentence(fix: Fix) -> str:
    return build_rmc(
        talker="GP",
        at=fix.at.time(),
        on=fix.at.date(),
        lat=fix.point.lat,
        lon=fix.point.lon,
        speed_knots=fix.speed_kmh / KNOT_KMH,
        course_deg=fix.bearing_deg,
    ).decode("ascii")


def _read(table: Table) -> TaitSettings:
    device = table.path("device")
    fleet = table.take("fleet", str, _USUAL_FLEET)
    if len(fleet) > DATA_ID // 2 or not fleet.isalnum():
        raise SimulatorConfigError(
            f"{table.where}: fleet must be 1 to {DATA_ID // 2} letters or digits: {fleet!r}"
        )
    return TaitSettings(device, fleet)


KIND: Final = StationKind(_read, TaitStation, serial_wires)
