"""From an event to the commit, beside the raw rate of the table, and one object a commit."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import text

from dispatch import clock
from dispatch.agencies.models import Agency
from dispatch.db import migrate
from dispatch.db.database import Database
from dispatch.ingest.service import Ingest
from dispatch.positions.days import make_days
from dispatch.positions.models import LatestPosition
from dispatch.radios.models import Radio
from dispatch.units.models import Unit
from radio_gateway.domain.events import (
    CallEnded,
    CallEndReason,
    CallKind,
    CallStarted,
    EmergencyRaised,
    EmergencySource,
    Event,
    PositionReported,
    PositionSource,
    TextReceived,
)
from radio_gateway.domain.geo import GeoPoint
from radio_gateway.domain.ids import RadioId, TalkgroupId
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.wire import EventEnvelope
from tests.bench.ingesting import ingesting
from tests.bench.raw_rows import raw_postgresql, raw_sqlite, row
from tests.bench.results import record
from tests.dispatch.postgres import migrated_database

pytestmark = pytest.mark.bench

RADIOS: Final = 1_000
BATCH: Final = 1_000
BATCHES: Final = 40
NAIVE: Final = 300
EVENTS: Final = 2_000
"Texts, and what is said of calls."
ALARMS: Final = 800
ALONE: Final = 100

_ids = count(1)


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """A fleet of a thousand radios; PostgreSQL with fsync, as it runs in earnest."""
    if request.param == "sqlite":
        url = f"sqlite+aiosqlite:///{tmp_path / 'dispatch.db'}"
        await migrate.upgrade(url)
    else:
        server = request.getfixturevalue("postgres_server")
        url = await asyncio.to_thread(migrated_database, server, f"bench {tmp_path.name}"[:60])
    database = Database.open(url)
    async with database.write() as session:
        session.add(Agency(id=1, code="liepaja", name="Liepaja", country="LV"))
        await session.flush()
        session.add_all(
            Unit(id=number, agency_id=1, call_sign=f"L-{number}") for number in range(1, RADIOS + 1)
        )
        await session.flush()
        session.add_all(
            Radio(
                id=number,
                network="liepaja",
                number=number,
                label=str(number),
                unit_id=number,
                agency_id=1,
            )
            for number in range(1, RADIOS + 1)
        )
        if not database.is_sqlite:
            today = clock.now().date()
            await make_days(session, [today - timedelta(days=1), today])
    yield database
    await database.close()


def reported(number: int, at: datetime) -> PositionReported:
    return PositionReported(
        link="rimi",
        at=Moment(0.0, at),
        radio=RadioId("liepaja", number % RADIOS + 1),
        point=GeoPoint(56.5 + number % 97 / 1e4, 21.0),
        source=PositionSource.TRIGGERED,
        fixed_at=at - timedelta(seconds=1),
        speed_kmh=18.52,
        bearing_deg=90.0,
    )


def envelopes(events: list[Event]) -> list[EventEnvelope]:
    return [EventEnvelope(f"event-{next(_ids)}", "gw", None, one) for one in events]


async def naive(database: Database, at: datetime) -> float:
    """Events a second the obvious way: an object and a commit for each."""
    began = time.perf_counter()
    for number in range(NAIVE):
        event = reported(number, at + timedelta(milliseconds=number))
        async with database.write() as session:
            values: dict[str, Any] = {
                "radio_id": number % RADIOS + 1,
                "unit_id": number % RADIOS + 1,
                "lat": event.point.lat,
                "lon": event.point.lon,
                "heard_at": event.at.utc,
                "fixed_at": event.fixed_at,
                "speed_kmh": event.speed_kmh,
                "bearing_deg": event.bearing_deg,
                "source": event.source.value,
            }
            await session.merge(LatestPosition(**values))
    return NAIVE / (time.perf_counter() - began)


async def stored(ingest: Ingest, wanted: int) -> None:
    async with asyncio.timeout(60):
        while ingest.stored < wanted:  # noqa: ASYNC110  what is waited for has no event of its own
            await asyncio.sleep(0.02)


async def timed(work: Callable[[], Awaitable[None]]) -> tuple[float, float]:
    """Seconds by the clock, and of this process's processors."""
    began, cpu = time.perf_counter(), time.process_time()
    await work()
    return time.perf_counter() - began, time.process_time() - cpu


