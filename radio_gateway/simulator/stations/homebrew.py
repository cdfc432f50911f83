"""MMDVM repeaters: voice with the place in it, alarms, call alerts; radios write no texts.

One repeater has the radios; neighbours hear them too, most of the time and less well.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from radio_gateway.domain.geo import GeoPoint
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Peer
from radio_gateway.protocols.errors import ProtocolError
from radio_gateway.protocols.homebrew.configuration import Configuration
from radio_gateway.simulator.fleet import DemoRadio
from radio_gateway.simulator.peers._homebrew_air import FAR
from radio_gateway.simulator.peers.homebrew import HomebrewRepeater
from radio_gateway.simulator.stations.base import MAIN, Datagram, Fix
from radio_gateway.simulator.stations.dmr import DATA_SLOT, AirPeer, DmrStation
from radio_gateway.simulator.stations.kind import (
    LOOPBACK,
    StationKind,
    Surroundings,
    UdpWire,
    Wire,
)
from radio_gateway.simulator.tables import Table

_MAST: Final = GeoPoint(56.5475, 21.0140)
"Karosta, Liepāja."
_NO_DISPATCHER: Final = 0
ALERT_REPEATS: Final = 2
"A radio that is not answered sends its call alert again."
OVERLAP: Final = 0.75
"Share of transmissions that a neighbour hears as well."


@dataclass(frozen=True, slots=True)
class HomebrewSettings:
    """MMDVM repeaters that log in to the gateway, each by itself."""

    gateway_host: str
    gateway_port: int
    repeater_id: int
    passphrase: str
    bind_host: str = LOOPBACK
    neighbours: Mapping[int, str] = field(default_factory=dict)
    "Id and passphrase of repeaters that hear the same radios."


class HomebrewStation(DmrStation):
    """Patrols on an MMDVM repeater, and its neighbours."""

    reports_positions = False

    def __init__(self, settings: HomebrewSettings, around: Surroundings) -> None:
        number, seed = settings.repeater_id, around.seed
        chance = random.Random(f"{seed} {number}")
        configuration = repeater_configuration(number, around.name, _MAST)
        self._repeater = HomebrewRepeater(configuration, settings.passphrase.encode(), chance)
        self._neighbours = {
            _endpoint(neighbour): HomebrewRepeater(
                repeater_configuration(neighbour, around.name, _MAST),
                passphrase.encode(),
                random.Random(f"{seed} {neighbour}"),
                ear=FAR,
            )
            for neighbour, passphrase in settings.neighbours.items()
        }
        self._repeaters = {MAIN: self._repeater, **self._neighbours}
        self._overlap = random.Random(f"{seed} {number} overlap")
        super().__init__(list(self._repeaters.values()), _NO_DISPATCHER, chance)

    @property
    def up(self) -> bool:
        """Whether the gateway has accepted all logins."""
        return all(repeater.up for repeater in self._repeaters.values())

    def open(self, at: Moment) -> None:
        for repeater in self._repeaters.values():
            repeater.open(at.mono)

    def switch_on(self, radio: DemoRadio, at: Moment) -> None:
        """MMDVM repeaters know no registration; from now on the radio listens."""
        del at  # at once
        self._repeater.radios.present.add(radio.id.number)

    def switch_off(self, radio: DemoRadio, at: Moment) -> None:
        """Texts for it stay without answer."""
        del at  # at once
        self._repeater.radios.present.discard(radio.id.number)

    def report(self, radio: DemoRadio, fix: Fix, at: Moment) -> None:
        """Places ride on voice only."""

    def write(self, radio: DemoRadio, text: str, at: Moment) -> None:
        """These radios are not programmed for data: who has something to say asks for a call."""
        del text  # said by voice
        self._repeater.call_alert(
            radio.id.number, _NO_DISPATCHER, now=at.mono, slot=DATA_SLOT, repeats=ALERT_REPEATS
        )

    def say_status(self, radio: DemoRadio, status: int, fix: Fix, at: Moment) -> None:
        """These radios are not programmed for data."""

    def feed(self, peer: Peer, data: bytes, at: Moment) -> None:
        try:
            self._repeaters[peer.endpoint].feed(data, at.mono)
        except ProtocolError:
            return  # a repeater that gets nonsense goes on

    def outgoing(self) -> list[Datagram]:
        return [
            (Peer(endpoint), data)
            for endpoint, repeater in self._repeaters.items()
            for data in repeater.outgoing()
        ]

    def close(self, at: Moment) -> None:
        del at  # goodbye takes no time
        for repeater in self._repeaters.values():
            repeater.close()

    def _home(self, radio: int) -> AirPeer:
        del radio  # neighbours have none of their own
        return self._repeater

    def _hearers(self, radio: DemoRadio, slot: int, now: float) -> Sequence[AirPeer]:
        near = [
            neighbour
            for neighbour in self._neighbours.values()
            if self._overlap.random() < OVERLAP and neighbour.busy_until(slot) <= now
        ]
        return [*super()._hearers(radio, slot, now), *near]


def _endpoint(neighbour: int) -> str:
    return f"neighbour {neighbour}"


def repeater_configuration(repeater_id: int, site: str, point: GeoPoint) -> Configuration:
    """What the repeater tells of itself at the login."""
    return Configuration(
        repeater_id=repeater_id,
        callsign="SARDZE",
        rx_frequency_hz=430_512_500,
        tx_frequency_hz=439_912_500,
        power_w=25,
        colour_code=1,
        point=point,
        height_m=40,
        location=site.encode("ascii", "ignore").decode()[:20],
        description="Simulator",
        software="20260101",
        package="MMDVM_Simulator",
    )


def _read(table: Table) -> HomebrewSettings:
    return HomebrewSettings(
        gateway_host=table.address("gateway_host"),
        gateway_port=table.port("gateway_port"),
        repeater_id=table.number("repeater_id", 1, 0xFFFF_FFFF),
        passphrase=table.take("passphrase", str),
        bind_host=table.address("bind_host", LOOPBACK),
        neighbours=_neighbours(table),
    )


def _neighbours(table: Table) -> dict[int, str]:
    found: dict[int, str] = {}
    for one in table.several("neighbours", "{ id = .., passphrase = .. }", optional=True):
        found[one.number("id", 1, 0xFFFF_FFFF)] = one.take("passphrase", str)
        one.finish()
    return found


def _wires(settings: HomebrewSettings, _: Sequence[DemoRadio]) -> tuple[Wire, ...]:
    gateway = settings.gateway_host, settings.gateway_port
    endpoints = (MAIN, *map(_endpoint, settings.neighbours))
    return tuple(UdpWire(settings.bind_host, *gateway, endpoint) for endpoint in endpoints)


KIND: Final = StationKind(_read, HomebrewStation, _wires)
