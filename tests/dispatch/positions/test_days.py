"""Positions by day: kept apart, carried over, forgotten; tracks and who was near."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from dispatch.db import migrate
from dispatch.db.database import Database
from dispatch.errors import InvalidRequestError
from dispatch.ingest.memory import Memory
from dispatch.ingest.store import store
from dispatch.live.scope import EVERYTHING, Scope
from dispatch.positions.area import Area
from dispatch.positions.days import drop_days, existing_days
from dispatch.positions.service import (
    NearReasonRequiredError,
    NearSpanTooLongError,
    check_near,
    near,
    track,
)
from radio_gateway.domain.events import PositionReported, PositionSource
from radio_gateway.domain.geo import GeoPoint
from radio_gateway.domain.ids import RadioId
from radio_gateway.domain.moment import Moment
from tests.dispatch.conftest import sqlite_url
from tests.dispatch.postgres import create_database
from tests.dispatch.world import LINK, OURS, START, THEIRS, World, add_fleet, envelope

DAY = timedelta(days=1)


def position(at: datetime, lat: float = 56.5, radio: RadioId = OURS) -> PositionReported:
    return PositionReported(
        link=LINK,
        at=Moment(0.0, at),
        radio=radio,
        point=GeoPoint(lat, 21.0),
        source=PositionSource.TRIGGERED,
        fixed_at=at - timedelta(seconds=2),
        speed_kmh=18.52,
    )


async def times(world: World) -> list[datetime]:
    """When the unit 1 was heard, as its track says."""
    async with world.database.read() as session:
        found = await track(session, 1, START - 400 * DAY, START + 400 * DAY, 5000)
    return [point.heard_at for point in found.points]


@pytest.mark.parametrize("world", ["sqlite"], indirect=True)
async def test_who_was_near_is_sought_radio_by_radio(world: World) -> None:
    """SQLite keeps a radio's reports side by side; by instants it reads a page for each report."""
    statements: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, sql: str, values: Any, *_rest: Any) -> None:
        statements.append((sql, values))

    async with world.database.read() as session:
        connection = await session.connection()
        event.listen(connection.engine.sync_engine, "before_cursor_execute", note)
        for scope in (EVERYTHING, Scope(frozenset({1}))):
            await near(session, Area(56.0, 20.0, 57.0, 22.0), START, START + DAY, scope, 10)
        plans = [
            (await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)).scalars(3).all()
            for sql, values in list(statements)
        ]
    assert len(plans) == 2
    assert all("PRIMARY KEY (radio_id=? AND heard_at>? AND heard_at<?)" in one[0] for one in plans)


async def test_two_fixes_of_one_instant_are_both_kept(world: World) -> None:
    await world.hear(position(START, 56.1), position(START, 56.2), position(START, 56.3))
    assert await times(world) == [START + n * timedelta(microseconds=1) for n in range(3)]


async def test_the_same_report_again_has_no_effect(world: World) -> None:
    one, memory = envelope(position(START), seq=None), Memory()
    for remembered in (memory, memory, None):
        async with world.database.write() as session:
            await store(session, world.shared, [one], remembered)
    assert await times(world) == [START]


@pytest.mark.parametrize(
    "wrong", [datetime(1970, 1, 1, tzinfo=UTC), datetime(2106, 2, 7, tzinfo=UTC)]
)
async def test_a_clock_that_is_hopelessly_wrong_gives_way_to_ours(
    world: World, wrong: datetime
) -> None:
    await world.hear(position(wrong))
    await world.hear(position(START + timedelta(seconds=1), 56.7))
    assert await times(world) == [START, START + timedelta(seconds=1)]
    async with world.database.read() as session:
        lat = (await session.execute(text("SELECT lat_e7 FROM latest_position"))).scalar_one()
        days = await existing_days(session)
    assert lat == 567_000_000
    assert len(days) == (0 if world.database.is_sqlite else 3)


async def test_a_track_says_what_was_reported(world: World) -> None:
    await world.hear(position(START, 56.1234567))
    async with world.database.read() as session:
        found = await track(session, 1, START, START + DAY, 10)
    (point,) = found.points
    assert (point.lat, point.lon, point.speed_kmh) == (56.1234567, 21.0, 18.52)
    assert (point.source, point.fixed_at) == ("triggered", START - timedelta(seconds=2))
    assert (point.stale, point.verified, point.error_m) == (False, True, None)


async def test_a_track_follows_the_unit_from_radio_to_radio(world: World) -> None:
    await world.hear(position(START, 56.1))
    async with world.database.write() as session:
        await session.execute(text("UPDATE radio SET unit_id = 1 WHERE id = 2"))
        await session.execute(text("UPDATE radio SET unit_id = 2 WHERE id = 1"))
    await world.hear(
        position(START + timedelta(hours=2), 56.2, THEIRS), position(START + timedelta(hours=3))
    )
    async with world.database.read() as session:
        found = await track(session, 1, START, START + DAY, 10)
    assert [(one.radio_id, one.lat) for one in found.points] == [(1, 56.1), (2, 56.2)]


async def test_a_writer_notices_that_a_radio_changed_hands(world: World) -> None:
    memory = Memory()
    for number, hour in enumerate((0, 1)):
        async with world.database.write() as session:
            one = envelope(position(START + timedelta(hours=hour)), seq=None)
            await store(session, world.shared, [one], memory)
            if number == 0:
                await session.execute(text("UPDATE radio SET unit_id = 2 WHERE id = 1"))
    async with world.database.read() as session:
        rows = (await session.execute(text("SELECT unit_id FROM position ORDER BY heard_at"))).all()
    assert [row[0] for row in rows] == [1, 2]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE radio SET agency_id = 2 WHERE id = 1",
        "UPDATE radio SET alias = 'Ozols' WHERE id = 1",
        "DELETE FROM radio WHERE id = 3",
        "INSERT INTO radio (network, number, label, presence) VALUES ('x', 1, '1', 'on')",
        "UPDATE talkgroup SET agency_id = 2 WHERE id = 1",
        "DELETE FROM unit WHERE id = 2",
    ],
)
async def test_any_change_of_the_fleet_moves_its_version(world: World, change: str) -> None:
    assert await moved(world, change)


