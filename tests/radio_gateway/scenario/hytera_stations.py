"""Hytera: a repeater, a radio that serves as base over IP, and one on a serial port."""

from pathlib import Path
from random import Random
from typing import ClassVar

from radio_gateway.config import LinkEntry
from radio_gateway.domain.geo import GeoPoint
from radio_gateway.simulator.peers.hytera import HyteraRepeater, HyteraSetup
from radio_gateway.simulator.peers.hytera_control import HyteraControlRadio, HyteraSerialRadio
from tests.radio_gateway.scenario.driving import HOST, DrivenStation
from tests.radio_gateway.scenario.lines import WORN, Address, DatagramLine
from tests.radio_gateway.scenario.script import DISPATCHER, NUMBER, TALKGROUP

SETUP = HyteraSetup(dispatcher_id=DISPATCHER, air_delay_s=(0.3, 0.8))
BAUD = 9600


class _HyteraStation(DrivenStation):
    """What all three have in common: the radios behind them."""

    peer: HyteraRepeater | HyteraControlRadio | HyteraSerialRadio

    def expire(self, now: float) -> None:
        self.peer.expire(now)

    def deadline(self) -> float | None:
        return self.peer.deadline()

    def switch_on(self) -> None:
        self.peer.register(NUMBER, self.now)
        self.wake()

    def switch_off(self) -> None:
        self.peer.deregister(NUMBER, self.now)
        self.wake()

    def report(self, point: GeoPoint) -> None:
        self.peer.place(NUMBER, point, self.now, fixed_at=self.at.utc)
        self.peer.report_position(NUMBER, self.now)
        self.wake()

    def write(self, words: str) -> None:
        self.peer.text(NUMBER, words, self.now)
        self.wake()

    def talk(self, seconds: float) -> None:
        self.peer.call(NUMBER, TALKGROUP, seconds, self.now)
        self.wake()

    def press(self) -> None:
        self.peer.emergency(NUMBER, self.now)
        self.wake()

    def heard(self, _: int, words: str, __: float) -> None:
        self.shown.append(words)


class HyteraRepeaterStation(_HyteraStation):
    """HSTRP on eight ports."""

    kind = "hytera"

    def __init__(self, folder: Path, seed: int) -> None:
        super().__init__(folder, seed)
        self.peer: HyteraRepeater = HyteraRepeater(SETUP, Random(seed), self.heard)
        self._sockets: dict[str, DatagramLine] = {}

    async def open(self) -> LinkEntry:
        names = [f"{service}{slot}" for service in ("rrs", "lp", "tmp", "rcp") for slot in (1, 2)]
        for name in names:
            self._sockets[name], _ = await self.line(name)
        ports = dict.fromkeys(names, 0)
        return self.link(peers=[HOST], ports=ports, dispatcher_id=DISPATCHER)

    @property
    def ready(self) -> bool:
        return self.peer.connected

    def take(self, name: str, data: bytes, _: Address) -> None:
        self.peer.feed(name, data, self.now)

    def flush(self) -> None:
        for name, data in self.peer.outgoing():
            self._sockets[name].send(data, self.port(name))


class HyteraRadioStation(_HyteraStation):
    """Plain HDAP on three ports, and the control port that the gateway connects to."""

    kind = "hytera"
    PORTS: ClassVar = {"rrs": 3002, "lp": 3003, "tmp": 3004, "rcp": 3005}
    "The gateway writes to these ports, so every radio needs an address of its own."

    def __init__(self, folder: Path, seed: int) -> None:
        super().__init__(folder, seed)
        self.peer: HyteraControlRadio = HyteraControlRadio(SETUP, Random(seed), self.heard)
        self._sockets: dict[str, DatagramLine] = {}
        self._control: Address | None = None

    async def open(self) -> LinkEntry:
        for name, port in self.PORTS.items():
            self._sockets[name], _ = await self.line(name, self.own_host, port)
        return self.link(
            style="radio",
            peers=[self.own_host],
            ports=dict.fromkeys(self._sockets, 0),
            dispatcher_id=DISPATCHER,
            control=True,
            registration_period_s=30,
        )

    @property
    def ready(self) -> bool:
        return self.peer.control.tells_calls and self.peer.control.tells_emergency

    def take(self, name: str, data: bytes, sender: Address) -> None:
        if name == "rcp":
            self._control = sender
        self.peer.feed(name, data, self.now)

    def flush(self) -> None:
        for name, data in self.peer.outgoing():
            if name != "rcp":
                self._sockets[name].send(data, self.port(name))
            elif self._control is not None:
                self._sockets[name].send(data, self._control)


class HyteraSerialStation(_HyteraStation):
    """Everything as HRNP packets on one cable."""

    kind = "hytera-serial"

    def __init__(self, folder: Path, seed: int) -> None:
        super().__init__(folder, seed)
        self.peer: HyteraSerialRadio = HyteraSerialRadio(SETUP, Random(seed), self.heard)

    async def open(self) -> LinkEntry:
        cable = self.cable(BAUD, WORN)
        return self.link(device=str(cable.path), baud=BAUD, dispatcher_id=DISPATCHER)

    @property
    def ready(self) -> bool:
        return self.peer.control.tells_calls and self.peer.control.tells_emergency

    def take(self, _: str, data: bytes, __: Address) -> None:
        self.peer.feed(data, self.now)

    def flush(self) -> None:
        for data in self.peer.outgoing():
            self.cables[0].write(data)
