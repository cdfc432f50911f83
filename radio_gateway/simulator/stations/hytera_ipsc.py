"""A Hytera repeater in IP multi-site connect: the gateway is its master and listens."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Peer
from radio_gateway.simulator.fleet import DemoRadio
from radio_gateway.simulator.peers.hytera_ipsc import DMR, P2P, HyteraIpscRepeater
from radio_gateway.simulator.stations.base import Datagram, Fix
from radio_gateway.simulator.stations.dmr import DmrStation
from radio_gateway.simulator.stations.kind import (
    LOOPBACK,
    StationKind,
    Surroundings,
    UdpWire,
    Wire,
)
from radio_gateway.simulator.stations.words import HyteraWords
from radio_gateway.simulator.tables import Table


@dataclass(frozen=True, slots=True)
class HyteraIpscSettings:
    """A repeater that registers with the gateway."""

    gateway_host: str
    gateway_port: int
    "For registration; the master says where bursts go."
    dispatcher_id: int
    "Radio number that data for the dispatcher is addressed to."
    bind_host: str = LOOPBACK
    "The gateway knows the repeater by it."


class HyteraIpscStation(DmrStation):
    """Patrols on such a repeater."""

    def __init__(self, settings: HyteraIpscSettings, around: Surroundings) -> None:
        chance = random.Random(f"{around.seed} {around.name}")
        self._repeater = HyteraIpscRepeater(chance)
        self._gateway = settings.gateway_host
        super().__init__([self._repeater], settings.dispatcher_id, chance, HyteraWords())

    @property
    def up(self) -> bool:
        """Whether the gateway has taken the registration and said where bursts go."""
        return self._repeater.up

    def open(self, at: Moment) -> None:
        self._repeater.open(at.mono)

    def say_status(self, radio: DemoRadio, status: int, fix: Fix, at: Moment) -> None:
        """These radios write texts instead."""

    def feed(self, peer: Peer, data: bytes, at: Moment) -> None:
        del at  # it answers when it is next asked what is due
        self._repeater.feed(peer.endpoint, data)

    def outgoing(self) -> list[Datagram]:
        return [(self._peer_of(service), data) for service, data in self._repeater.outgoing()]

    def close(self, at: Moment) -> None:
        """These repeaters have no word for goodbye."""

    def _peer_of(self, service: str) -> Peer:
        told = self._repeater.dmr_port if service == DMR else None
        return Peer(service) if told is None else Peer(service, self._gateway, told)


def _read(table: Table) -> HyteraIpscSettings:
    return HyteraIpscSettings(
        gateway_host=table.address("gateway_host"),
        gateway_port=table.port("gateway_port"),
        dispatcher_id=table.radio("dispatcher_id"),
        bind_host=table.address("bind_host", LOOPBACK),
    )


def _wires(settings: HyteraIpscSettings, _: Sequence[DemoRadio]) -> tuple[Wire, ...]:
    host, gateway = settings.bind_host, settings.gateway_host
    return (
        UdpWire(host, gateway, settings.gateway_port, P2P),
        UdpWire(host, gateway, None, DMR),
    )


KIND: Final = StationKind(_read, HyteraIpscStation, _wires)
