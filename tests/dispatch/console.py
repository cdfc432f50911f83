"""Desks with a fleet, and consoles that follow them over a real socket."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import orjson
import uvicorn
from websockets.asyncio.client import ClientConnection, connect

from dispatch import clock
from dispatch.auth.identity import Role
from dispatch.ingest.store import store
from dispatch.shared import Shared
from radio_gateway.domain.events import Event
from tests.dispatch.desk import ORIGIN, Desk
from tests.dispatch.world import add_fleet, catalogue, envelope


async def furnish(desk: Desk) -> Shared:
    """Two agencies with equal radio numbers, and links that can do everything."""
    await add_fleet(desk.database)
    shared: Shared = replace(desk.app.state.shared, catalogue=catalogue())
    desk.app.state.shared = shared
    desk.clock.at = clock.now()  # radios report the real time
    return shared


async def hear(shared: Shared, *events: Event) -> None:
    """Store these events in one transaction."""
    async with shared.database.write() as session:
        await store(session, shared, [envelope(event) for event in events])


async def dispatcher(desk: Desk, name: str = "anna", agency: int = 1) -> httpx.AsyncClient:
    """A signed-in dispatcher of one agency."""
    return await desk.signed_in(name, Role.DISPATCHER, (agency,))


@dataclass
class Console:
    """One WebSocket, and all frames it got."""

    socket: ClientConnection
    frames: list[dict[str, Any]] = field(default_factory=list)

    async def next(self) -> dict[str, Any]:
        """The next frame that is no heartbeat."""
        async with asyncio.timeout(10):
            while True:
                frame: dict[str, Any] = orjson.loads(await self.socket.recv())
                if frame.get("type") == "heartbeat":
                    await self.socket.send(orjson.dumps({"alive": frame["seq"]}).decode())
                    continue
                self.frames.append(frame)
                return frame

    async def until(self, type_: str) -> dict[str, Any]:
        """The next frame of this type."""
        while True:
            frame = await self.next()
            if frame.get("type") == type_:
                return frame

    async def resume(self, epoch: str, after: int) -> dict[str, Any]:
        """Say where this console stands; the first answer."""
        hello = {"resume": {"epoch": epoch, "after": after}, "topics": ["events", "positions"]}
        await self.socket.send(orjson.dumps(hello).decode())
        return await self.next()


@dataclass
class Server:
    """The desk's app behind a port."""

    port: int

    @asynccontextmanager
    async def console(
        self, client: httpx.AsyncClient, origin: str | None = None
    ) -> AsyncIterator[Console]:
        """Open the live stream with the session of `client`."""
        cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        headers = {"Cookie": cookie} if cookie else {}
        async with connect(
            f"ws://127.0.0.1:{self.port}/api/live",
            origin=origin or ORIGIN,  # type: ignore[arg-type]  # a NewType
            additional_headers=headers,
        ) as socket:
            yield Console(socket)


@asynccontextmanager
async def serving(desk: Desk) -> AsyncIterator[Server]:
    """Serve the desk's app on a free port of the loopback interface."""
    config = uvicorn.Config(
        desk.app, port=0, lifespan="off", log_level="warning", ws="websockets-sansio"
    )
    server = uvicorn.Server(config)
    config.load()
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    (listener,) = server.servers
    main = asyncio.create_task(server.main_loop())
    try:
        yield Server(listener.sockets[0].getsockname()[1])
    finally:
        server.should_exit = True
        await main
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(5):
                await server.shutdown()
