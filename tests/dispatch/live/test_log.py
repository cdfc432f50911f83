"""Numbers rise by one in the order of commits, and nobody sees a gap."""

import asyncio
import random
from collections.abc import AsyncIterator

import orjson
import pytest
from sqlalchemy import text

from dispatch.db.database import Database
from dispatch.live.follower import Follower
from dispatch.live.frames import Frame, Skip, filtered
from dispatch.live.hub import Hub
from dispatch.live.log import EventLog, read_log
from dispatch.live.passing import tick
from dispatch.live.scope import EVERYTHING, Scope
from dispatch.shared import Shared
from dispatch.units.schemas import StatusView
from tests.dispatch.postgres import migrated_database
from tests.dispatch.world import START, add_fleet


def status(number: int) -> StatusView:
    return StatusView(radio_id=1, unit_id=None, status=number, label=str(number), at=START)


def frame(seq: int, agency_id: int | None = None) -> Frame:
    return Frame(seq, agency_id, f'{{"seq":{seq}}}')


def numbers(follower: Follower) -> list[int]:
    return [one.seq for one in follower.events]


@pytest.fixture(params=["sqlite", "postgresql"])
async def shared(
    request: pytest.FixtureRequest, database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Shared]:
    url = database_url
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres_server")
        name = tmp_path_factory.mktemp("log").name
        url = await asyncio.to_thread(migrated_database, server, name)
    database = Database.open(url)
    await add_fleet(database)
    shared = Shared.of(database)
    await shared.hub.start()
    yield shared
    await database.close()


async def test_twenty_writers_leave_no_gap_and_followers_see_their_order(shared: Shared) -> None:
    follower = Follower(EVERYTHING, limit=10_000)
    shared.hub.follow(follower)
    dice = random.Random(3)

    async def write(n: int) -> None:
        for round_ in range(5):
            fail = dice.random() < 0.3
            try:
                async with shared.database.write() as session:
                    for _ in range(dice.randrange(1, 4)):
                        await shared.log.append(session, "status.received", status(n), 1)
                    if fail:
                        raise LookupError(f"{n}.{round_}")
            except LookupError:
                continue

    await asyncio.gather(*(write(n) for n in range(20)))
    async with shared.database.read() as session:
        frames = await read_log(session, 0, 10_000)
    assert [one.seq for one in frames] == list(range(1, len(frames) + 1))
    assert [one.json for one in follower.events] == [one.json for one in frames]
    assert shared.hub.last_seq == len(frames) > 0


async def test_two_programs_over_one_database_share_the_numbers(shared: Shared) -> None:
    other = Shared.of(Database.open(str(shared.database.url)))
    await other.hub.start()

    async def write(log: EventLog, database: Database) -> None:
        for n in range(15):
            async with database.write() as session:
                await log.append(session, "status.received", status(n), None)

    await asyncio.gather(write(shared.log, shared.database), write(other.log, other.database))
    async with shared.database.read() as session:
        frames = await read_log(session, 0, 100)
    assert [one.seq for one in frames] == list(range(1, 31))
    await other.database.close()


async def test_a_hole_is_filled_from_the_log(shared: Shared) -> None:
    follower = Follower(EVERYTHING)
    shared.hub.follow(follower)
    silent = EventLog(lambda _frames: None)
    async with shared.database.write() as session:
        await silent.append(session, "status.received", status(1), None)
    async with shared.database.write() as session:
        await shared.log.append(session, "status.received", status(2), None)
    assert numbers(follower) == [], "2 may not come before 1"
    task = asyncio.create_task(shared.hub.run())
    async with asyncio.timeout(10):
        while len(follower.events) < 2:
            follower.wake.clear()
            await follower.wake.wait()
    assert numbers(follower) == [1, 2]
    async with shared.database.write() as session:
        await shared.log.append(session, "status.received", status(3), None)
    assert numbers(follower) == [1, 2, 3]
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_frame_is_what_the_contract_says(shared: Shared) -> None:
    follower = Follower(EVERYTHING)
    shared.hub.follow(follower)
    async with shared.database.write() as session:
        assert await shared.log.append(session, "status.received", status(7), 1) == 1
    sent = orjson.loads(follower.events[0].json)
    t = sent.pop("t")
    assert len(t) == len("2026-03-01T08:00:00.000Z")
    assert t.endswith("Z")
    assert sent == {
        "seq": 1,
        "type": "status.received",
        "data": {
            "radio_id": 1,
            "unit_id": None,
            "status": 7,
            "label": "7",
            "at": "2026-03-01T08:00:00.000Z",
        },
    }


def test_what_is_not_for_a_reader_becomes_ranges() -> None:
    frames = [frame(1, 1), frame(2, 2), frame(3, 2), frame(4), frame(5, 2)]
    got = list(filtered(frames, Scope(frozenset({1}))))
    assert got == [frames[0], Skip(2, 3), frames[3], Skip(5, 5)]
    assert got[1].json == '{"seq_from":2,"seq":3,"type":"skip"}'
    assert list(filtered(frames, Scope(frozenset()))) == [Skip(1, 3), frames[3], Skip(5, 5)]


def test_ranges_are_joined_while_they_wait() -> None:
    follower = Follower(Scope(frozenset({1})))
    for frames in ([frame(1, 2)], [frame(2, 2), frame(3, 1)], [frame(4, 2)]):
        follower.offer(list(filtered(frames, follower.scope)))
    assert list(follower.events) == [Skip(1, 2), frame(3, 1), Skip(4, 4)]


def test_a_console_that_does_not_follow_is_cut_off_with_bounded_memory() -> None:
    follower = Follower(EVERYTHING, limit=3)
    states = []
    for frames in ([frame(n) for n in range(1, 4)], [frame(4)]):
        follower.offer(frames)
        states.append(follower.too_slow)
    assert states == [False, True]
    follower.offer([frame(n) for n in range(5, 5000)])
    follower.offer_tick(tick({("positions", 1): b"{}"}, START))
    assert (len(follower.events), follower.waiting) == (0, 0)


async def test_old_events_are_forgotten_and_the_numbers_go_on(shared: Shared) -> None:
    async with shared.database.write() as session:
        await shared.log.append(session, "status.received", status(1), None)
    async with shared.database.write() as session:
        await session.execute(text("DELETE FROM event"))
    async with shared.database.write() as session:
        assert await shared.log.append(session, "status.received", status(1), None) == 2
    hub = Hub(shared.database)
    await hub.start()
    assert hub.last_seq == 2
