"""Somebody else's Homebrew server that the gateway logs in to: its radios do voice and data."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Peer
from radio_gateway.protocols.errors import ProtocolError
from radio_gateway.protocols.homebrew.master import Address
from radio_gateway.simulator.fleet import DemoRadio
from radio_gateway.simulator.peers.homebrew_servers import HomebrewNetwork
from radio_gateway.simulator.stations.base import MAIN, Datagram, Fix
from radio_gateway.simulator.stations.kind import (
    LOOPBACK,
    StationKind,
    Surroundings,
    UdpWire,
    Wire,
)
from radio_gateway.simulator.stations.listening import ListeningStation
from radio_gateway.simulator.tables import Table


@dataclass(frozen=True, slots=True)
class HomebrewPeerSettings:
    """A server that the gateway logs in to."""

    port: int
    "Where it waits for the gateway."
    peer_id: int
    "The gateway's repeater id."
    passphrase: str
    dispatcher_id: int
    "Radio number that data for the dispatcher is addressed to."
    gateway_host: str = LOOPBACK
    bind_host: str = LOOPBACK


class HomebrewPeerStation(ListeningStation):
    """Patrols on the repeaters of such a server."""

    sends_statuses = True

    def __init__(self, settings: HomebrewPeerSettings, around: Surroundings) -> None:
        chance = random.Random(f"{around.seed} {around.name}")
        self._server = HomebrewNetwork({settings.peer_id: settings.passphrase.encode()}, chance)
        super().__init__(
            [self._server], self._server.radios, settings.dispatcher_id, chance, around.text_shown
        )

    def open(self, at: Moment) -> None:
        """The server waits to be found."""

    def say_status(self, radio: DemoRadio, status: int, fix: Fix, at: Moment) -> None:
        del fix  # a status has no place in it
        self._server.status(radio.id.number, self._dispatcher, status, now=at.mono, slot=2)

    def feed(self, peer: Peer, data: bytes, at: Moment) -> None:
        try:
            self._server.feed(data, Address(peer.host, peer.port), at.mono)
        except ProtocolError:
            return  # a server that gets nonsense goes on

    def expire(self, at: Moment) -> None:
        super().expire(at)
        self._heed()

    def outgoing(self) -> list[Datagram]:
        return [
            (Peer(MAIN, address.host, address.port), data)
            for data, address in self._server.outgoing()
        ]

    def close(self, at: Moment) -> None:
        """It says nothing."""


def _read(table: Table) -> HomebrewPeerSettings:
    return HomebrewPeerSettings(
        port=table.port("port"),
        peer_id=table.number("peer_id", 1, 0xFFFF_FFFF),
        passphrase=table.take("passphrase", str),
        dispatcher_id=table.radio("dispatcher_id"),
        gateway_host=table.address("gateway_host", LOOPBACK),
        bind_host=table.address("bind_host", LOOPBACK),
    )


def _wires(settings: HomebrewPeerSettings, _: Sequence[DemoRadio]) -> tuple[Wire, ...]:
    return (UdpWire(settings.bind_host, settings.gateway_host, None, port=settings.port),)


KIND: Final = StationKind(_read, HomebrewPeerStation, _wires)
