"""Bad networks in this process: UDP and TCP proxies that lose, double, delay, stall and cut.

Decisions come from a seed alone, one per datagram and direction in order of arrival, so that a
failure can be repeated. Nothing here needs root.
"""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import Enum
from typing import Any

CHUNK = 65_536


@dataclass(frozen=True, slots=True)
class Impairment:
    """What happens to datagrams; shares are 0..1, times are seconds."""

    loss: float = 0.0
    duplicate: float = 0.0
    reorder: float = 0.0
    "Share that comes up to `window_s` later than it should, behind its followers."
    delay_s: float = 0.0
    window_s: float = 0.02


class Fates:
    """Decides what becomes of each datagram of one direction."""

    def __init__(self, impairment: Impairment, seed: int) -> None:
        self._impairment = impairment
        self._dice = random.Random(seed)

    def next(self) -> list[float]:
        """Delays of the copies of the next datagram, in seconds; none: it is lost."""
        rolls = [self._dice.random() for _ in range(5)]  # as many for each, whatever comes of it
        rules = self._impairment
        if rolls[0] < rules.loss:
            return []
        late = rolls[3] * rules.window_s if rolls[2] < rules.reorder else 0.0
        delays = [rules.delay_s + late]
        if rolls[1] < rules.duplicate:
            delays.append(rules.delay_s + rolls[4] * rules.window_s)
        return delays


@dataclass(slots=True)
class Tally:
    """What a proxy did, both directions together."""

    passed: int = 0
    lost: int = 0
    doubled: int = 0


class _Side(asyncio.DatagramProtocol):
    """One socket of the proxy; hands every datagram to its owner."""

    def __init__(self, owner: "UdpProxy", client: tuple[str, int] | None) -> None:
        self._owner = owner
        self._client = client

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        if self._client is None:
            self._owner.from_client(data, addr)
        else:
            self._owner.to_client(data, self._client)

    def error_received(self, exc: Exception) -> None:
        """A target that is not there answers with ICMP: to the client that is silence."""


class UdpProxy:
    """Stands before one UDP port; every client keeps an own socket to the target."""

    def __init__(self, target: tuple[str, int], rules: Impairment, seed: int, source: str) -> None:
        self.tally = Tally()
        self.cut = False
        "True: nothing passes in either direction."
        self._target = target
        self._source = source
        self._up, self._down = Fates(rules, seed), Fates(rules, seed + 1)
        self._loop = asyncio.get_running_loop()
        self._front: asyncio.DatagramTransport | None = None
        self._lanes: dict[tuple[str, int], asyncio.DatagramTransport] = {}
        self._opening: dict[tuple[str, int], asyncio.Task[None]] = {}

    @property
    def port(self) -> int:
        """Where clients send to, on 127.0.0.1."""
        assert self._front is not None
        return int(self._front.get_extra_info("sockname")[1])

    async def open(self) -> None:
        self._front = await self._socket(None, ("127.0.0.1", 0))

    async def close(self) -> None:
        for task in self._opening.values():
            task.cancel()
        await asyncio.gather(*self._opening.values(), return_exceptions=True)
        for transport in (self._front, *self._lanes.values()):
            if transport is not None:
                transport.close()

    def from_client(self, data: bytes, client: tuple[str, int]) -> None:
        if client in self._lanes:
            lane = self._lanes[client]
            self._pass(self._up, lambda: lane.sendto(data))
        elif client not in self._opening:
            self._opening[client] = self._loop.create_task(self._lane(client, data))

    def to_client(self, data: bytes, client: tuple[str, int]) -> None:
        front = self._front
        if front is not None:
            self._pass(self._down, lambda: front.sendto(data, client))

    async def _lane(self, client: tuple[str, int], first: bytes) -> None:
        self._lanes[client] = await self._socket(client, (self._source, 0), self._target)
        self.from_client(first, client)

    async def _socket(
        self,
        client: tuple[str, int] | None,
        local: tuple[str, int],
        remote: tuple[str, int] | None = None,
    ) -> asyncio.DatagramTransport:
        made, _ = await self._loop.create_datagram_endpoint(
            lambda: _Side(self, client), local_addr=local, remote_addr=remote
        )
        return made

    def _pass(self, fates: Fates, send: Any) -> None:
        delays = fates.next()
        if self.cut or not delays:
            self.tally.lost += 1
            return
        self.tally.passed += 1
        self.tally.doubled += len(delays) - 1
        for delay in delays:
            if delay:
                self._loop.call_later(delay, self._late, send)
            else:
                send()

    def _late(self, send: Any) -> None:
        if not self.cut and self._front is not None and not self._front.is_closing():
            send()


