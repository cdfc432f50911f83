"""Lets simulated peers, which know neither sockets nor clocks, live on real lines."""

import asyncio
import contextlib
import os
from abc import abstractmethod
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from radio_gateway.adapters import load_kind
from radio_gateway.config import LinkEntry
from radio_gateway.domain.events import LinkChanged, LinkState
from radio_gateway.domain.moment import Moment
from radio_gateway.protocols.errors import ProtocolError
from tests.radio_gateway.conftest import Running
from tests.radio_gateway.scenario.lines import (
    BAD_NETWORK,
    SOUND,
    Address,
    DatagramLine,
    SerialLine,
    Wear,
)
from tests.radio_gateway.scenario.paced import paced
from tests.radio_gateway.scenario.script import Station

NETWORK = "coast"
HOST = "127.0.0.1"


class DrivenStation(Station):
    """A station whose peer is asked what is due, and woken by what comes."""

    def __init__(self, folder: Path, seed: int) -> None:
        super().__init__(folder, seed)
        self.lines: list[DatagramLine] = []
        self.cables: list[SerialLine] = []
        self.running: Running | None = None
        self.gateway_host = HOST
        self.rules = BAD_NETWORK
        self.wears_out = True
        "False: cables bring every octet as it was."
        self._away = Random(f"{self.kind} {seed}")
        self._wake = asyncio.Event()
        self._driving: asyncio.Task[None] | None = None

    @abstractmethod
    def expire(self, now: float) -> None: ...

    @abstractmethod
    def deadline(self) -> float | None: ...

    @abstractmethod
    def flush(self) -> None:
        """Bring what the peer has to say to the gateway."""

    def begin(self, now: float) -> None:
        """The gateway's ports are open."""

    @property
    def now(self) -> float:
        return paced().time()

    @property
    def at(self) -> Moment:
        return paced().clock()

    @property
    def shown_up(self) -> bool:
        """Whether dispatchers see the base as connected: its site, where the link has sites."""
        assert self.running is not None
        told = (each.event for each in self.running.dispatch.events(LinkChanged))
        changes = [event for event in told if isinstance(event, LinkChanged)]
        sites = {change.site for change in changes}
        of_bases = [change for change in changes if change.site or len(sites) == 1]
        return bool(of_bases) and of_bases[-1].state is LinkState.UP

    def start(self, running: Running) -> None:
        self.running = running
        self.begin(self.now)
        self._driving = asyncio.get_running_loop().create_task(self._drive())

    def close(self) -> None:
        if self._driving is not None:
            self._driving.cancel()
        for line in self.lines:
            line.close()
        for cable in self.cables:
            if cable.plugged:
                cable.unplug()

    def dice_s(self) -> float:
        """How long the base stays away once everybody knows."""
        return self._away.uniform(0.0, 15.0)

    def pull(self) -> None:
        """The base is gone from the network, or its cable from the socket."""
        for line in self.lines:
            line.cut = True
        for cable in self.cables:
            cable.unplug()

    def put_back(self) -> None:
        for line in self.lines:
            line.cut = False
        for cable in self.cables:
            cable.plug()

    def wake(self) -> None:
        """Something was done to the peer."""
        self.flush()
        self._wake.set()

    def later(self, seconds: float, act: Callable[[], None]) -> None:
        """Let the radio do something by itself; never once the shift is over."""

        def due() -> None:
            if self._driving is not None and not self._driving.done():
                act()

        asyncio.get_running_loop().call_later(seconds, due)

    async def line(
        self, name: str, host: str = HOST, port: int = 0
    ) -> tuple[DatagramLine, Address]:
        """A socket of the station; what comes to it is given to `take`."""

        def taken(data: bytes, sender: Address) -> None:
            if self._driving is not None:
                with contextlib.suppress(ProtocolError):  # a station that gets nonsense goes on
                    self.take(name, data, sender)
                self.wake()

        line = DatagramLine(taken, self.rules, f"{self.kind} {self.seed} {name}")
        self.lines.append(line)
        return line, await line.open(host, port)

    def cable(self, baud: int, wear: Wear) -> SerialLine:
        """The station's serial port, at a path of its own."""

        def taken(data: bytes) -> None:
            self.take("serial", data, ("", 0))
            self.wake()

        path = self.folder / "tty"
        found = wear if self.wears_out else SOUND
        cable = SerialLine(path, taken, baud, found, f"{self.kind} {self.seed}")
        self.cables.append(cable)
        return cable

    def take(self, name: str, data: bytes, sender: Address) -> None:
        """What the gateway sent."""

    @property
    def own_host(self) -> str:
        """An address that no other station has, for ports that cannot be any free one."""
        run = 64 + os.getpid() % 128  # other runs of the tests use this machine's loopback too
        return f"127.{run}.{self.seed >> 8 & 0xFF}.{self.seed & 0xFF}"

    def port(self, endpoint: str = "main") -> Address:
        """Where the gateway listens."""
        assert self.running is not None
        return self.gateway_host, self.running.gateway.links[0].bound_port(endpoint)

    def link(self, **settings: Any) -> LinkEntry:
        """The link for this station, as a configuration names it."""
        kind = load_kind(self.kind)
        given = {"kind": self.kind, "name": "base", "network": NETWORK, **settings}
        return LinkEntry(kind, kind.settings.model_validate(given, strict=False))

    async def _drive(self) -> None:
        while True:
            self.expire(self.now)
            self.flush()
            self._wake.clear()
            due = self.deadline()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(due):
                    await self._wake.wait()
