"""The server and the demo as processes: up, used by a browser's means, down again."""

import asyncio
import contextlib
import json
import os
import re
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

ROOT = Path(__file__).parents[3]
LINK = re.compile(r"(http://127\.0\.0\.1:\d+)/sign-in#token=([\w-]+)")
PATIENCE_S = 60.0


@asynccontextmanager
async def started(*arguments: str, cwd: Path) -> AsyncIterator[tuple[Process, str, str]]:
    """`dispatch ...` until it has printed a link: the process, its address, the token."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "dispatch", *arguments),
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=PIPE,
        stderr=PIPE,
    )
    assert process.stdout is not None
    seen = ""
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not (found := LINK.search(seen)):
                line = await process.stdout.readline()
                assert line, seen + (await process.communicate())[1].decode()
                seen += line.decode()
        yield process, found[1], found[2]
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def stopped(process: Process, number: signal.Signals) -> str:
    """Send a signal; what the process printed until its clean end."""
    process.send_signal(number)
    async with asyncio.timeout(PATIENCE_S):
        output, _ = await process.communicate()
    assert process.returncode == 0
    return output.decode()


@asynccontextmanager
async def browser(address: str, token: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=address, headers={"origin": address}) as client:
        assert (await client.post("/api/session", json={"token": token})).status_code == 200
        yield client


@asynccontextmanager
async def live(client: httpx.AsyncClient) -> AsyncIterator[ClientConnection]:
    """The live stream of a signed-in browser, past its first answer."""
    address = str(client.base_url).rstrip("/")
    cookie = f"sardze_session={client.cookies['sardze_session']}"
    url = address.replace("http", "ws", 1) + "/api/live"
    async with connect(url, additional_headers={"Cookie": cookie}, origin=address) as socket:  # type: ignore[arg-type]  # websockets has a type of its own for origins
        await socket.send(json.dumps({"resume": {"epoch": "", "after": 0}, "topics": ["events"]}))
        assert json.loads(await socket.recv())["reset"] is True
        yield socket


async def closed_with(socket: ClientConnection) -> int | None:
    async with asyncio.timeout(PATIENCE_S):
        with contextlib.suppress(ConnectionClosed):
            while True:
                await socket.recv()
    return socket.close_code


@pytest.fixture
def installation(tmp_path: Path) -> Path:
    (tmp_path / "sardze.toml").write_text('[dispatch]\nport = 0\ndata_dir = "data"\n')
    return tmp_path


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_the_first_start_prints_a_way_in_and_a_signal_stops_it(
    installation: Path, number: signal.Signals
) -> None:
    async with started("run", cwd=installation) as (process, address, token):
        async with browser(address, token) as client:
            assert (await client.get("/readyz")).json()["ready"] is True
            assert (await client.get("/api/session")).json()["user"]["name"] == "administrator"
        assert "Stopped." in await stopped(process, number)
    # Nobody is asked to make a first user twice; the port is free again.
    assert (installation / "data/sardze.db").exists()


async def test_signing_out_closes_the_live_stream_within_a_second(installation: Path) -> None:
    async with (
        started("run", cwd=installation) as (_, address, token),
        browser(address, token) as client,
        live(client) as socket,
    ):
        assert (await client.delete("/api/session")).status_code == 204
        async with asyncio.timeout(1):
            assert await closed_with(socket) == 4401


async def test_foreign_pages_get_no_live_stream(installation: Path) -> None:
    async with (
        started("run", cwd=installation) as (_, address, token),
        browser(address, token) as client,
    ):
        url = address.replace("http", "ws", 1) + "/api/live"
        cookie = {"Cookie": f"sardze_session={client.cookies['sardze_session']}"}
        for headers in ({}, {"Origin": "http://evil.example"}):
            async with connect(url, additional_headers={**cookie, **headers}) as socket:
                assert await closed_with(socket) == 4403
        async with connect(url, origin=address) as socket:  # type: ignore[arg-type]  # as above
            assert await closed_with(socket) == 4401


async def test_the_demo_shows_patrols_that_move(tmp_path: Path) -> None:
    arguments = ("demo", "--port", "0", "--speed", "5", "--units", "6", "--data-dir", "demo")
    async with started(*arguments, cwd=tmp_path) as (process, address, token):
        async with browser(address, token) as client:
            snapshot = (await client.get("/api/snapshot")).json()
            assert snapshot["demo"] is True
            assert len(snapshot["units"]) == 6
            assert [agency["code"] for agency in snapshot["agencies"]] == ["LP", "PL", "KL"]
            async with asyncio.timeout(PATIENCE_S):
                while not (await client.get("/api/positions/latest")).json()["items"]:
                    await client.get("/api/events", params={"after": 0, "wait": 1, "limit": 1})
        second = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "dispatch", *arguments),
            cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=PIPE, stderr=PIPE,
        )  # fmt: skip
        _, refused = await second.communicate()
        assert second.returncode == 1
        assert b"another dispatch" in refused
        assert "Stopped." in await stopped(process, signal.SIGINT)
    assert "simulating 6 patrols" in (tmp_path / "demo/simulator.log").read_text()
