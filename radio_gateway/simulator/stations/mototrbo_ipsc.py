"""Repeaters of a MOTOTRBO IP Site Connect network: the gateway is one more peer that listens."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Peer
from radio_gateway.protocols.mototrbo.ipsc_auth import IpscKey
from radio_gateway.protocols.mototrbo.ipsc_peering import Mode, PeerEntry
from radio_gateway.protocols.mototrbo.ipsc_session import Address
from radio_gateway.simulator.fleet import DemoRadio
from radio_gateway.simulator.peers.mototrbo_ipsc import IpscRepeater
from radio_gateway.simulator.stations.base import Datagram, Fix
from radio_gateway.simulator.stations.dmr import DmrStation
from radio_gateway.simulator.stations.kind import (
    LOOPBACK,
    StationKind,
    Surroundings,
    UdpWire,
    Wire,
)
from radio_gateway.simulator.tables import SimulatorConfigError, Table


@dataclass(frozen=True, slots=True)
class MototrboIpscSettings:
    """A network of repeaters."""

    repeaters: Mapping[int, int]
    "Radio id of each repeater and its UDP port, the master first."
    dispatcher_id: int
    "Radio number that data for the dispatcher is addressed to."
    auth_key: str | None = None
    gateway_host: str = LOOPBACK
    bind_host: str = LOOPBACK


class MototrboIpscStation(DmrStation):
    """Patrols on the repeaters; each radio stays with one of them."""

    def __init__(self, settings: MototrboIpscSettings, around: Surroundings) -> None:
        chance = random.Random(f"{around.seed} {around.name}")
        key = None if settings.auth_key is None else IpscKey(settings.auth_key)
        master = next(iter(settings.repeaters))
        self._repeaters = {
            _endpoint(number): IpscRepeater(
                number, random.Random(chance.random()), key=key, master=number == master
            )
            for number in settings.repeaters
        }
        self._repeaters[_endpoint(master)].others = tuple(
            PeerEntry(number, settings.bind_host, port, Mode())
            for number, port in settings.repeaters.items()
            if number != master
        )
        super().__init__(list(self._repeaters.values()), settings.dispatcher_id, chance)

    @property
    def up(self) -> bool:
        """Whether the gateway has registered with every repeater."""
        return all(repeater.peers for repeater in self._repeaters.values())

    def open(self, at: Moment) -> None:
        """Repeaters wait for the gateway."""

    def say_status(self, radio: DemoRadio, status: int, fix: Fix, at: Moment) -> None:
        """These radios write texts instead."""

    def feed(self, peer: Peer, data: bytes, at: Moment) -> None:
        del at  # answered at once
        self._repeaters[peer.endpoint].feed(data, Address(peer.host, peer.port))

    def outgoing(self) -> list[Datagram]:
        return [
            (Peer(endpoint, address.host, address.port), data)
            for endpoint, repeater in self._repeaters.items()
            for data, address in repeater.outgoing()
        ]

    def close(self, at: Moment) -> None:
        del at  # goodbye takes no time
        for repeater in self._repeaters.values():
            repeater.leave()


def _endpoint(repeater: int) -> str:
    return f"repeater {repeater}"


def _read(table: Table) -> MototrboIpscSettings:
    repeaters: dict[int, int] = {}
    for one in table.several("repeaters", "{ id = .., port = .. }"):
        repeaters[one.number("id", 1, 0xFFFF_FFFF)] = one.port("port")
        one.finish()
    if not repeaters:
        raise SimulatorConfigError(f"{table.where}: repeaters must name the master at least")
    return MototrboIpscSettings(
        repeaters=repeaters,
        dispatcher_id=table.radio("dispatcher_id"),
        auth_key=_key(table),
        gateway_host=table.address("gateway_host", LOOPBACK),
        bind_host=table.address("bind_host", LOOPBACK),
    )


def _key(table: Table) -> str | None:
    key = table.take("auth_key", str, "")
    if not key:
        return None
    try:
        IpscKey(key)
    except ValueError as error:
        raise SimulatorConfigError(f"{table.where}: auth_key: {error}") from error
    return key


def _wires(settings: MototrboIpscSettings, _: Sequence[DemoRadio]) -> tuple[Wire, ...]:
    return tuple(
        UdpWire(settings.bind_host, settings.gateway_host, None, _endpoint(number), port)
        for number, port in settings.repeaters.items()
    )


KIND: Final = StationKind(_read, MototrboIpscStation, _wires)
