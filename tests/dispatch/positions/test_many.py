"""As many positions in one transaction as take another way into the database."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import compress, product
from typing import Any

import pytest
from sqlalchemy import text

from dispatch.ingest.memory import Memory
from dispatch.ingest.service import Ingest
from dispatch.ingest.store import store
from radio_gateway.bus.memory import MemoryBus
from radio_gateway.domain.events import PositionReported, PositionSource
from radio_gateway.domain.geo import GeoPoint
from radio_gateway.domain.ids import RadioId
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.wire import EventEnvelope
from tests.dispatch.world import LINK, OURS, START, World, envelope, moment

RADIOS = 120

pytestmark = pytest.mark.parametrize("world", ["sqlite", "postgresql"], indirect=True)
"On both in the quick suite: here each database is written to in its own way."


def reports(second: float, lat: float) -> list[EventEnvelope]:
    """One of each radio; of every third radio nothing but its place is known."""
    return [
        envelope(
            PositionReported(
                link=LINK,
                at=moment(second),
                radio=RadioId("liepaja", 10_000 + number),
                point=GeoPoint(lat, 21.0 + number / 1000),
                source=PositionSource.SENTENCE,
                speed_kmh=None if number % 3 == 0 else 18.5,
                stale=number % 2 == 0,
            ),
            seq=None,
        )
        for number in range(RADIOS)
    ]


def report(number: int, **values: Any) -> PositionReported:
    return PositionReported(
        link=LINK,
        at=moment(number),
        radio=RadioId("liepaja", 10_000 + number),
        point=GeoPoint(-56.5, -21.25),
        source=PositionSource.EMBEDDED,
        **values,
    )


async def rows(world: World, columns: str) -> list[tuple[Any, ...]]:
    """Of the radios from 10 000 on, in the order of their numbers."""
    query = (
        f"SELECT number - 10000, {columns} FROM position JOIN radio ON radio.id = radio_id "  # noqa: S608
        "WHERE number BETWEEN 10000 AND 20000 ORDER BY number"
    )
    async with world.database.read() as session:
        return [tuple(row) for row in (await session.execute(text(query))).all()]


async def test_whatever_is_unknown_of_a_report_is_null_and_the_rest_stays(world: World) -> None:
    values = {
        "fixed_at": START - timedelta(seconds=3),
        "speed_kmh": 18.5,
        "bearing_deg": 90.25,
        "error_m": 4.0,
        "altitude_m": -2.5,
    }
    known = list(product([True, False], repeat=len(values)))
    given = [
        report(number, **dict(compress(values.items(), one)))
        for number, one in enumerate(2 * known)
    ]
    async with world.database.write() as session:
        ours = replace(given[0], radio=OURS)
        await store(session, world.shared, [envelope(one, seq=None) for one in (*given, ours)])
        query = "SELECT count(*), min(unit_id) FROM position WHERE unit_id IS NOT NULL"
        assert tuple((await session.execute(text(query))).one()) == (1, 1)
    found = await rows(
        world, ", ".join((*values, "position.unit_id", "lat_e7", "lon_e7", "verified"))
    )
    fixed = 1_772_351_997_000_000
    "2026-03-01 07:59:57 UTC in microseconds."
    stored = [fixed if world.database.is_sqlite else values["fixed_at"], 18.5, 90.25, 4.0, -2.5]
    assert found == [
        (
            number,
            *(value if is_known else None for value, is_known in zip(stored, one, strict=True)),
            *(None, -565_000_000, -212_500_000, True),
        )
        for number, one in enumerate(2 * known)
    ]


async def test_a_report_that_is_there_already_stays_and_holds_up_no_other(world: World) -> None:
    async with world.database.write() as session:
        await store(session, world.shared, [envelope(report(100, speed_kmh=7.0), seq=None)])
    again = [envelope(report(number, speed_kmh=9.0), seq=None) for number in range(RADIOS)]
    async with world.database.write() as session:
        # without the writer's memory: it would know that this instant is taken
        await store(session, world.shared, again, Memory())
    found = await rows(world, "speed_kmh")
    assert found == [(number, 7.0 if number == 100 else 9.0) for number in range(RADIOS)]


async def test_a_report_that_no_column_takes_holds_up_no_other(world: World) -> None:
    bad = report(700, speed_kmh=1e300)
    some = [report(number) for number in range(600)]
    bus = MemoryBus()
    ingest = Ingest(world.shared, bus)
    task = asyncio.create_task(ingest.run())
    await bus.publish([envelope(one, seq=None) for one in (*some[:400], bad, *some[400:])])
    await bus.close()
    async with asyncio.timeout(60):
        await task
    found = await rows(world, "lat_e7")
    assert [one for one in found if one[0] < 700] == [(n, -565_000_000) for n in range(600)]
    assert ingest.rejected == (0 if world.database.is_sqlite else 1)


async def test_two_fixes_of_one_instant_at_midnight_are_both_kept(world: World) -> None:
    """The second lies a microsecond later, on a day that nothing else was heard of."""
    last = datetime(2026, 2, 10, 23, 59, 59, 999_999, tzinfo=UTC)
    one = replace(report(1), at=Moment(0.0, last))
    many = [
        envelope(replace(one, radio=RadioId("liepaja", 10_000 + n)), seq=None) for n in range(99)
    ]
    async with world.database.write() as session:
        await store(session, world.shared, [*many, envelope(one, seq=None)])
    assert len(await rows(world, "1")) == 100


async def test_the_newest_of_each_of_many_radios_wins(world: World) -> None:
    memory = Memory()
    async with world.database.write() as session:
        await store(session, world.shared, reports(10, 56.1), memory)
        await store(session, world.shared, reports(30, 56.3), memory)
    async with world.database.write() as session:
        await store(session, world.shared, reports(20, 56.2), None)
    async with world.database.read() as session:
        query = (
            "SELECT number - 10000, lat_e7, lon_e7, speed_kmh, source, stale, verified "
            "FROM latest_position JOIN radio ON radio.id = radio_id "
            "WHERE number >= 10000 AND number < 10999 ORDER BY number"
        )
        found = [tuple(row) for row in (await session.execute(text(query))).all()]
        kept = (await session.execute(text("SELECT count(*) FROM position"))).scalar_one()
    assert kept == 3 * RADIOS
    assert found == [
        (
            number,
            563_000_000,
            210_000_000 + number * 10_000,
            None if number % 3 == 0 else 18.5,
            4,
            number % 2 == 0,
            True,
        )
        for number in range(RADIOS)
    ]
