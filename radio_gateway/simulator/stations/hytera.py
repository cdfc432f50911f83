"""A Hytera repeater: registrations, places, texts, alarms and calls as data."""

import random
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Peer
from radio_gateway.protocols.errors import ProtocolError
from radio_gateway.protocols.nmea.fields import KNOT_KMH
from radio_gateway.simulator.fleet import DemoRadio
from radio_gateway.simulator.peers._hytera_air import HyteraAir
from radio_gateway.simulator.peers.hytera import (
    REPEATER_PORTS,
    HyteraRepeater,
    HyteraSetup,
)
from radio_gateway.simulator.stations.base import AIR_LOSS, Datagram, Fix
from radio_gateway.simulator.stations.kind import (
    LOOPBACK,
    StationKind,
    Surroundings,
    UdpWire,
    Wire,
)
from radio_gateway.simulator.tables import Table

SLOT: Final = 1
"All radios work on one timeslot; the other is free for other fleets."
HANG_S: Final = 0.3
FIRST_DEVICE: Final = 9_990_001
"Radio ids of the bases themselves, in the order of the configuration."


@dataclass(frozen=True, slots=True)
class HyteraSettings:
    """A Hytera repeater that reaches the gateway on one port per service and timeslot."""

    gateway_host: str
    ports: Mapping[str, int]
    "Endpoint name -> UDP port of the gateway."
    dispatcher_id: int
    "Radio number that texts to the dispatcher are addressed to."
    bind_host: str = LOOPBACK


class HyteraStation(ABC):
    """Patrols on a Hytera base of any form."""

    reports_positions = True
    writes_texts = True
    sends_statuses = False

    def __init__(self, base: HyteraAir) -> None:
        self._base = base
        self._free_at = float("-inf")
        self._in_need: set[int] = set()

    @abstractmethod
    def feed(self, peer: Peer, data: bytes, at: Moment) -> None: ...

    @abstractmethod
    def outgoing(self) -> list[Datagram]: ...

    def open(self, at: Moment) -> None:
        del at  # the base connects, or waits for that, when it is first asked what is due

    def switch_on(self, radio: DemoRadio, at: Moment) -> None:
        self._base.register(radio.id.number, at.mono, slot=SLOT)

    def switch_off(self, radio: DemoRadio, at: Moment) -> None:
        self._in_need.discard(radio.id.number)
        self._base.deregister(radio.id.number, at.mono)

    def report(self, radio: DemoRadio, fix: Fix, at: Moment) -> None:
        self._place(radio, fix, at)
        self._base.report_position(radio.id.number, at.mono)

    def talk(self, radio: DemoRadio, talkgroup: int, seconds: float, fix: Fix, at: Moment) -> bool:
        if at.mono < self._free_at:
            return False
        self._place(radio, fix, at)
        self._base.call(radio.id.number, talkgroup, seconds, at.mono)
        self._free_at = at.mono + seconds + HANG_S
        return True

    def write(self, radio: DemoRadio, text: str, at: Moment) -> None:
        self._base.text(radio.id.number, text, at.mono)

    def say_status(self, radio: DemoRadio, status: int, fix: Fix, at: Moment) -> None:
        del radio, status, fix, at  # these radios write texts instead

    def alarm(self, radio: DemoRadio, talkgroup: int, fix: Fix, at: Moment) -> None:
        del talkgroup  # the report names none
        self._place(radio, fix, at)
        self._in_need.add(radio.id.number)
        self._base.emergency(radio.id.number, at.mono)

    def calm(self, radio: DemoRadio, at: Moment) -> None:
        """Switching off and on again ends the reports of an emergency."""
        if radio.id.number in self._in_need:
            self._in_need.discard(radio.id.number)
            self._base.vanish(radio.id.number)
            self._base.register(radio.id.number, at.mono, slot=SLOT)

    def expire(self, at: Moment) -> None:
        self._base.expire(at.mono)

    def deadline(self) -> float | None:
        return self._base.deadline()

    def close(self, at: Moment) -> None:
        del at  # there is no word for goodbye; the gateway hears silence

    def _place(self, radio: DemoRadio, fix: Fix, at: Moment) -> None:
        self._base.place(
            radio.id.number,
            fix.point,
            at.mono,
            fixed_at=fix.at,
            speed_knots=fix.speed_kmh / KNOT_KMH,
            course_deg=fix.bearing_deg,
        )


class HyteraRepeaterStation(HyteraStation):
    """A repeater."""

    def __init__(self, settings: HyteraSettings, around: Surroundings) -> None:
        setup = setup_of(settings.dispatcher_id, around)
        self._repeater = HyteraRepeater(
            setup, random_of(setup, around), lambda radio, text, _: around.text_shown(radio, text)
        )
        super().__init__(self._repeater)

    def feed(self, peer: Peer, data: bytes, at: Moment) -> None:
        try:
            self._repeater.feed(peer.endpoint, data, at.mono)
        except ProtocolError:
            return  # a repeater that gets nonsense goes on

    def outgoing(self) -> list[Datagram]:
        return [(Peer(endpoint), data) for endpoint, data in self._repeater.outgoing()]


def setup_of(dispatcher_id: int, around: Surroundings) -> HyteraSetup:
    """How a base of these surroundings behaves."""
    return HyteraSetup(dispatcher_id, FIRST_DEVICE + around.index, air_loss=AIR_LOSS)


def random_of(setup: HyteraSetup, around: Surroundings) -> random.Random:
    """All chance of one base."""
    return random.Random(f"{around.seed} {setup.device_id}")


def _read(table: Table) -> HyteraSettings:
    return HyteraSettings(
        gateway_host=table.address("gateway_host"),
        ports=table.ports("ports", tuple(REPEATER_PORTS), every=False),
        dispatcher_id=table.radio("dispatcher_id"),
        bind_host=table.address("bind_host", LOOPBACK),
    )


def _wires(settings: HyteraSettings, _: Sequence[DemoRadio]) -> tuple[Wire, ...]:
    return tuple(
        UdpWire(settings.bind_host, settings.gateway_host, port, endpoint)
        for endpoint, port in settings.ports.items()
    )


KIND: Final = StationKind(_read, HyteraRepeaterStation, _wires)
