"""What every request passes first: host, origin, size; and headers that fence the browser in."""

import re
import socket
from collections.abc import Iterable, Mapping
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_LIMIT: Final = 64 * 1024
"Octets of a request body."

_HOST: Final = re.compile(
    r"(?:\[(?P<bracketed>[0-9A-Fa-f:.]+)\]|(?P<name>[0-9A-Za-z._-]+))(?::[0-9]{1,5})?"
)
_FOR_MACHINES: Final = ("/healthz", "/readyz", "/metrics")
"Asked by monitoring under whatever name it knows; they hold no personal data."
_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class Origins:
    """Under which names the server answers, and which pages may use it.

    Without a list of its own the server takes its own address as the one right origin: the
    `Host` it was asked under, with the scheme of the connection. A name that anybody can point
    at this machine (DNS rebinding) must therefore not count as its own: only IP addresses,
    `localhost`, the machine's name and the hosts of the list do.
    """

    def __init__(self, allowed: Iterable[str] = (), machine: str | None = None) -> None:
        """Take the configured origins, and this machine's name if it is not the system's."""
        self._allowed = frozenset(allowed)
        own = socket.gethostname() if machine is None else machine
        names = ["localhost", own, *(urlsplit(origin).hostname or "" for origin in self._allowed)]
        self._names = frozenset(name.lower() for name in names if name)

    def knows_host(self, scope: Scope) -> bool:
        """Whether a request or handshake has one `Host` that is this server's, on any port."""
        hosts = Headers(scope=scope).getlist("host")
        if len(hosts) != 1:
            return False
        host = _host_name(hosts[0])
        return host is not None and (host in self._names or _is_address(host))

    def allow(self, scope: Scope) -> bool:
        """Whether this request or WebSocket handshake comes from the console itself.

        The origin must be there and be equal, and a browser that says where the request was
        made (`Sec-Fetch-Site`) must not say another site.
        """
        headers = Headers(scope=scope)
        origins = headers.getlist("origin")
        if len(origins) != 1 or headers.get("sec-fetch-site", "same-origin") != "same-origin":
            return False
        if self._allowed:
            return origins[0] in self._allowed
        hosts = headers.getlist("host")
        scheme = "https" if scope["scheme"] in ("https", "wss") else "http"
        return len(hosts) == 1 and origins[0] == f"{scheme}://{hosts[0]}"


def _host_name(host: str) -> str | None:
    """`Desk.example:8480` -> `desk.example`, `[::1]:8480` -> `::1`; None: no host at all."""
    found = _HOST.fullmatch(host)
    return (found["bracketed"] or found["name"]).lower() if found else None


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


class RequestGuard:
    """ASGI middleware: refuses foreign hosts and origins, non-JSON and oversized bodies."""

    def __init__(self, app: ASGIApp, origins: Origins, body_limit: int = BODY_LIMIT) -> None:
        self._app = app
        self._origins = origins
        self._body_limit = body_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        await self._app(scope, self._capped(receive), send)

    def _refusal(self, scope: Scope) -> JSONResponse | None:
        if scope["path"] not in _FOR_MACHINES and not self._origins.knows_host(scope):
            return refusal(
                403,
                "host_not_allowed",
                "The server does not answer under this name:"
                " set allowed_origins in sardze.toml to the address that the console is opened at.",
            )
        if scope["method"] in _SAFE_METHODS:
            return None
        if not self._origins.allow(scope):
            return refusal(
                403,
                "wrong_origin",
                "Requests that change something must come from"
                " the console's own address (see allowed_origins in sardze.toml).",
            )
        headers = Headers(scope=scope)
        length = headers.get("content-length", "0")
        if not (length.isascii() and length.isdigit()):
            return refusal(400, "invalid_request", "Content-Length is not a number.")
        if int(length) > self._body_limit:
            return self._too_large()
        has_body = int(length) > 0 or "transfer-encoding" in headers
        media = headers.get("content-type", "").partition(";")[0].strip().lower()
        if has_body and media != "application/json":
            return refusal(415, "json_required", "Send the body as application/json.")
        return None

    def _too_large(self) -> JSONResponse:
        return refusal(413, "body_too_large", f"A request may have {self._body_limit} octets.")

    def _capped(self, receive: Receive) -> Receive:
        taken = 0

        async def capped() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._body_limit:
                raise BodyTooLargeError
            return message

        return capped


class BodyTooLargeError(HTTPException):
    """A body without honest Content-Length passed the limit."""

    def __init__(self) -> None:
        super().__init__(413)


class SecurityHeaders:
    """ASGI middleware: content policy and cache rules on every HTTP answer."""

    def __init__(self, app: ASGIApp, map_host: str | None = None) -> None:
        self._app = app
        self._headers = security_headers(map_host)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", "no-store")
            await send(message)

        await self._app(scope, receive, send_with_headers)


def security_headers(map_host: str | None) -> Mapping[str, str]:
    """The headers of every answer.

    Args:
        map_host: origin of the map tiles (`https://tiles.example`), if they are not our own.
    """
    images = "'self' data: blob:" + (f" {map_host}" if map_host else "")
    policy = {
        "default-src": "'self'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": images,
        "connect-src": "'self'",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return {
        "content-security-policy": "; ".join(f"{k} {v}" for k, v in policy.items()),
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    }


def origin_of(url: str) -> str:
    """`https://tiles.example/{z}/{x}/{y}.png` -> `https://tiles.example`."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def refusal(status: int, code: str, detail: str) -> JSONResponse:
    """An error in the one form that the API knows."""
    return JSONResponse({"code": code, "detail": detail}, status)
