import socket as socket_module
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fastapi import WebSocket
from starlette.types import Message

from dispatch.auth.dependencies import websocket_user
from dispatch.security import Origins
from tests.dispatch.desk import ORIGIN, Desk, open_desk

WRONG_ORIGINS = [
    "",
    "null",
    "http://desk.test.evil",
    "http://evil-desk.test",
    "https://desk.test",
    "http://desk.test:8080",
    "http://DESK.test",
    "http://desk.test/",
    "http://good.example",
]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/session"),
        ("PUT", "/api/session/password"),
        ("DELETE", "/api/session"),
        ("PATCH", "/api/users/1"),
    ],
)
async def test_changes_come_from_the_console_alone(desk: Desk, method: str, path: str) -> None:
    for origin in WRONG_ORIGINS:
        answer = await desk.client(origin=origin).request(method, path, json={})
        assert (answer.status_code, answer.json()["code"]) == (403, "wrong_origin"), origin


async def test_a_request_without_origin_changes_nothing(desk: Desk) -> None:
    client = desk.client()
    del client.headers["origin"]
    assert (await client.post("/api/session", json={})).status_code == 403


async def test_a_browser_that_says_cross_site_is_believed(desk: Desk) -> None:
    for site, status in (("cross-site", 403), ("same-site", 403), ("same-origin", 422)):
        client = desk.client(**{"sec-fetch-site": site})
        assert (await client.post("/api/session", json={})).status_code == status


async def test_behind_a_proxy_the_configured_origin_counts(
    database_url: str, tmp_path: Path
) -> None:
    outside = "https://dispatch.example"
    async with open_desk(database_url, tmp_path, allowed_origins=[outside]) as desk:
        for host in ("dispatch.example", "127.0.0.1:8480"):  # as the proxy passes it on, or not
            right = desk.client(origin=outside, host=host)
            own = desk.client(origin=f"http://{host}", host=host)
            assert (await right.post("/api/session", json={})).status_code == 422
            assert (await own.post("/api/session", json={})).status_code == 403


MACHINE = socket_module.gethostname()
OWN_HOSTS = [
    "127.0.0.1",
    "127.0.0.1:8480",
    "192.0.2.7:8480",
    "[::1]",
    "[2001:db8::7]:8480",
    "localhost",
    "LocalHost:8480",
    MACHINE,
    f"{MACHINE.upper()}:8480",
]
FOREIGN_HOSTS = [
    "",
    "evil.example",
    "evil.example:8480",
    "localhost.evil.example",
    f"{MACHINE}.evil.example",
    "127.0.0.1.evil.example",
    "evil.example/127.0.0.1",
    "evil.example#@localhost",
    "127.0.0.1@evil.example",
    "localhost:x",
    "[::1",
    "[::1]evil.example",
    "localhost, evil.example",
]


@pytest.mark.parametrize("allowed", [[], ["https://dispatch.example:8443"]])
async def test_a_name_that_was_pointed_here_gets_no_answer(
    database_url: str, tmp_path: Path, allowed: list[str]
) -> None:
    async with open_desk(database_url, tmp_path, allowed_origins=allowed) as desk:
        for host in (*FOREIGN_HOSTS, *([] if allowed else ["dispatch.example"])):
            client = desk.client(origin=f"http://{host}", host=host)
            for answer in (
                await client.get("/api/session"),
                await client.get("/"),
                await client.post("/api/session", json={}),
            ):
                assert (answer.status_code, answer.json()["code"]) == (403, "host_not_allowed")
                assert "allowed_origins" in answer.json()["detail"]
            websocket, sent = socket(desk, f"http://{host}", host=host)
            assert await websocket_user(websocket) is None
            assert (sent[-1]["code"], "allowed_origins" in sent[-1]["reason"]) == (4403, True)


@pytest.mark.parametrize("host", OWN_HOSTS)
async def test_the_server_answers_under_its_own_names(
    database_url: str, tmp_path: Path, host: str
) -> None:
    async with open_desk(database_url, tmp_path, allowed_origins=[]) as desk:
        client = desk.client(origin=f"http://{host}", host=host)
        assert (await client.get("/healthz")).status_code == 200
        assert (await client.post("/api/session", json={})).status_code == 422
        websocket, sent = socket(desk, f"http://{host}", host=host)
        assert await websocket_user(websocket) is None
        assert sent[-1]["code"] == 4401


def test_two_host_headers_are_none() -> None:
    hosts = [(b"host", b"localhost")] * 2
    assert not Origins().knows_host({"type": "http", "headers": hosts})
    assert not Origins().knows_host({"type": "http", "headers": []})
    assert Origins().knows_host({"type": "http", "headers": hosts[:1]})


