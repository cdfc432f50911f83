"""How long people wait for a look at ten million positions and a million calls and texts.

SARDZE_BENCH_POSITIONS sets the size; there are a tenth as many calls, and as many texts.
"""

import asyncio
import contextlib
import os
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import timedelta
from pathlib import Path
from statistics import quantiles
from typing import Any, Final

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from dispatch.calls.filters import CallFilter
from dispatch.calls.repository import CallRepository
from dispatch.db import migrate
from dispatch.db.database import Database
from dispatch.live.scope import EVERYTHING, Scope
from dispatch.messages.filters import MessageFilter
from dispatch.messages.models import MessageState
from dispatch.messages.repository import MessageRepository
from dispatch.positions.area import Area
from dispatch.positions.days import drop_days
from dispatch.positions.repository import PositionRepository
from tests.bench.ingesting import reporting
from tests.bench.records import SIDE, SOUTH, START, UNITS, WEST, Amount, add_fleet, fill
from tests.bench.results import record
from tests.dispatch.conftest import sqlite_url
from tests.dispatch.postgres import create_database

pytestmark = pytest.mark.bench

POSITIONS: Final = int(os.environ.get("SARDZE_BENCH_POSITIONS", "10000000"))
AMOUNT: Final = Amount(POSITIONS, POSITIONS // 10)
ROUNDS: Final = 100
PAGE: Final = 50
REPORTS: Final = 2_000
"Positions a second, stored beside a track."
LOG_END: Final = START + timedelta(seconds=2.6 * AMOUNT.logged)

Query = Callable[[AsyncSession, random.Random], Awaitable[Sequence[Any]]]


@pytest.fixture(params=["postgresql", "sqlite"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """One with the present schema and a fleet of 1 000 units."""
    if request.param == "sqlite":
        url = sqlite_url(tmp_path / "queries.db")
    else:
        url = await create_database(request.getfixturevalue("postgres_server"), "queries")
    await migrate.upgrade(url)
    database = Database.open(url)
    await add_fleet(database)
    yield database
    await database.close()


async def test_queries_over_a_full_database(database: Database) -> None:
    kind = "SQLite" if database.is_sqlite else "PostgreSQL"
    began = time.perf_counter()
    octets = await fill(database, AMOUNT)
    record(f"{kind}: fill", time.perf_counter() - began, "s", note=f"{POSITIONS:,} positions")
    for table, size in octets.items():
        rows = POSITIONS if table == "position" else AMOUNT.logged
        per_million = size / rows  # octets of a row are MB of a million
        goal = 120.0 if table == "position" else None
        record(
            f"{kind}: size of {table}",
            per_million,
            "MB/million",
            goal=None if goal is None else f"<= {goal:.0f}",
            ok=None if goal is None else per_million <= goal,
        )
    for name, limit_ms, least, query in QUERIES:
        p50, p95, rows = await _measure(database, query)
        assert rows >= least, f"{name} found {rows} rows"
        record(
            f"{kind}: {name}",
            p95,
            "ms",
            goal=f"< {limit_ms}",
            ok=p95 < limit_ms,
            note=f"p95 of {ROUNDS}; p50 {p50:.2f}",
        )
    await _track_beside_ingest(database, kind)
    if len(AMOUNT.days) == 1:
        return  # too few for a day that is over
    await _forget_a_day(database, kind)


async def _forget_a_day(database: Database, kind: str) -> None:
    """PostgreSQL drops it whole; SQLite deletes rows in steps, between which others write."""
    waits: list[float] = []

    async def write() -> None:
        while True:
            began = time.perf_counter()
            async with database.write():
                waits.append((time.perf_counter() - began) * 1000)
            await asyncio.sleep(0.01)

    writer = asyncio.create_task(write())
    began = time.perf_counter()
    assert await drop_days(database, AMOUNT.days[1]) == 1
    seconds = time.perf_counter() - began
    writer.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await writer
    whole = not database.is_sqlite
    record(
        f"{kind}: forget a day",
        seconds,
        "s",
        goal="< 1" if whole else None,
        ok=seconds < 1 if whole else None,
        note="" if whole else "in steps, between which others write",
    )
    record(
        f"{kind}: longest wait of a writer meanwhile", max(waits), "ms",
        goal="< 100", ok=max(waits) < 100, note=f"{len(waits):,} waited",
    )  # fmt: skip


async def _track_beside_ingest(database: Database, kind: str) -> None:
    """In the process that stores what radios report, which one process does all alone."""
    async with reporting(database, REPORTS, "n", UNITS, AMOUNT.end) as ingest:
        async with asyncio.timeout(60):
            while ingest.stored < REPORTS // 10:  # noqa: ASYNC110  it tells nobody
                await asyncio.sleep(0.01)
        before, began = ingest.stored, time.monotonic()
        p50, p95, rows = await _measure(database, _track, pause_s=0.02)
        rate = (ingest.stored - before) / (time.monotonic() - began)
    assert rows > 0
    assert ingest.rejected == 0
    record(
        f"{kind}: track of 8 h while ingesting",
        p95,
        "ms",
        goal="< 50",
        ok=p95 < 50,
        note=f"p95 of {ROUNDS}; p50 {p50:.2f}; {rate:,.0f} of {REPORTS:,}/s stored",
    )


async def _measure(
    database: Database, query: Query, pause_s: float = 0.0
) -> tuple[float, float, int]:
    """p50 and p95 in ms with the session's own costs, and the fewest rows that one found.

    `pause_s`: between two queries, for what goes on beside them.
    """
    dice = random.Random(7)
    times: list[float] = []
    fewest = 1_000_000
    for n in range(ROUNDS + 5):
        if pause_s:
            await asyncio.sleep(pause_s)
        began = time.perf_counter()
        async with database.read() as session:
            found = await query(session, dice)
        if n >= 5:
            times.append((time.perf_counter() - began) * 1000)
            fewest = min(fewest, len(found))
    hundredths = quantiles(times, n=100)
    return hundredths[49], hundredths[94], fewest


async def _latest(session: AsyncSession, _dice: random.Random) -> Sequence[Any]:
    return await PositionRepository(session).latest(EVERYTHING)


async def _track(session: AsyncSession, dice: random.Random) -> Sequence[Any]:
    unit = dice.randint(1, UNITS)
    span = min(timedelta(hours=8), (AMOUNT.end - START) / 2)
    since = START + dice.random() * (AMOUNT.end - START - span)
    repository = PositionRepository(session)
    radios = await repository.carried(unit, since, since + span)
    return await repository.track(unit, radios, since, since + span, 1)


async def _box(session: AsyncSession, dice: random.Random) -> Sequence[Any]:
    south, west = SOUTH + dice.random() * SIDE * 0.9, WEST + dice.random() * SIDE * 0.9
    area = Area(south, west, south + SIDE / 10, west + SIDE / 10)
    since = START + dice.random() * (AMOUNT.end - START - timedelta(minutes=10))
    until = since + timedelta(minutes=10)
    return await PositionRepository(session).within(area, since, until, EVERYTHING, 5000)


def _calls(scope: Scope = EVERYTHING, *, deep: bool = False, **wanted: Any) -> Query:
    async def page(session: AsyncSession, dice: random.Random) -> Sequence[Any]:
        chosen = {name: one(dice) if callable(one) else one for name, one in wanted.items()}
        before = None
        if deep:
            before = (START + dice.random() * (LOG_END - START), AMOUNT.logged)
        return await CallRepository(session).search(CallFilter(**chosen), scope, before, PAGE + 1)

    return page


def _texts(scope: Scope = EVERYTHING, **wanted: Any) -> Query:
    async def page(session: AsyncSession, _dice: random.Random) -> Sequence[Any]:
        return await MessageRepository(session).search(
            MessageFilter(**wanted), scope, None, PAGE + 1
        )

    return page


def _unit(dice: random.Random) -> int:
    return dice.randint(1, UNITS)


def _group(dice: random.Random) -> int:
    return dice.randint(1, 50)


TINY: Final = Scope(frozenset({3}))
BIG: Final = Scope(frozenset({1}))
QUERIES: Final[Sequence[tuple[str, int, int, Query]]] = (
    ("latest of all units", 10, UNITS, _latest),
    ("track of 8 h", 25, 1, _track),
    ("box of 1 % in 10 min", 50, 0, _box),
    ("call page", 5, PAGE + 1, _calls()),
    ("call page, anywhere", 5, 0, _calls(deep=True)),
    ("call page by talkgroup", 5, 1, _calls(talkgroup_id=_group)),
    ("call page by unit", 5, 1, _calls(unit_id=_unit)),
    ("call page by radio", 5, 1, _calls(radio_id=_unit)),
    ("call page, private", 5, 1, _calls(kind="private")),
    ("call page, all-calls", 5, 1, _calls(kind="all")),
    ("call page, emergencies", 5, 1, _calls(emergency=True)),
    ("call page, unit and kind", 5, 0, _calls(unit_id=_unit, kind="private")),
    ("call page, talkgroup and emergency", 5, 0, _calls(talkgroup_id=_group, emergency=True)),
    ("call page, unit and talkgroup", 5, 0, _calls(unit_id=_unit, talkgroup_id=_group)),
    ("call page, talkgroup and private", 5, 0, _calls(talkgroup_id=_group, kind="private")),
    ("call page of one agency", 5, PAGE + 1, _calls(BIG)),
    ("call page of a tiny agency", 5, 1, _calls(TINY)),
    ("call page of a tiny agency, anywhere", 5, 0, _calls(TINY, deep=True)),
    ("call page of a tiny agency, private", 5, 0, _calls(TINY, kind="private")),
    ("call search, common word", 50, 1, _calls(q="patrulis")),
    ("call search, two common words", 50, 1, _calls(q="grupa patr")),
    ("call search, 1 % of all", 50, 1, _calls(q="krustojums")),
    ("call search, rare word", 50, 5, _calls(q="zilonis")),
    ("call search, no such word", 50, 0, _calls(q="begemots")),
    ("call search, one letter", 50, 1, _calls(q="k")),
    ("call search, common long ago", 50, 1, _calls(q="senais")),
    ("text page, failed", 5, 1, _texts(state=MessageState.FAILED)),
    ("text search, common word", 50, 1, _texts(q="patrulis")),
    ("text search, rare word", 50, 5, _texts(q="zilonis")),
    ("text search, rare word, tiny agency", 50, 0, _texts(TINY, q="zilonis")),
    ("text search, common word, failed", 50, 0, _texts(q="patrulis", state=MessageState.FAILED)),
)
"Name, limit of p95 in ms, least number of rows, query."
