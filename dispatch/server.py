"""Running the server: one process, one port, stopped cleanly by Ctrl-C or SIGTERM."""

import asyncio
import signal
import socket
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Final

import uvicorn
import uvloop
from fastapi import FastAPI

from dispatch.app import Options, create_app
from dispatch.config import Settings
from dispatch.listening import ServerError, address_of, listen
from dispatch.memory import settle
from radio_gateway.systemd import keep_watchdog, notify
from radio_gateway.watchdog import watching

WEBSOCKET_LIMIT: Final = 16 * 1024
"Octets of a WebSocket message from a console."
_GRACE_S: Final = 5


Beside = Sequence[AbstractAsyncContextManager[object]]
"What runs as long as the server does."


def serve(
    settings: Settings,
    ready: Callable[[str], Awaitable[None]],
    beside: Beside = (),
    options: Options | None = None,
) -> None:
    """Listen until a signal comes; returns when everything has stopped.

    Args:
        settings: the installation; its database has the right schema.
        ready: told the address of the console once the server answers.
        beside: contexts entered before the server starts and left after it has stopped.
        options: what the command adds to the settings.

    Raises:
        ServerError: the port or address cannot be had.
    """
    app = create_app(settings, options or Options())
    listener = listen(settings.dispatch.host, settings.dispatch.port)
    with listener, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        # uvicorn gives each signal on when it is done; what remains to do is done by then
        before = {one: signal.signal(one, _ignore) for one in (signal.SIGINT, signal.SIGTERM)}
        try:
            alone = settings.gateway is None or (options or Options()).gateways_elsewhere
            runner.run(_run(app, settings, listener, ready, beside, watch=alone))
        finally:
            for one, handler in before.items():
                signal.signal(one, handler)


async def _run(
    app: FastAPI,
    settings: Settings,
    listener: socket.socket,
    ready: Callable[[str], Awaitable[None]],
    beside: Beside,
    *,
    watch: bool,
) -> None:
    config = uvicorn.Config(
        app,
        ws="websockets-sansio",
        ws_max_size=WEBSOCKET_LIMIT,
        ws_per_message_deflate=False,  # would compress every frame anew for every console
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        forwarded_allow_ips=list(settings.dispatch.trusted_proxies),
        timeout_graceful_shutdown=_GRACE_S,
    )
    server = _Server(config, lambda: ready(address_of(listener)))
    async with AsyncExitStack() as stack:
        if watch:  # a gateway in this process watches the loop for its own reports
            stack.enter_context(watching(asyncio.get_running_loop()))
        alive = asyncio.create_task(keep_watchdog(), name="service manager")
        stack.callback(alive.cancel)
        for context in beside:
            await stack.enter_async_context(context)
        await server.serve(sockets=[listener])
    if not server.started:
        raise ServerError("the server could not start; the lines above say why")


def _ignore(_signal: int, _frame: object) -> None:
    """The signal was obeyed already."""


class _Server(uvicorn.Server):
    """Says when it answers."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], Awaitable[None]]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            settle()
            notify("READY=1")
            await self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        notify("STOPPING=1")
        await super().shutdown(sockets)