async def test_hearing_a_radio_does_not_move_the_version(world: World) -> None:
    assert not await moved(world, "UPDATE radio SET last_heard_at = presence_at, presence = 'on'")


async def moved(world: World, change: str) -> bool:
    numbers = []
    for statement in ("SELECT 1", change):
        async with world.database.write() as session:
            await session.execute(text(statement))
            found = await session.execute(text("SELECT number FROM fleet_version"))
            numbers.append(found.scalar_one())
    return bool(numbers[1] > numbers[0])


async def test_old_days_are_forgotten_and_newer_ones_are_not(world: World) -> None:
    await world.hear(*(position(START - n * DAY) for n in range(4)))
    today = START.date()
    assert await drop_days(world.database, today - 2 * DAY) == 1
    assert await times(world) == [START - 2 * DAY, START - DAY, START]
    assert await drop_days(world.database, today - 2 * DAY) == 0
    async with world.database.read() as session:
        days = await existing_days(session)
    ahead = {today + n * DAY for n in range(-2, 3)}
    assert days == (set[date]() if world.database.is_sqlite else ahead)


async def test_who_was_near_is_told_within_area_time_and_scope(world: World) -> None:
    await world.hear(
        position(START, 56.5),
        position(START + timedelta(minutes=1), 57.5),
        position(START + timedelta(minutes=2), 56.5, THEIRS),
        position(START + timedelta(hours=2), 56.5),
    )
    area, until = Area(56.0, 20.0, 57.0, 22.0), START + timedelta(hours=1)
    async with world.database.read() as session:
        everyone = await near(session, area, START, until, EVERYTHING, 10)
        first = await near(session, area, START, until, EVERYTHING, 1)
        ours = await near(session, area, START, until, Scope(frozenset({1})), 10)
    assert [(one.radio_id, one.unit_id, one.lat) for one in everyone.items] == [
        (1, 1, 56.5),
        (2, 2, 56.5),
    ]
    assert everyone.complete
    assert [one.radio_id for one in first.items] == [1]
    assert not first.complete
    assert [one.radio_id for one in ours.items] == [1]


def test_who_was_near_needs_a_supervisor_a_reason_and_a_day_at_most() -> None:
    check_near(START, START + DAY, supervisor=True, reason="robbery")
    with pytest.raises(NearReasonRequiredError):
        check_near(START, START + DAY, supervisor=False, reason="robbery")
    with pytest.raises(NearReasonRequiredError):
        check_near(START, START + DAY, supervisor=True, reason=" ")
    with pytest.raises(NearSpanTooLongError):
        check_near(START, START + 2 * DAY, supervisor=True, reason="robbery")
    with pytest.raises(InvalidRequestError):
        check_near(START, START, supervisor=True, reason="robbery")
    with pytest.raises(InvalidRequestError, match="180th"):
        Area(56.0, 22.0, 57.0, 20.0)


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
async def test_positions_are_carried_over_to_days_and_back(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if kind == "sqlite":
        url = sqlite_url(tmp_path / "old.db")
    else:
        server = request.getfixturevalue("postgres_server")
        url = await create_database(server, f"carried {tmp_path.name}"[:60])
    await migrate.upgrade(url)
    database = Database.open(url)
    await add_fleet(database)
    await database.close()
    await migrate.downgrade(url, "0005")
    columns = "radio_id, unit_id, lat, lon, heard_at, fixed_at, speed_kmh, source, stale, verified"
    instants = (
        "2026-03-01 08:00:00.250001",
        "2026-03-01 08:00:00.250001",
        "2026-03-02 00:00:00.000000",
    )
    zone = "" if kind == "sqlite" else "+00"
    database = Database.open(url)
    async with database.write() as session:
        for number, at in enumerate(instants):
            await session.execute(
                text(
                    f"INSERT INTO position ({columns}) VALUES (1, 1, 56.{number}, 21.5, "  # noqa: S608
                    f"'{at}{zone}', NULL, 18.52, 'emergency', false, true)"
                )
            )
    await database.close()
    await migrate.upgrade(url)
    database = Database.open(url)
    first = datetime(2026, 3, 1, 8, 0, 0, 250001, UTC)
    expected = [first, first + timedelta(microseconds=1), datetime(2026, 3, 2, tzinfo=UTC)]
    async with database.read() as session:
        found = await track(session, 1, START - DAY, START + 2 * DAY, 10)
    assert [one.heard_at for one in found.points] == expected
    assert [one.lat for one in found.points] == [56.0, 56.1, 56.2]
    assert {(one.lon, one.speed_kmh, one.source) for one in found.points} == {
        (21.5, 18.52, "emergency")
    }
    await database.close()
    await migrate.downgrade(url, "0005")
    database = Database.open(url)
    async with database.read() as session:
        query = "SELECT lat, source, CAST(heard_at AS text) FROM position ORDER BY id"
        back = (await session.execute(text(query))).all()
    await database.close()
    assert [(row[0], row[1]) for row in back] == [(56.0 + n / 10, "emergency") for n in range(3)]
    if kind == "sqlite":
        assert back[0][2] == instants[0]
