"""The database goes away: clients are told, alarms are shown, nothing is lost."""

import asyncio
import sqlite3
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from dispatch import clock
from radio_gateway.domain.events import EmergencyRaised, EmergencySource
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.wire import EventEnvelope
from tests.dispatch.console import Console, Server, dispatcher, furnish, serving
from tests.dispatch.desk import Desk, open_desk
from tests.dispatch.postgres import find_binaries, migrated_database
from tests.dispatch.world import LINK, OURS, envelope


def alarm() -> EventEnvelope:
    at = Moment(clock.monotonic(), clock.now())
    return envelope(
        EmergencyRaised(link=LINK, at=at, radio=OURS, source=EmergencySource.ALARM), seq=None
    )


async def press(desk: Desk) -> float:
    """The key is pressed; seconds of the steady clock."""
    await desk.app.state.radio_side.joint.bus.publish([alarm()])
    return clock.monotonic()


async def until_lamp(console: Console, level: str) -> dict[str, Any]:
    """The frame in which the lamp of the database turns so."""
    while True:
        frame = await console.until("condition")
        lamp = next((one for one in frame["data"] if one["key"] == "database"), None)
        if lamp is not None and lamp["level"] == level:
            return dict(lamp)


@asynccontextmanager
async def watching(desk: Desk) -> AsyncIterator[tuple[httpx.AsyncClient, Console]]:
    """A dispatcher with a live console, while the database is well."""
    anna = await dispatcher(desk)
    await desk.app.state.shared.unstored.directory.load()
    async with serving(desk) as server, _live(server, anna) as console:
        yield anna, console


@asynccontextmanager
async def _live(server: Server, client: httpx.AsyncClient) -> AsyncIterator[Console]:
    snapshot = (await client.get("/api/snapshot")).json()
    async with server.console(client) as console:
        await console.resume(snapshot["epoch"], snapshot["seq"])
        await console.next()
        yield console


async def the_whole_fault(
    desk: Desk, leave: Callable[[], Any], come_back: Callable[[], Any]
) -> None:
    """Away, an alarm meanwhile, refused requests, and back."""
    async with watching(desk) as (anna, console):
        await asyncio.to_thread(leave)
        async with asyncio.timeout(15):
            await until_lamp(console, "red")
        pressed = await press(desk)
        shown = await console.until("unstored")
        assert clock.monotonic() - pressed < 1.0
        assert [(one["label"], one["call_sign"], one["stored"]) for one in shown["data"]] == [
            ("2340104", "liepaja-1", False)
        ]

        began = clock.monotonic()
        answers = await asyncio.gather(
            anna.get("/api/calls"),
            anna.get("/api/snapshot"),
            anna.post("/api/messages", json={"text": "Nāciet", "to": {"unit_id": 1}}),
            anna.post("/api/emergencies/1/acknowledge"),
        )
        assert clock.monotonic() - began < 10
        for answer in answers:
            assert (answer.status_code, answer.json()["code"]) == (503, "database_away")
            assert answer.headers["retry-after"] == "5"
        assert (await desk.client().get("/readyz")).status_code == 503
        assert "sardze_database_up 0.0" in (await desk.client().get("/metrics")).text

        await asyncio.to_thread(come_back)
        async with asyncio.timeout(30):
            raised = await console.until("emergency.raised")
            assert raised["data"]["radio_id"] == 1
            await until_lamp(console, "ok")
        answer = await anna.post(f"/api/emergencies/{raised['data']['id']}/acknowledge")
        assert answer.status_code == 200
        types = [frame.get("type") for frame in console.frames]
        assert types.count("emergency.raised") == 1
        gone = [f["data"][0]["stored"] for f in console.frames if f.get("type") == "unstored"]
        assert gone == [False, True]


async def test_sqlite_locked_by_another_program(desk: Desk) -> None:
    await furnish(desk)
    path = desk.database.url.database
    assert path is not None
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
    try:
        await the_whole_fault(
            desk, lambda: other.execute("BEGIN IMMEDIATE"), lambda: other.execute("ROLLBACK")
        )
    finally:
        other.close()


async def test_a_console_that_comes_while_the_database_is_locked_sees_alarms(desk: Desk) -> None:
    await furnish(desk)
    anna = await dispatcher(desk)
    snapshot = (await anna.get("/api/snapshot")).json()
    path = desk.database.url.database
    assert path is not None
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    async with serving(desk) as server, server.console(anna) as console:
        async with asyncio.timeout(5):
            assert "resumed" in await console.resume(snapshot["epoch"], snapshot["seq"])
        assert desk.app.state.shared.late_looks.waiting == 1
        other.execute("ROLLBACK")
        async with asyncio.timeout(15):
            await desk.app.state.shared.late_looks.written()
    looks = other.execute("SELECT count(*) FROM access_log WHERE subject = 'live'").fetchone()
    other.close()
    assert looks == (1,)


@pytest.mark.slow
async def test_postgresql_stopped_and_started(postgres_server: str, tmp_path: Path) -> None:
    url = await asyncio.to_thread(migrated_database, postgres_server, "away")
    folder = Path(url.partition("host=")[2])
    binaries = find_binaries()
    assert binaries is not None

    def control(*words: str) -> None:
        owner = folder.owner()
        command = [str(binaries / "pg_ctl"), "-D", str(folder / "data"), "-w", *words]
        subprocess.run(command, check=True, user=owner, cwd=folder, stdout=subprocess.DEVNULL)

    options = f"-k {folder} -c listen_addresses='' -c fsync=off"
    async with open_desk(url, tmp_path) as desk:
        await furnish(desk)
        await the_whole_fault(
            desk,
            lambda: control("-m", "immediate", "stop"),
            lambda: control("-o", options, "-l", str(folder / "log"), "start"),
        )


async def test_a_request_that_waits_is_refused_once_the_database_is_known_to_be_away(
    desk: Desk,
) -> None:
    anna = await desk.signed_in("anna")
    async with desk.database.write():
        waiting = asyncio.create_task(anna.post("/api/users", json={}))
        answer = await anna.get("/api/session")
        assert answer.status_code == 200, "reading goes on"
    assert (await waiting).status_code == 422, "a database that is only busy refuses nobody"
