"""However long a log is, a page of it looks at few rows, whatever it is narrowed to.

Plans are judged by what they did: PostgreSQL tells how many rows each step met, SQLite how many
instructions its machine ran. A walk through all rows of an agency is far beyond either.
"""

# ruff: noqa: S608  statements made of this file's own words and numbers

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncSession

from dispatch.calls.filters import CallFilter
from dispatch.calls.repository import CallRepository
from dispatch.db.bulk import driver_of
from dispatch.live.scope import EVERYTHING, Scope
from dispatch.messages.filters import MessageFilter
from dispatch.messages.models import MessageState
from dispatch.messages.repository import MessageRepository
from tests.dispatch.world import World, moment

pytestmark = pytest.mark.slow

ROWS: Final = 50_000
PAGE: Final = 50
MOST_ROWS: Final = 1_000
"Few enough to be sorted at once, which PostgreSQL likes better than an index."
MOST_STEPS: Final = 30_000
"Five for each entry of an index, where that alone narrows further."

Query = Callable[[AsyncSession], Awaitable[Any]]
TINY, BIG = Scope(frozenset({3})), Scope(frozenset({1}))
MIDDLE = (moment(ROWS).utc, ROWS // 2)

# units, radios 11 to 20 and talkgroups 11 to 17 in turns; only the last unit makes private calls,
# the first never uses talkgroup 18, the third agency has ten calls, none of them private
FLEET: Final = """
    INSERT INTO agency (id, code, name, country) VALUES (3, 'tiny', 'Tiny', 'LV');
    INSERT INTO unit (id, agency_id, call_sign, kind, status)
    SELECT 10 + i, 1, 'p' || i, 'car', 'free' FROM numbers WHERE i BETWEEN 1 AND 10;
    INSERT INTO radio (id, network, number, label, presence)
    SELECT 10 + i, 'plans', i, 'r' || i, 'on' FROM numbers WHERE i BETWEEN 1 AND 10;
    INSERT INTO talkgroup (id, network, number, name)
    SELECT 10 + i, 'plans', i, 't' || i FROM numbers WHERE i BETWEEN 1 AND 8;
    INSERT INTO call_record (id, call, gateway, link, kind, radio_id, unit_id, talkgroup_id,
        agency_id, started_at, ended_at, late_entry, emergency, encrypted)
    SELECT i + 1, 'c' || i, 'gw', 'rimi', CASE WHEN i % 200 = 99 THEN 'private' ELSE 'group' END,
        11 + i % 10, 11 + i % 10,
        CASE WHEN i % 200 = 99 THEN NULL WHEN i % 100 = 98 THEN 18 ELSE 11 + i % 7 END,
        CASE WHEN i % 5000 = 1 THEN 3 ELSE 1 + i % 2 END, <at>, <at>, false, i % 1000 = 7, false
    FROM numbers;
    INSERT INTO message (id, direction, text, radio_id, unit_id, agency_id, state, state_at,
        created_at)
    SELECT i + 1, 'in', 'ramu', 11 + i % 10, 11 + i % 10,
        CASE WHEN i % 5000 = 1 THEN 3 ELSE 1 + i % 2 END,
        CASE WHEN i % 500 = 9 THEN 'failed' ELSE 'received' END, <at>, <at>
    FROM numbers
"""
NUMBERS: Final = (
    "WITH RECURSIVE numbers(i) AS "
    f"(SELECT 0 UNION ALL SELECT i + 1 FROM numbers WHERE i < {ROWS - 1}) "
)


@pytest.fixture
async def full(world: World) -> World:
    """A log of 50 000 calls and texts; with statistics on PostgreSQL, as it keeps by itself."""
    database = world.database
    base = moment().utc
    at = (
        f"strftime('%Y-%m-%d %H:%M:%f000', {base.timestamp()} + 2 * i, 'unixepoch')"
        if database.is_sqlite
        else f"timestamptz '{base.isoformat()}' + i * interval '2 s'"
    )
    async with database.write() as session:
        for statement in FLEET.replace("<at>", at).split(";"):
            head, select, rest = statement.partition("SELECT")
            into = head + (NUMBERS if select else "") + select + rest
            await session.execute(text(into.replace(":", r"\:")))
    if not database.is_sqlite:
        async with database.outside() as connection:
            await connection.execute(text("VACUUM ANALYZE"))
    return world


def calls(scope: Scope = EVERYTHING, before: Any = None, **wanted: Any) -> Query:
    return lambda session: CallRepository(session).search(CallFilter(**wanted), scope, before, PAGE)


def texts(scope: Scope = EVERYTHING, before: Any = None, **wanted: Any) -> Query:
    return lambda session: MessageRepository(session).search(
        MessageFilter(**wanted), scope, before, PAGE
    )


PAGES: Final = {
    "all": (50, calls()),
    "anywhere": (50, calls(before=MIDDLE)),
    "talkgroup": (50, calls(talkgroup_id=12)),
    "unit": (50, calls(unit_id=12)),
    "radio": (50, calls(radio_id=12)),
    "private": (50, calls(kind="private")),
    "group": (50, calls(kind="group")),
    "all-calls": (0, calls(kind="all")),
    "emergencies": (50, calls(emergency=True)),
    "unit and private": (0, calls(unit_id=11, kind="private")),
    "radio and private": (0, calls(radio_id=11, kind="private")),
    "unit and group": (50, calls(unit_id=11, kind="group")),
    "talkgroup and private": (0, calls(talkgroup_id=11, kind="private")),
    "talkgroup and emergency": (8, calls(talkgroup_id=11, emergency=True)),
    "unit and talkgroup": (0, calls(unit_id=11, talkgroup_id=18)),
    "radio and talkgroup": (0, calls(radio_id=11, talkgroup_id=18)),
    "one agency": (50, calls(BIG)),
    "one agency, anywhere": (50, calls(BIG, MIDDLE)),
    "tiny agency": (10, calls(TINY)),
    "tiny agency, anywhere": (5, calls(TINY, MIDDLE)),
    "tiny agency, private": (0, calls(TINY, kind="private")),
    "one agency, private": (0, calls(BIG, kind="private")),
    "one agency, emergencies": (0, calls(BIG, emergency=True)),
    "unit and emergency": (50, calls(unit_id=18, emergency=True)),
    "texts": (50, texts()),
    "failed texts": (50, texts(state=MessageState.FAILED)),
    "texts of a talkgroup": (0, texts(talkgroup_id=11)),
    "texts of a unit": (50, texts(unit_id=11)),
    "failed texts of one agency": (0, texts(BIG, state=MessageState.FAILED)),
    "texts of one agency": (50, texts(BIG)),
    "texts of a tiny agency": (10, texts(TINY)),
}


async def test_every_page_looks_at_few_rows(full: World) -> None:
    most = MOST_STEPS if full.database.is_sqlite else MOST_ROWS
    looked = {}
    for name, (rows, query) in PAGES.items():
        async with full.database.read() as session:
            found = await query(session)
            assert len(found) == rows, name
            for mode in ("custom", "generic"):
                looked[f"{name}, {mode}"] = await effort(session, query, mode)
    assert {name: count for name, count in looked.items() if count > most} == {}
    assert min(looked.values()) >= 0


@dataclass
class Statements:
    """What was sent to the database: SQL and values."""

    seen: list[tuple[str, Any]] = field(default_factory=list)

    def note(self, _connection: Any, _cursor: Any, sql: str, values: Any, *_rest: Any) -> None:
        self.seen.append((sql, values))


async def effort(session: AsyncSession, query: Query, mode: str) -> int:
    """Rows that a query met on PostgreSQL, or instructions that it took on SQLite."""
    if session.get_bind().dialect.name == "sqlite":
        return await steps(session, query)
    connection = await session.connection()
    engine = connection.engine.sync_engine
    statements = Statements()
    event.listen(engine, "before_cursor_execute", statements.note)
    try:
        await query(session)
    finally:
        event.remove(engine, "before_cursor_execute", statements.note)
    assert statements.seen
    await session.execute(text(f"SET LOCAL plan_cache_mode = force_{mode}_plan"))
    total = 0
    for sql, values in statements.seen:
        explain = f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}"
        plan = (await connection.exec_driver_sql(explain, values)).scalar_one()
        plan = json.loads(plan) if isinstance(plan, str) else plan
        total += met(plan[0]["Plan"])
    return total


def met(plan: dict[str, Any]) -> int:
    """Rows that the scans of a plan looked at."""
    below = sum(met(one) for one in plan.get("Plans", ()))
    if "Scan" not in plan["Node Type"] or plan["Node Type"] == "Subquery Scan":
        return below
    removed = ("Rows Removed by Filter", "Rows Removed by Index Recheck")
    rows = plan["Actual Rows"] + sum(plan.get(name, 0) for name in removed)
    return below + int(rows * plan["Actual Loops"])


async def steps(session: AsyncSession, query: Query) -> int:
    driver = await driver_of(session)
    ran = 0

    def ten() -> int:
        nonlocal ran
        ran += 10
        return 0

    await driver.set_progress_handler(ten, 10)
    try:
        await query(session)
    finally:
        await driver.set_progress_handler(None, 0)
    return ran


async def test_the_measure_knows_a_long_walk(full: World) -> None:
    async def walk(session: AsyncSession) -> Any:
        query = "SELECT id FROM call_record WHERE agency_id = 1 AND +slot = 7"
        return (await session.execute(text(query))).all()

    async with full.database.read() as session:
        count = await effort(session, walk, "custom")
    assert count > (MOST_STEPS if full.database.is_sqlite else MOST_ROWS)
