"""Consoles over a real socket: nothing missed, nothing twice, nothing foreign."""

import asyncio
import random
from typing import Any

import orjson
import pytest
from websockets.exceptions import ConnectionClosed

from dispatch.live import snapshot, stream
from dispatch.shared import Shared
from radio_gateway.domain.events import (
    EmergencyRaised,
    EmergencySource,
    PositionReported,
    PositionSource,
    RadioHeard,
    StatusReceived,
)
from radio_gateway.domain.geo import GeoPoint
from tests.dispatch.console import Console, dispatcher, furnish, hear, serving
from tests.dispatch.desk import Desk
from tests.dispatch.world import LINK, OURS, THEIRS, moment


def status(n: int, ours: bool = True) -> StatusReceived:
    radio, link = (OURS, LINK) if ours else (THEIRS, "akropolis")
    return StatusReceived(link=link, at=moment(n), radio=radio, status=50 + n)


def position(second: float, ours: bool) -> PositionReported:
    radio, link = (OURS, LINK) if ours else (THEIRS, "akropolis")
    return PositionReported(
        link=link,
        at=moment(second),
        radio=radio,
        point=GeoPoint(56 + second / 1000, 21.0),
        source=PositionSource.TRIGGERED,
    )


@pytest.fixture
async def shared(desk: Desk) -> Shared:
    return await furnish(desk)


async def closed_with(console: Console) -> int | None:
    try:
        while True:
            await console.next()
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else None


async def test_a_console_resumes_and_then_follows(desk: Desk, shared: Shared) -> None:
    client = await dispatcher(desk)
    await hear(shared, status(1))
    before = (await client.get("/api/snapshot")).json()
    await hear(shared, status(2))
    async with serving(desk) as server, server.console(client) as console:
        last = shared.hub.last_seq
        first = await console.resume(before["epoch"], before["seq"])
        assert first == {
            "resumed": True,
            "from": before["seq"] + 1,
            "to": last,
            "epoch": before["epoch"],
            "emergencies": [],
        }
        assert (await console.next())["data"]["status"] == 52
        assert await console.next() == {"live": True}
        await hear(shared, status(3))
        assert (await console.until("status.received"))["data"]["status"] == 53


async def test_random_cuts_miss_nothing_and_repeat_nothing(desk: Desk, shared: Shared) -> None:
    dice = random.Random(5)
    client = await dispatcher(desk)
    count = 60
    seen: list[int] = []
    epoch, after = shared.hub.epoch, 0

    async def write() -> None:
        for n in range(count):
            await hear(shared, status(n, ours=n % 3 != 0))

    async with serving(desk) as server:
        writer = asyncio.create_task(write())
        while not (writer.done() and after >= shared.hub.last_seq):
            async with server.console(client) as console:
                assert (await console.resume(epoch, after)).get("resumed")
                for _ in range(dice.randrange(1, 12)):
                    if writer.done() and after >= shared.hub.last_seq:
                        break
                    frame = await console.next()
                    if "seq" in frame:
                        assert frame.get("seq_from", frame["seq"]) == after + 1
                        after = frame["seq"]
                        if frame["type"] == "status.received":
                            seen.append(frame["data"]["status"] - 50)
        await writer
    assert seen == [n for n in range(count) if n % 3 != 0]


async def test_another_epoch_or_a_forgotten_number_means_a_new_snapshot(
    desk: Desk, shared: Shared
) -> None:
    client = await dispatcher(desk)
    alarm = EmergencyRaised(link=LINK, at=moment(), radio=OURS, source=EmergencySource.ALARM)
    await hear(shared, alarm)
    async with serving(desk) as server:
        for epoch, after in (("another", 0), (shared.hub.epoch, 999)):
            async with server.console(client) as console:
                first = await console.resume(epoch, after)
                assert first["reset"] is True
                assert (first["epoch"], first["seq"]) == (shared.hub.epoch, shared.hub.last_seq)
                assert [one["state"] for one in first["emergencies"]] == ["raised"]
                assert await console.next() == {"live": True}


async def test_positions_come_newest_first_heard_and_not_the_other_agencys(
    desk: Desk, shared: Shared
) -> None:
    client = await dispatcher(desk)
    async with serving(desk) as server, server.console(client) as console:
        await console.resume(shared.hub.epoch, shared.hub.last_seq)
        assert await console.next() == {"live": True}
        await hear(shared, position(1, ours=True), position(2, ours=True), position(3, ours=False))
        frame = await console.until("positions")
        assert [(one["radio_id"], one["lat"]) for one in frame["data"]] == [(1, 56.002)]
        await hear(shared, RadioHeard(link=LINK, at=moment(9), radio=OURS, rssi_dbm=-80.0))
        heard = await console.until("heard")
        while heard["data"][0]["rssi_dbm"] is None:
            heard = await console.until("heard")
        assert heard["data"] == [
            {"radio_id": 1, "at": "2026-03-01T08:00:09.000Z", "rssi_dbm": -80.0, "link": LINK}
        ]


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("not json", 1008),
        ('{"resume": {"epoch": "x", "after": -1}}', 1008),
        ('{"resume": {"epoch": "x", "after": 0}, "topics": ["everything"]}', 1008),
        (b"\x00", 1003),
        ('"' + "x" * 20_000 + '"', 1009),
    ],
)
async def test_a_first_frame_that_is_none_ends_the_stream(
    desk: Desk, shared: Shared, frame: str | bytes, code: int
) -> None:
    client = await dispatcher(desk)
    async with serving(desk) as server, server.console(client) as console:
        await console.socket.send(frame)
        assert await closed_with(console) == code