@asynccontextmanager
async def udp_proxy(
    target: tuple[str, int],
    rules: Impairment = Impairment(),
    *,
    seed: int = 0,
    source: str = "127.0.0.1",
) -> AsyncIterator[UdpProxy]:
    """A bad line to `target`, which sees `source` as the sender, until the block ends."""
    proxy = UdpProxy(target, rules, seed, source)
    await proxy.open()
    try:
        yield proxy
    finally:
        await proxy.close()


class Mode(Enum):
    """How a TCP proxy treats connections."""

    FORWARD = "forward"
    STALL = "stall"
    "Half-open: accepts and reads nothing, sends nothing, closes nothing."
    CUT = "cut"
    "Ends what there is and everything that comes."
    UNANSWERED = "unanswered"
    "Requests pass; at the first octet of an answer the client's connection is cut."


class TcpProxy:
    """Stands before one TCP port; its mode may change at any time."""

    def __init__(self, host: str, port: int, octets_per_s: float | None) -> None:
        self.cuts = 0
        "Connections ended instead of answered."
        self._target = (host, port)
        self._pace = octets_per_s
        self._mode = Mode.FORWARD
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """Where clients connect to, on 127.0.0.1."""
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    def become(self, mode: Mode) -> None:
        """Treat connections that way from now on, those that are open too."""
        self._mode = mode
        if mode is Mode.STALL:
            self._flowing.clear()
            return
        self._flowing.set()
        if mode is Mode.CUT:
            for writer in tuple(self._writers):
                writer.transport.abort()

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)

    async def close(self) -> None:
        assert self._server is not None
        self._server.close()
        self.become(Mode.CUT)
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._writers.add(writer)
        try:
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await self._serve(reader, writer)
        finally:
            writer.transport.abort()
            self._writers.discard(writer)
            self._tasks.discard(task)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._flowing.wait()
        if self._mode is Mode.CUT:
            return
        inner, outer = await asyncio.open_connection(*self._target)
        self._writers.add(outer)
        pumps = (
            asyncio.create_task(self._pump(reader, outer, answers=False)),
            asyncio.create_task(self._pump(inner, writer, answers=True)),
        )
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            outer.transport.abort()
            self._writers.discard(outer)

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, answers: bool
    ) -> None:
        """Copy one direction until either side ends."""
        with contextlib.suppress(OSError):
            while data := await self._read(reader):
                await self._flowing.wait()
                if answers and self._mode is Mode.UNANSWERED:
                    self.cuts += 1
                    return
                writer.write(data)
                await writer.drain()
                if self._pace:
                    await asyncio.sleep(len(data) / self._pace)

    async def _read(self, reader: asyncio.StreamReader) -> bytes:
        await self._flowing.wait()
        return await reader.read(CHUNK if self._pace is None else max(1, int(self._pace / 50)))


@asynccontextmanager
async def tcp_proxy(
    port: int, *, host: str = "127.0.0.1", octets_per_s: float | None = None
) -> AsyncIterator[TcpProxy]:
    """A line to `host:port` that can be made bad, until the block ends."""
    proxy = TcpProxy(host, port, octets_per_s)
    await proxy.open()
    try:
        yield proxy
    finally:
        await proxy.close()
