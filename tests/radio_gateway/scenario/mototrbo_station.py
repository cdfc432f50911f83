"""MOTOTRBO radios behind a control station: their own addresses, a datagram each way."""

from pathlib import Path
from random import Random
from typing import ClassVar

from radio_gateway.config import LinkEntry
from radio_gateway.domain.geo import GeoPoint
from radio_gateway.simulator.peers.mototrbo import MototrboFleet, MototrboSetup
from tests.radio_gateway.scenario.driving import DrivenStation
from tests.radio_gateway.scenario.lines import Address, DatagramLine
from tests.radio_gateway.scenario.script import NUMBER

SILENCE_S = 60.0
"Two reports that stay away: the control station must be gone."
PRESS_AGAIN_S = 3.0
PRESSES = 4
"""An alarm by LRRP is one report that nobody acknowledges: who hears nothing presses again."""


class MototrboStation(DrivenStation):
    """The radio has the address 127.0.0.x, its number in the low octets, as others have 12.0.0.x;
    each station has ports of its own."""

    kind = "mototrbo"
    SERVICES: ClassVar = ("ars", "lrrp", "tms", "telemetry", "battery")

    def __init__(self, folder: Path, seed: int) -> None:
        super().__init__(folder, seed)
        setup = MototrboSetup(delay_s=(0.3, 0.9))
        self.peer = MototrboFleet(setup, Random(seed), lambda _, words, __: self.hear(words))
        self._sockets: dict[str, DatagramLine] = {}

    def hear(self, words: str) -> None:
        self._shown.append(words)

    async def open(self) -> LinkEntry:
        ports = {}
        for name in self.SERVICES:
            self._sockets[name], (_, ports[name]) = await self.line(name, f"127.0.0.{NUMBER}")
        return self.link(
            cai_network=127,
            ports=dict.fromkeys(self.SERVICES, 0),
            radio_ports=ports,
            position_interval_s=30,
            silence_s=SILENCE_S,
        )

    def expire(self, now: float) -> None:
        self.peer.expire(now)

    def deadline(self) -> float | None:
        return self.peer.deadline()

    def take(self, name: str, data: bytes, _: Address) -> None:
        self.peer.feed(name, NUMBER, data, self.now)

    def flush(self) -> None:
        for name, _, data in self.peer.outgoing():
            self._sockets[name].send(data, self.port(name))

    def switch_on(self) -> None:
        self.peer.register(NUMBER, self.now)
        self.wake()

    def switch_off(self) -> None:
        self.peer.deregister(NUMBER, self.now)
        self.wake()

    def beat(self) -> None:
        """One of the fleet switches on."""
        self.switch_on()

    def report(self, point: GeoPoint) -> None:
        """Reports follow what the gateway asked for; here the radio only moves."""
        self.peer.place(NUMBER, point, self.at.utc, self.now)

    def write(self, words: str) -> None:
        self.peer.text(NUMBER, words, self.now)
        self.wake()

    def press(self) -> None:
        for again in range(PRESSES):
            self.later(again * PRESS_AGAIN_S, lambda: self._press())

    def _press(self) -> None:
        self.peer.emergency(NUMBER, self.now)
        self.wake()