def socket(
    desk: Desk, origin: str | None, cookie: str | None = None, host: str = "desk.test"
) -> tuple[WebSocket, list[Message]]:
    """A WebSocket handshake as the server hands it on, and what goes back."""
    headers = [(b"host", host.encode())]
    if origin is not None:
        headers.append((b"origin", origin.encode()))
    if cookie is not None:
        headers.append((b"cookie", f"sardze_session={cookie}".encode()))
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "websocket", "scheme": "ws", "path": "/api/live", "query_string": b"",
        "headers": headers, "server": ("desk.test", 80), "client": ("127.0.0.1", 1),
        "app": desk.app, "subprotocols": [],
    }  # fmt: skip
    return WebSocket(scope, receive, send), sent


async def test_foreign_pages_get_no_live_stream(desk: Desk) -> None:
    client = await desk.signed_in("anna")
    for origin in (None, *WRONG_ORIGINS):
        websocket, sent = socket(desk, origin, client.cookies["sardze_session"])
        assert await websocket_user(websocket) is None
        assert sent[-1]["code"] == 4403


async def test_the_live_stream_needs_a_session(desk: Desk) -> None:
    for cookie in (None, "", "invented"):
        websocket, sent = socket(desk, ORIGIN, cookie)
        assert await websocket_user(websocket) is None
        assert sent[-1]["code"] == 4401


async def test_the_console_gets_its_live_stream(desk: Desk) -> None:
    client = await desk.signed_in("anna")
    websocket, sent = socket(desk, ORIGIN, client.cookies["sardze_session"])
    user = await websocket_user(websocket)
    assert user is not None
    assert user.name == "anna"
    assert sent == []


def test_two_origin_headers_are_none() -> None:
    scope = {
        "type": "http",
        "scheme": "http",
        "headers": [(b"host", b"desk.test"), (b"origin", b"http://desk.test")] * 1
        + [(b"origin", b"http://desk.test")],
    }
    assert not Origins().allow(scope)


async def test_every_answer_fences_the_browser_in(desk: Desk) -> None:
    client = desk.client()
    for path in (
        "/",
        "/api/session",
        "/api/openapi.json",
        "/healthz",
        "/metrics",
        "/api/x",
        "/x.js",
    ):
        headers = (await client.get(path)).headers
        policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
        assert policy["default-src"] == "'self'", path
        assert policy["script-src"] == "'self'"
        assert policy["connect-src"] == "'self'"
        assert policy["frame-ancestors"] == "'none'"
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "access-control-allow-origin" not in headers
        assert headers["cache-control"] == "no-store"


async def test_tiles_of_the_configured_host_may_be_shown(
    database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    tiles = {"tile_url": "https://tiles.example/{z}/{x}/{y}.png"}
    async with open_desk(database_url, tmp_path_factory.mktemp("desk"), map=tiles) as desk:
        policy = (await desk.client().get("/healthz")).headers["content-security-policy"]
    assert "img-src 'self' data: blob: https://tiles.example;" in policy


async def test_bodies_are_json(desk: Desk) -> None:
    client = desk.client()
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        answer = await client.post(
            "/api/session", content=b'{"token": "x"}', headers={"content-type": kind}
        )
        assert (answer.status_code, answer.json()["code"]) == (415, "json_required")


async def test_a_body_of_64_kib_passes_and_one_octet_more_does_not(desk: Desk) -> None:
    client = desk.client()
    frame = b'{"token": "%s"}'
    fits = frame % (b"x" * (64 * 1024 - len(frame) + 2))
    assert len(fits) == 64 * 1024
    headers = {"content-type": "application/json"}
    answer = await client.post("/api/session", content=fits, headers=headers)
    assert answer.status_code == 422  # read, and found wrong
    answer = await client.post("/api/session", content=fits + b" ", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


async def test_a_body_of_unsaid_length_is_cut_off(desk: Desk) -> None:
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        while True:
            taken += 1024
            yield b" " * 1024

    client = desk.client()
    answer = await client.post(
        "/api/session", content=endless(), headers={"content-type": "application/json"}
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert taken <= 66 * 1024


async def test_any_bad_body_is_one_sentence(desk: Desk) -> None:
    client = desk.client()
    deep = b"[" * 60_000
    for body in (b"", b"{", deep, b"\xff\xfe", b"null", b"[]", b'{"name": 1}', b'{"a": "b"}'):
        answer = await client.post(
            "/api/session", content=body, headers={"content-type": "application/json"}
        )
        assert answer.status_code in (400, 422), body[:20]
        error = answer.json()
        assert error["code"] == "invalid_request"
        assert error["detail"].endswith(".")
        assert "\n" not in error["detail"]
