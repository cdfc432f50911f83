"""A gateway with links of the tests' own protocol, its bus, and radios that talk to it."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from radio_gateway.bus.memory import MemoryBus
from radio_gateway.config import GatewaySection, GatewaySettings, LinkEntry
from radio_gateway.domain.wire import EventEnvelope, Receipt
from radio_gateway.links import clock as system
from radio_gateway.links.clock import Clock
from radio_gateway.supervisor import Gateway
from tests.radio_gateway.talk import TALK, TalkSettings


class Dispatch:
    """The other side of the bus: keeps every event and sends receipts if told to."""

    def __init__(self, bus: MemoryBus, *, receipts: bool) -> None:
        self.bus = bus
        self.receipts = receipts
        self.got: list[EventEnvelope] = []

    async def run(self) -> None:
        async for batch in self.bus.events():
            self.got += batch
            ids = tuple(item.id for item in batch if item.seq is not None)
            if self.receipts and ids:
                await self.bus.acknowledge(Receipt(batch[0].gateway, ids))

    def events(self, kind: type) -> list[EventEnvelope]:
        return [envelope for envelope in self.got if isinstance(envelope.event, kind)]


class Running:
    """A gateway at work."""

    def __init__(self, gateway: Gateway, dispatch: Dispatch, stop: asyncio.Event) -> None:
        self.gateway = gateway
        self.dispatch = dispatch
        self.stop = stop

    def address(self, link: int = 0) -> tuple[str, int]:
        return "127.0.0.1", self.gateway.links[link].bound_port("main")


def settings_for(
    directory: Path, links: Sequence[LinkEntry], limit_mb: int = 50
) -> GatewaySettings:
    section = GatewaySection(id="coast", data_dir=Path("data"), spool_limit_mb=limit_mb)
    return GatewaySettings(directory / "gateway.toml", section, tuple(links))


def talk_link(name: str = "east", network: str = "liepaja", port: int = 0) -> LinkEntry:
    settings = TalkSettings(kind="talk", name=name, network=network, port=port)
    return LinkEntry(TALK, settings)


RunGateway = Callable[..., AbstractAsyncContextManager[Running]]


@asynccontextmanager
async def gateway_at_work(
    directory: Path,
    *links: LinkEntry,
    receipts: bool = True,
    retry_s: float = 5.0,
    sole: bool = True,
    clock: Clock = system.now,
    hasty: bool = True,
) -> AsyncIterator[Running]:
    """A gateway over real sockets, ports and a real spool, until the block ends.

    `hasty`: links try again without the pauses that they leave in earnest.
    """
    bus = MemoryBus()
    dispatch = Dispatch(bus, receipts=receipts)
    settings = settings_for(directory, links)
    gateway = Gateway(settings, bus, retry_s=retry_s, sole=sole, clock=clock)
    for link in gateway.links if hasty else ():
        link.backoff = type(link.backoff)(first=0.01, longest=0.05)
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        reader = tasks.create_task(dispatch.run())
        work = tasks.create_task(gateway.run(stop))
        starting = tasks.create_task(gateway.ready.wait())
        await asyncio.wait({starting, work}, return_when=asyncio.FIRST_COMPLETED)
        yield Running(gateway, dispatch, stop)
        stop.set()
        await work
        await bus.close()
        await reader


@pytest.fixture
def run_gateway(tmp_path: Path) -> RunGateway:
    """Runs a gateway with these links, or with one of the tests' own."""

    def run(*links: LinkEntry, **how: Any) -> AbstractAsyncContextManager[Running]:
        return gateway_at_work(tmp_path, *(links or [talk_link()]), **how)

    return run


@pytest.fixture
def radio() -> Iterator[socket.socket]:
    """A base station's socket."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        opened.bind(("127.0.0.1", 0))
        opened.setblocking(False)
        yield opened


async def answer_to(radio: socket.socket) -> bytes:
    """What the gateway sent to this socket."""
    async with asyncio.timeout(10):
        return await asyncio.get_running_loop().sock_recv(radio, 4096)
