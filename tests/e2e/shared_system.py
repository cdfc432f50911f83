"""Two servers over one PostgreSQL database and one broker, and a gateway at a radio site."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.e2e.system import Running, free_port, until
from tests.fakes.broker import Mosquitto
from tests.fakes.hytera_radio import DISPATCHER

SERVICES = ("rrs", "lp", "tmp")
WRITES = r"this process writes what gateways report, term (\d+)"
STANDS_BY = "another process writes what gateways report"


@dataclass
class Site:
    """Database, broker and radio ports that all programs of one test share."""

    folder: Path
    database_url: str
    broker: Mosquitto
    ports: dict[str, int] = field(
        default_factory=lambda: {name: free_port(socket.SOCK_DGRAM) for name in SERVICES}
    )

    @property
    def mqtt(self) -> str:
        return f'[mqtt]\nhost = "127.0.0.1"\nport = {self.broker.port}\n'

    @contextmanager
    def server(self, name: str) -> Iterator[Running]:
        """`dispatch serve`, with a configuration of its own."""
        config = self.folder / f"{name}.toml"
        config.write_text(
            f'[dispatch]\nport = {free_port(socket.SOCK_STREAM)}\ndata_dir = "{name}"\n'
            f'database_url = "{self.database_url}"\n{self.mqtt}'
        )
        with self._running(name, "dispatch", "serve", "--config", str(config)) as server:
            yield server

    @contextmanager
    def gateway(self) -> Iterator[Running]:
        """`radio-gateway run` with one Hytera link."""
        lines = "\n".join(f"{name} = {port}" for name, port in self.ports.items())
        config = self.folder / "gateway.toml"
        config.write_text(
            f'[gateway]\nid = "palanga"\ndata_dir = "site"\n{self.mqtt}'
            f'[[link]]\nkind = "hytera"\nname = "Palanga"\nnetwork = "palanga"\nstyle = "radio"\n'
            f'peers = ["127.0.0.1"]\ndispatcher_id = {DISPATCHER}\n[link.ports]\n{lines}\n'
        )
        with self._running("gateway", "radio_gateway.cli", "run", "-c", str(config)) as gateway:
            yield gateway

    @contextmanager
    def _running(self, name: str, *words: str) -> Iterator[Running]:
        path = self.folder / f"{name}.log"
        with path.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", *words],
                cwd=self.folder,
                env=os.environ | {"PYTHONUNBUFFERED": "1"},
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
            )
            try:
                yield Running(process, path)
            finally:
                if process.poll() is None:
                    process.send_signal(signal.SIGCONT)
                    process.send_signal(signal.SIGINT)
                    try:
                        process.wait(20)
                    except subprocess.TimeoutExpired:
                        process.kill()
                        process.wait()


@dataclass
class Console:
    """A WebSocket that keeps every numbered frame; closed by the server at some time."""

    frames: list[dict[str, Any]] = field(default_factory=list)
    passing: list[dict[str, Any]] = field(default_factory=list)
    close_code: int | None = None
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def numbers(self) -> list[int]:
        return [one["seq"] for one in self.frames]

    async def until(self, what: str, **data: Any) -> dict[str, Any]:
        """The first frame of this type, passing or not, whose data has these values."""
        async with asyncio.timeout(20):
            while True:
                self.changed.clear()
                for frame in (*self.frames, *self.passing):
                    rows = frame["data"] if isinstance(frame["data"], list) else [frame["data"]]
                    for row in rows:
                        if frame["type"] == what and data.items() <= row.items():
                            return frame
                await self.changed.wait()

    async def has(self, seq: int) -> None:
        """Wait for event `seq`."""
        async with asyncio.timeout(20):
            while not self.frames or self.frames[-1]["seq"] < seq:
                self.changed.clear()
                await self.changed.wait()

    async def closed(self) -> int:
        """Wait for the server to close; its code."""
        async with asyncio.timeout(20):
            while self.close_code is None:
                self.changed.clear()
                await self.changed.wait()
        return self.close_code

    async def read(self, socket: ClientConnection) -> None:
        """Read until the server closes."""
        try:
            async for text in socket:
                frame = orjson.loads(text)
                if frame.get("type") == "heartbeat":
                    await socket.send(orjson.dumps({"alive": frame["seq"]}).decode())
                elif "seq" in frame and "data" in frame:
                    self.frames.append(frame)
                elif "data" in frame:
                    self.passing.append(frame)
                self.changed.set()
        except ConnectionClosed:
            pass
        self.close_code = socket.close_code
        self.changed.set()


@asynccontextmanager
async def console(client: httpx.Client, address: str, after: int) -> AsyncIterator[Console]:
    """Follow one server's live stream from event `after` on, with the session of `client`."""
    snapshot = await asyncio.to_thread(lambda: client.get(f"{address}/api/snapshot"))
    epoch = snapshot.json()["epoch"]
    cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    async with connect(
        address.replace("http", "ws") + "/api/live",
        origin=address,  # type: ignore[arg-type]  # a NewType
        additional_headers={"Cookie": cookie},
    ) as socket:
        hello = {"resume": {"epoch": epoch, "after": after}, "topics": ["events", "positions"]}
        await socket.send(orjson.dumps(hello).decode())
        found = Console()
        reading = asyncio.create_task(found.read(socket))
        try:
            yield found
        finally:
            reading.cancel()


def writer_of(*servers: Running) -> Running:
    """The one that says it writes, and has not said since that it does not."""

    def look() -> Running | None:
        writing = [one for one in servers if one.process.poll() is None and _writes(one.printed)]
        return writing[0] if len(writing) == 1 else None

    return until(look, "one server writes")


def _writes(printed: str) -> bool:
    return printed.rfind("this process writes") > printed.rfind(STANDS_BY)
