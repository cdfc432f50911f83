"""MOTOTRBO radios behind a control station: registrations, places, texts, alarms; no voice.

Each radio has an IP address that its number is in, with one socket per service. On this machine
the radios' network is 127: radio 1001 is 127.0.3.233.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Peer
from radio_gateway.protocols.errors import ProtocolError
from radio_gateway.protocols.mototrbo.addressing import Networks
from radio_gateway.simulator.fleet import DemoRadio
from radio_gateway.simulator.peers.mototrbo import MototrboFleet, MototrboSetup
from radio_gateway.simulator.stations.base import AIR_LOSS, Datagram, Fix
from radio_gateway.simulator.stations.kind import StationKind, Surroundings, UdpWire, Wire
from radio_gateway.simulator.tables import Table

SERVICES: Final = ("ars", "lrrp", "tms")
USUAL_PORTS: Final[Mapping[str, int]] = {"ars": 4005, "lrrp": 4001, "tms": 4007}
LOOPBACK_NETWORK: Final = 127
_KMH_PER_MPS: Final = 3.6


@dataclass(frozen=True, slots=True)
class MototrboSettings:
    """The radios of one control station."""

    gateway_host: str
    ports: Mapping[str, int]
    "Service -> UDP port of the gateway."
    radio_ports: Mapping[str, int] = field(default_factory=lambda: USUAL_PORTS)
    "Service -> UDP port of every radio."
    cai_network: int = LOOPBACK_NETWORK
    "First octet of the radios' addresses, which have to be this machine's."


class MototrboStation:
    """Patrols with such radios; they report their place when the gateway has asked them to."""

    reports_positions = True
    writes_texts = True
    sends_statuses = False

    def __init__(self, _: MototrboSettings, around: Surroundings) -> None:
        self._fleet = MototrboFleet(
            MototrboSetup(air_loss=AIR_LOSS),
            random.Random(f"{around.seed} {around.name}"),
            lambda radio, text, _: around.text_shown(radio, text),
        )

    def open(self, at: Moment) -> None:
        """A control station has no session with the gateway."""

    def switch_on(self, radio: DemoRadio, at: Moment) -> None:
        self._fleet.register(radio.id.number, at.mono)

    def switch_off(self, radio: DemoRadio, at: Moment) -> None:
        self._fleet.deregister(radio.id.number, at.mono)

    def report(self, radio: DemoRadio, fix: Fix, at: Moment) -> None:
        """The radio knows where it is; it tells who has asked, as often as was asked."""
        self._fleet.place(
            radio.id.number,
            fix.point,
            fix.at,
            at.mono,
            speed_mps=fix.speed_kmh / _KMH_PER_MPS,
            heading_deg=fix.bearing_deg,
        )

    def talk(self, radio: DemoRadio, talkgroup: int, seconds: float, fix: Fix, at: Moment) -> bool:
        """A control station hands on no voice: nobody hears it here."""
        del radio, talkgroup, seconds, fix, at
        return False

    def write(self, radio: DemoRadio, text: str, at: Moment) -> None:
        self._fleet.text(radio.id.number, text, at.mono)

    def say_status(self, radio: DemoRadio, status: int, fix: Fix, at: Moment) -> None:
        """These radios write texts instead."""

    def alarm(self, radio: DemoRadio, talkgroup: int, fix: Fix, at: Moment) -> None:
        del talkgroup  # the report names none
        self.report(radio, fix, at)
        self._fleet.emergency(radio.id.number, at.mono)

    def calm(self, radio: DemoRadio, at: Moment) -> None:
        """The report was sent once; nothing goes on."""

    def feed(self, peer: Peer, data: bytes, at: Moment) -> None:
        service, _, number = peer.endpoint.partition(" ")
        try:
            self._fleet.feed(service, int(number), data, at.mono)
        except ProtocolError:
            return  # a radio that gets nonsense goes on

    def expire(self, at: Moment) -> None:
        self._fleet.expire(at.mono)

    def deadline(self) -> float | None:
        return self._fleet.deadline()

    def outgoing(self) -> list[Datagram]:
        return [
            (Peer(_endpoint(service, number)), data)
            for service, number, data in self._fleet.outgoing()
        ]

    def close(self, at: Moment) -> None:
        """The gateway hears silence."""


def _endpoint(service: str, radio: int) -> str:
    return f"{service} {radio}"


def _read(table: Table) -> MototrboSettings:
    host = table.address("gateway_host")
    ports = table.ports("ports", SERVICES, every=True)
    radio_ports: Mapping[str, int] = USUAL_PORTS
    if "radio_ports" in table.values:
        radio_ports = table.ports("radio_ports", SERVICES, every=True)
    network = table.number("cai_network", 1, 223, LOOPBACK_NETWORK)
    return MototrboSettings(host, ports, radio_ports, network)


def _wires(settings: MototrboSettings, radios: Sequence[DemoRadio]) -> tuple[Wire, ...]:
    networks = Networks(settings.cai_network, settings.cai_network % 223 + 1)
    return tuple(
        UdpWire(
            networks.radio_address(radio.id.number),
            settings.gateway_host,
            settings.ports[service],
            _endpoint(service, radio.id.number),
            settings.radio_ports[service],
        )
        for radio in radios
        for service in SERVICES
    )


KIND: Final = StationKind(_read, MototrboStation, _wires)
