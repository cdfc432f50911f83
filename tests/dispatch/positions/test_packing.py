"""The keys of days that are over: smaller, nobody locked out, and no harm when interrupted."""

# ruff: noqa: S608  statements made of this file's own words and numbers

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from dispatch.db.database import Database
from dispatch.positions import packing
from dispatch.positions.days import existing_days, make_days
from dispatch.positions.packing import Packing, pack_days
from dispatch.positions.service import track
from tests.dispatch.desk import open_desk
from tests.dispatch.positions.test_days import position
from tests.dispatch.postgres import migrated_database
from tests.dispatch.world import START, World, open_world

DAY = timedelta(days=1)
MORNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"An hour after the day of `START` is over."
TABLE, KEY = "position_20260301", "position_20260301_pkey"
RADIOS, ROUNDS = 1000, 60
NEVER_S = 60
"What does not come in this time does not come."


@pytest.fixture
async def town(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    """A world on PostgreSQL, on whose first day a thousand radios reported in turns."""
    server = request.getfixturevalue("postgres_server")
    url = await asyncio.to_thread(migrated_database, server, f"packing {tmp_path.name}"[:60])
    database = Database.open(url)
    async with open_world(database) as world:
        async with database.write() as session:
            missing = {START.date(), START.date() + DAY} - await existing_days(session)
            await make_days(session, missing)
        await fill(database)
        yield world
    await database.close()


async def fill(database: Database) -> None:
    """In the order of time, as radios report."""
    async with database.write() as session:
        await session.execute(
            text(
                "INSERT INTO position (heard_at, radio_id, unit_id, lat_e7, lon_e7, source, stale, "
                "verified) SELECT '2026-03-01 00\\:00+00'\\:\\:timestamptz + i * interval '1 s', "
                "1000 + radio, NULL, 560000000, 210000000, 2, false, true "
                f"FROM generate_series(1, {ROUNDS}) AS i, generate_series(1, {RADIOS}) AS radio"
            )
        )


async def ask(database: Database, query: str) -> object:
    async with database.read() as session:
        return (await session.execute(text(query))).scalar_one()


async def size(database: Database) -> int:
    return int(str(await ask(database, f"SELECT pg_relation_size('{KEY}')")))


async def leftovers(database: Database) -> object:
    return await ask(database, "SELECT count(*) FROM pg_index WHERE NOT indisvalid")


async def file_of(database: Database) -> object:
    return await ask(database, f"SELECT pg_relation_filenode('{KEY}')")


async def waits(database: Database) -> None:
    """Until a packing has built the new key and waits for those who use the old one."""
    await until(
        database,
        "SELECT count(*) FROM pg_stat_progress_create_index WHERE phase LIKE 'waiting%'",
    )


async def until(database: Database, count: str) -> None:
    """Until this query says 1."""
    async with asyncio.timeout(NEVER_S):
        while await ask(database, count) != 1:  # noqa: ASYNC110  the server tells nobody
            await asyncio.sleep(0.01)


async def look(session: AsyncSession) -> int:
    """Reports of the day, by a transaction that stays open."""
    query = f"SELECT count(*) FROM {TABLE}"
    return int((await session.execute(text(query))).scalar_one())


@pytest.mark.slow
async def test_a_day_that_is_over_takes_less_room_and_loses_nothing(town: World) -> None:
    database = town.database
    before = await size(database)
    assert await pack_days(database, MORNING - timedelta(seconds=1)) == 0
    assert await size(database) == before
    assert await pack_days(database, MORNING) == 1
    assert await size(database) < 0.8 * before
    assert await ask(database, f"SELECT count(*) FROM {TABLE}") == RADIOS * ROUNDS
    assert await leftovers(database) == 0


@pytest.mark.slow
async def test_what_is_packed_is_not_packed_again(town: World) -> None:
    assert await pack_days(town.database, MORNING) == 1
    file = await file_of(town.database)
    assert await pack_days(town.database, MORNING) == 0
    assert await pack_days(town.database, MORNING + DAY) == 1  # the next day alone
    assert await file_of(town.database) == file


@pytest.mark.slow
async def test_reports_come_and_tracks_are_read_while_a_day_is_packed(town: World) -> None:
    database = town.database
    async with database.read() as session:
        assert await look(session) == RADIOS * ROUNDS
        task = asyncio.create_task(pack_days(database, MORNING))
        await waits(database)
        await town.hear(position(START, 56.1))
        assert await heard(town) == [START]
        assert not task.done()
    assert await asyncio.wait_for(task, NEVER_S) == 1
    late = START + timedelta(minutes=1)
    await town.hear(position(late, 56.2))
    assert await heard(town) == [START, late]
    await town.hear(position(START, 56.1))  # the same again: its key is known
    assert await ask(database, f"SELECT count(*) FROM {TABLE}") == RADIOS * ROUNDS + 2


async def heard(world: World) -> list[datetime]:
    async with world.database.read() as session:
        found = await track(session, 1, START - DAY, START + DAY, 5000)
    return [point.heard_at for point in found.points]


@pytest.mark.slow
async def test_an_interrupted_packing_leaves_nothing_for_long(town: World) -> None:
    database = town.database
    before = await size(database)
    async with database.read() as session:
        await look(session)
        task = asyncio.create_task(pack_days(database, MORNING))
        await waits(database)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert await leftovers(database) == 1
    assert await pack_days(database, MORNING) == 1
    assert await leftovers(database) == 0
    assert await size(database) < 0.8 * before


@pytest.mark.slow
async def test_a_day_that_cannot_be_packed_waits_for_the_next_time(
    town: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(packing, "LOCK_MS", 50)
    async with town.database.write() as session:
        await session.execute(text(f"LOCK TABLE {TABLE} IN SHARE UPDATE EXCLUSIVE MODE"))
        assert await pack_days(town.database, MORNING) == 0
    assert "packed later" in caplog.text
    assert await pack_days(town.database, MORNING) == 1


@pytest.mark.slow
async def test_a_server_packs_by_itself(town: World, tmp_path: Path) -> None:
    url = town.database.url.render_as_string(hide_password=False)
    async with open_desk(url, tmp_path):
        await until(
            town.database,
            f"SELECT count(*) FROM pg_class WHERE relname = '{KEY}' "
            "AND 'fillfactor=100' = ANY (reloptions)",
        )


@pytest.mark.slow
async def test_a_database_that_is_away_is_logged(
    town: World, caplog: pytest.LogCaptureFixture
) -> None:
    away = Database.open("postgresql+asyncpg://sardze@/sardze?host=/nowhere")
    assert await pack_days(away, MORNING) == 0
    assert "packed later" in caplog.text
    await away.close()


async def test_sqlite_has_nothing_to_pack(database: Database) -> None:
    assert database.is_sqlite
    assert await pack_days(database, MORNING) == 0
    async with asyncio.timeout(NEVER_S):  # its work ends at once
        await Packing(database, lambda: MORNING).run()
