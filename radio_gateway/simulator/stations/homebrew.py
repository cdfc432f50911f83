"""An MMDVM repeater: voice with the place in it, alarms; radios answer texts and send none."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from radio_gateway.domain.geo import GeoPoint
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Peer
from radio_gateway.protocols.errors import ProtocolError
from radio_gateway.protocols.homebrew.configuration import Configuration
from radio_gateway.simulator.fleet import DemoRadio
from radio_gateway.simulator.peers.homebrew import HomebrewRepeater
from radio_gateway.simulator.stations.base import GATEWAY, Datagram, Fix
from radio_gateway.simulator.stations.dmr import DmrStation
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


@dataclass(frozen=True, slots=True)
class HomebrewSettings:
    """An MMDVM repeater that logs in to the gateway."""

    gateway_host: str
    gateway_port: int
    repeater_id: int
    passphrase: str
    bind_host: str = LOOPBACK


class HomebrewStation(DmrStation):
    """Patrols on an MMDVM repeater."""

    reports_positions = False
    writes_texts = False

    def __init__(self, configuration: Configuration, passphrase: bytes, seed: str) -> None:
        chance = random.Random(f"{seed} {configuration.repeater_id}")
        self._repeater = HomebrewRepeater(configuration, passphrase, chance)
        super().__init__([self._repeater], _NO_DISPATCHER, chance)

    @property
    def up(self) -> bool:
        """Whether the gateway has accepted the login."""
        return self._repeater.up

    def open(self, at: Moment) -> None:
        self._repeater.open(at.mono)

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
        """These radios are not programmed for data."""

    def say_status(self, radio: DemoRadio, status: int, fix: Fix, at: Moment) -> None:
        """These radios are not programmed for data."""

    def feed(self, peer: Peer, data: bytes, at: Moment) -> None:
        del peer  # there is one
        try:
            self._repeater.feed(data, at.mono)
        except ProtocolError:
            return  # a repeater that gets nonsense goes on

    def outgoing(self) -> list[Datagram]:
        return [(GATEWAY, data) for data in self._repeater.outgoing()]

    def close(self, at: Moment) -> None:
        del at  # goodbye takes no time
        self._repeater.close()


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
    )


def _build(settings: HomebrewSettings, around: Surroundings) -> HomebrewStation:
    configuration = repeater_configuration(settings.repeater_id, around.name, _MAST)
    return HomebrewStation(configuration, settings.passphrase.encode(), around.seed)


def _wires(settings: HomebrewSettings, _: Sequence[DemoRadio]) -> tuple[Wire, ...]:
    return (UdpWire(settings.bind_host, settings.gateway_host, settings.gateway_port),)


KIND: Final = StationKind(_read, _build, _wires)
