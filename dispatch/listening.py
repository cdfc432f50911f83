"""The port of the console: getting it, and what people type to reach it."""

import errno
import socket

from dispatch.config import Settings


class ServerError(Exception):
    """The server cannot start; the text is one line that says what to do."""


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