async def test_nobody_gets_in_without_session_or_from_elsewhere(desk: Desk, shared: Shared) -> None:
    client = await dispatcher(desk)
    async with serving(desk) as server:
        async with server.console(desk.client()) as console:
            assert await closed_with(console) == 4401
        async with server.console(client, origin="http://elsewhere.test") as console:
            assert await closed_with(console) == 4403


async def test_the_stream_ends_with_the_session(desk: Desk, shared: Shared) -> None:
    client = await dispatcher(desk)
    async with serving(desk) as server, server.console(client) as console:
        await console.resume(shared.hub.epoch, shared.hub.last_seq)
        assert await console.next() == {"live": True}
        assert (await client.delete("/api/session")).status_code == 204
        assert await closed_with(console) == 4401


async def test_a_console_that_cannot_follow_is_cut_off_and_others_are_not(
    desk: Desk, shared: Shared
) -> None:
    slow, quick = await dispatcher(desk, "anna"), await dispatcher(desk, "berta")
    async with serving(desk) as server, server.console(quick) as console:
        await console.resume(shared.hub.epoch, shared.hub.last_seq)
        assert await console.next() == {"live": True}
        before = shared.hub.followers()
        async with server.console(slow) as other:
            await other.resume(shared.hub.epoch, shared.hub.last_seq)
            assert await other.next() == {"live": True}
            (follower,) = shared.hub.followers() - before
            # one commit with more events than may wait: no sender gets a turn in between
            follower.limit = 5
            await hear(shared, *(status(n) for n in range(8)))
            assert await closed_with(other) == 4008
        for n in range(8):
            assert (await console.until("status.received"))["data"]["status"] == 50 + n


async def test_a_heartbeat_that_is_not_answered_ends_the_stream(
    desk: Desk, shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "ANSWER_S", 0.2)
    client = await dispatcher(desk)
    async with serving(desk) as server, server.console(client) as console:
        await console.resume(shared.hub.epoch, shared.hub.last_seq)
        async with asyncio.timeout(10):
            while True:
                try:
                    await console.socket.recv()
                except ConnectionClosed:
                    break
        assert console.socket.close_code == 4008


async def test_what_a_console_paints_is_kept(desk: Desk, shared: Shared) -> None:
    client = await dispatcher(desk)
    alarm = EmergencyRaised(link=LINK, at=moment(), radio=OURS, source=EmergencySource.ALARM)
    await hear(shared, alarm)
    async with serving(desk) as server, server.console(client) as console:
        first = await console.resume(shared.hub.epoch, shared.hub.last_seq)
        seq = first["emergencies"][0]["raised_seq"]
        await console.socket.send(orjson.dumps({"shown": seq}).decode())
        told = await console.until("emergency.shown")
        assert told["data"]["history"][-1]["action"] == "shown"
        assert told["data"]["history"][-1]["user"] == "anna"
        await console.socket.send(orjson.dumps({"shown": seq}).decode())
        await console.socket.send(orjson.dumps({"shown": 10**15}).decode())
        await hear(shared, status(1))
        await console.until("status.received")
    page = (await client.get("/api/emergencies")).json()
    assert [one["action"] for one in page["items"][0]["history"]] == ["raised", "shown"]


async def test_the_long_poll_waits_for_an_event_of_ones_own(desk: Desk, shared: Shared) -> None:
    client = await dispatcher(desk)
    await hear(shared, status(1), status(2, ours=False))
    everything = (await client.get("/api/events", params={"after": 0})).json()
    assert everything["epoch"] == shared.hub.epoch
    assert everything["seq"] == shared.hub.last_seq
    applied = 0
    for item in everything["items"]:
        assert item.get("seq_from", item["seq"]) == applied + 1
        applied = item["seq"]
    after = everything["seq"]
    waiting = asyncio.create_task(client.get("/api/events", params={"after": after, "wait": 20}))
    while shared.hub.following == 0:  # noqa: ASYNC110  nothing tells of it
        await asyncio.sleep(0)
    await hear(shared, status(3, ours=False))
    await hear(shared, status(4))
    answer = orjson.loads((await waiting).content)
    statuses = [one for one in answer["items"] if one["type"] == "status.received"]
    assert [one["data"]["status"] for one in statuses] == [54]
    gone = await client.get("/api/events", params={"after": 10_000})
    assert (gone.status_code, gone.json()["code"]) == (410, "events_expired")


async def test_a_backlog_comes_from_memory_or_from_the_log_alike(
    desk: Desk, shared: Shared
) -> None:
    client = await dispatcher(desk)
    await hear(shared, *(status(n) for n in range(20)))
    last = shared.hub.last_seq

    async def backlog(after: int) -> list[dict[str, Any]]:
        async with server.console(client) as console:
            await console.resume(shared.hub.epoch, after)
            return [await console.next() for _ in range(last - after)]

    async with serving(desk) as server:
        remembered = await backlog(last - 15)
        assert [one["seq"] for one in remembered] == list(range(last - 14, last + 1))
        shared.hub._recent.clear()
        assert await backlog(last - 15) == remembered


@pytest.mark.parametrize("piece", [1, 2, 3, 4])
async def test_a_snapshot_is_whole_however_large_its_pieces_are(
    desk: Desk, shared: Shared, monkeypatch: pytest.MonkeyPatch, piece: int
) -> None:
    monkeypatch.setattr(snapshot, "PIECE", piece)
    for ours in (True, False):
        await hear(shared, position(1, ours=ours))
    administrator = await desk.signed_in("chief")
    found = (await administrator.get("/api/snapshot")).json()
    assert [one["id"] for one in found["radios"]] == [1, 2, 3]
    assert [one["radio_id"] for one in found["positions"]] == [1, 2]