async def test_positions_beside_raw_inserts_and_the_obvious_way(database: Database) -> None:
    base = "sqlite" if database.is_sqlite else "postgresql"
    now = datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=2 * BATCHES)

    def moment(number: int, shift: float) -> datetime:
        return now + timedelta(microseconds=number * 1000, seconds=shift)

    # the table has rows already when it is measured
    rows = [
        [row(n, RADIOS, moment(n, 0.0)) for n in range(start, start + BATCH)]
        for start in range(0, 2 * BATCHES * BATCH, BATCH)
    ]
    warm, measured = rows[:BATCHES], rows[BATCHES:]
    if database.is_sqlite:
        path = str(database.url.database)
        await asyncio.to_thread(raw_sqlite, path, warm)
        raw = await asyncio.to_thread(raw_sqlite, path, measured)
    else:
        await raw_postgresql(database.url, warm)
        raw = await raw_postgresql(database.url, measured)
    obvious = await naive(database, moment(0, 0.5))
    batches = [
        envelopes([reported(n, moment(n, 1e-4)) for n in range(start, start + BATCH)])
        for start in range(0, (BATCHES + 1) * BATCH, BATCH)
    ]
    async with ingesting(database) as (ingest, bus):
        await bus.publish(batches[0])
        await stored(ingest, BATCH)

        async def work() -> None:
            for batch in batches[1:]:
                await bus.publish(batch)
            await stored(ingest, (BATCHES + 1) * BATCH)

        took, cpu = await timed(work)
        rejected, shed = ingest.rejected, sum(ingest.shed.values())
    rate = BATCHES * BATCH / took
    assert (rejected, shed) == (0, 0)
    async with database.read() as session:
        rows_now = (await session.execute(text("SELECT count(*) FROM position"))).scalar_one()
    assert rows_now == (3 * BATCHES + 1) * BATCH
    note = f"{cpu / (BATCHES * BATCH) * 1e6:.1f} us of processor for each"
    record(
        f"positions to commit, {base}",
        rate,
        "/s",
        raw=raw,
        ratio=rate / raw,
        goal=">= 50 %",
        ok=rate >= 0.5 * raw,
        note=note,
    )
    record(
        f"positions to commit, {base}, beside one object for each commit",
        rate,
        "/s",
        raw=obvious,
        ratio=rate / obvious,
        goal=">= 50 x",
        ok=rate >= 50 * obvious,
    )


def texts(now: datetime) -> list[Event]:
    return [
        TextReceived(
            link="rimi",
            at=Moment(0.0, now),
            radio=RadioId("liepaja", n % RADIOS + 1),
            text="Vieta sasniegta",
            reference=str(n),
        )
        for n in range(EVENTS)
    ]


def calls(now: datetime) -> list[Event]:
    """Eight at a time: a call begins, and that of eight calls before ends."""
    begins, ends = list[Event](), list[Event]()
    for n in range(EVENTS // 2):
        call: dict[str, Any] = {
            "link": "rimi",
            "at": Moment(0.0, now),
            "call": f"call {n}",
            "conversation": f"call {n - n % 5}",
            "kind": CallKind.GROUP,
            "radio": RadioId("liepaja", n % RADIOS + 1),
            "talkgroup": TalkgroupId("liepaja", n % 20 + 1),
            "slot": n % 2 + 1,
            "colour_code": 1,
            "site": f"site {n % 4}",
        }
        begins.append(CallStarted(**call))
        ends.append(
            CallEnded(
                started_at=now,
                duration_s=3.5,
                reason=CallEndReason.TERMINATOR,
                ber_percent=0.4,
                rssi_dbm=-81.5,
                **call,
            )
        )
    pairs = zip(begins[8:], ends[:-8], strict=True)
    return [*begins[:8], *(event for pair in pairs for event in pair), *ends[-8:]]


def alarms(now: datetime) -> list[Event]:
    return [
        EmergencyRaised(
            link="rimi",
            at=Moment(0.0, now),
            radio=RadioId("liepaja", n % RADIOS + 1),
            source=EmergencySource.ALARM,
        )
        for n in range(ALARMS)
    ]


@pytest.mark.parametrize(
    ("make", "what", "goal_ms"),
    [
        (texts, "text", 0.4),
        (calls, "beginning or end of a call", 0.4),
        (alarms, "alarm of many", 3.0),
    ],
)
async def test_a_backlog_of_what_must_not_be_lost(
    database: Database, make: Callable[[datetime], list[Event]], what: str, goal_ms: float
) -> None:
    """Processor time of this process alone; PostgreSQL's own is not in it."""
    base = "sqlite" if database.is_sqlite else "postgresql"
    some = envelopes(make(datetime.now(UTC)))
    warm = len(some) // 5
    async with ingesting(database) as (ingest, bus):
        await bus.publish(some[:warm])
        await stored(ingest, warm)

        async def work() -> None:
            await bus.publish(some[warm:])
            await stored(ingest, len(some))

        took, cpu = await timed(work)
        assert ingest.rejected == 0
    measured = len(some) - warm
    each = cpu / measured * 1e3
    record(
        f"{what} to commit, {base}",
        each,
        "ms",
        goal=f"<= {goal_ms:g}",
        ok=each <= goal_ms,
        note=f"of processor; {measured / took:,.0f} stored in a second",
    )


async def test_an_alarm_that_comes_alone(database: Database) -> None:
    base = "sqlite" if database.is_sqlite else "postgresql"
    some = envelopes(alarms(datetime.now(UTC))[:ALONE])
    waits: list[float] = []
    async with ingesting(database) as (ingest, bus):
        for number, one in enumerate(some, 1):
            began = time.perf_counter()
            await bus.publish([one])
            async with asyncio.timeout(60):
                while ingest.stored < number:  # noqa: ASYNC110  as above
                    await asyncio.sleep(0)
            waits.append(time.perf_counter() - began)
    middle = sorted(waits)[len(waits) // 2] * 1e3
    record(f"alarm that comes alone to commit, {base}", middle, "ms", note="median, by the clock")
