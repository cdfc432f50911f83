"""Running the server: one process, one port, stopped cleanly by Ctrl-C or SIGTERM."""

import asyncio
import errno
import signal
import socket
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Final

import uvicorn
import uvloop

from dispatch.app import create_app
from dispatch.config import Settings

WEBSOCKET_LIMIT: Final = 16 * 1024
"Octets of a WebSocket message from a console."
_GRACE_S: Final = 5


class ServerError(Exception):
    """The server cannot start; the text is one line that says what to do."""


Beside = Sequence[AbstractAsyncContextManager[object]]
"What runs as long as the server does."


def serve(settings: Settings, ready: Callable[[str], Awaitable[None]], beside: Beside = ()) -> None:
    """Listen until a signal comes; returns when everything has stopped.

    Args:
        settings: the installation; its database has the right schema.
        ready: told the address of the console once the server answers.
        beside: contexts entered before the server starts and left after it has stopped.

    Raises:
        ServerError: the port or address cannot be had.
    """
    listener = listen(settings.dispatch.host, settings.dispatch.port)
    with listener, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        # uvicorn gives each signal on when it is done; what remains to do is done by then
        before = {one: signal.signal(one, _ignore) for one in (signal.SIGINT, signal.SIGTERM)}
        try:
            runner.run(_run(settings, listener, ready, beside))
        finally:
            for one, handler in before.items():
                signal.signal(one, handler)


async def _run(
    settings: Settings,
    listener: socket.socket,
    ready: Callable[[str], Awaitable[None]],
    beside: Beside,
) -> None:
    config = uvicorn.Config(
        create_app(settings),
        ws="websockets-sansio",
        ws_max_size=WEBSOCKET_LIMIT,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        forwarded_allow_ips=list(settings.dispatch.trusted_proxies),
        timeout_graceful_shutdown=_GRACE_S,
    )
    server = _Server(config, lambda: ready(address_of(listener)))
    async with AsyncExitStack() as stack:
        for context in beside:
            await stack.enter_async_context(context)
        await server.serve(sockets=[listener])
    if not server.started:
        raise ServerError("the server could not start; the lines above say why")


def listen(host: str, port: int) -> socket.socket:
    """A listening socket.

    Raises:
        ServerError: in use, not permitted, or no such address here.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(512)
    except OSError as error:
        listener.close()
        raise ServerError(_why(host, port, error)) from None
    return listener


def address_of(listener: socket.socket) -> str:
    """`http://127.0.0.1:8480`, with a name that a browser can open."""
    host, port = listener.getsockname()[:2]
    return _address(host, port)


def console_address(settings: Settings, address: str | None = None) -> str:
    """What people type: the configured origin, else the server's own address."""
    chosen = settings.dispatch
    return (*chosen.allowed_origins, address or _address(chosen.host, chosen.port))[0]


def _address(host: str, port: int) -> str:
    if host in ("0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _why(host: str, port: int, error: OSError) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return (
                f"port {port} on {host} is in use: stop the program that has it, or choose "
                "another one (port in sardze.toml, SARDZE_PORT, or --port)"
            )
        case errno.EACCES:
            return f"port {port} may not be opened by this user: choose one above 1023"
        case errno.EADDRNOTAVAIL:
            return f"{host} is no address of this machine: correct host in sardze.toml"
        case _:
            return f"{host}, port {port}: {error.strerror or error}"


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
            await self._ready()
