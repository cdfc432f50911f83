"""A server on the other side of a bridge: the gateway hears its radios and answers nothing."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Peer
from radio_gateway.simulator.fleet import DemoRadio
from radio_gateway.simulator.peers.homebrew_servers import BridgedNetwork
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


@dataclass(frozen=True, slots=True)
class OpenBridgeSettings:
    """Another server that sends its calls."""

    gateway_host: str
    gateway_port: int
    port: int
    "That the gateway expects its datagrams from."
    network_id: int
    passphrase: str
    dispatcher_id: int
    "Radio number that data for the dispatcher is addressed to."
    bind_host: str = LOOPBACK


class OpenBridgeStation(DmrStation):
    """Patrols on the repeaters of that server."""

    sends_statuses = True

    def __init__(self, settings: OpenBridgeSettings, around: Surroundings) -> None:
        chance = random.Random(f"{around.seed} {around.name}")
        self._server = BridgedNetwork(settings.network_id, settings.passphrase.encode(), chance)
        super().__init__([self._server], settings.dispatcher_id, chance)

    def open(self, at: Moment) -> None:
        """A bridge is silent until somebody talks."""

    def say_status(self, radio: DemoRadio, status: int, fix: Fix, at: Moment) -> None:
        del fix  # a status has no place in it
        self._server.status(radio.id.number, self._dispatcher, status, now=at.mono, slot=2)

    def feed(self, peer: Peer, data: bytes, at: Moment) -> None:
        """Gateways send nothing over a bridge."""

    def outgoing(self) -> list[Datagram]:
        return [(GATEWAY, data) for data in self._server.outgoing()]

    def close(self, at: Moment) -> None:
        """There is no goodbye."""


def _read(table: Table) -> OpenBridgeSettings:
    return OpenBridgeSettings(
        gateway_host=table.address("gateway_host"),
        gateway_port=table.port("gateway_port"),
        port=table.port("port"),
        network_id=table.number("network_id", 1, 0xFFFF_FFFF),
        passphrase=table.take("passphrase", str),
        dispatcher_id=table.radio("dispatcher_id"),
        bind_host=table.address("bind_host", LOOPBACK),
    )


def _wires(settings: OpenBridgeSettings, _: Sequence[DemoRadio]) -> tuple[Wire, ...]:
    gateway = settings.gateway_host, settings.gateway_port
    return (UdpWire(settings.bind_host, *gateway, port=settings.port),)


KIND: Final = StationKind(_read, OpenBridgeStation, _wires)
