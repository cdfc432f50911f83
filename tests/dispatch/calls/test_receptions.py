"""How several base stations heard a call is kept with it, within bounds, through updates too."""

import asyncio
import math
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlmodel import col

from dispatch.calls.filters import CallFilter
from dispatch.calls.models import CallRecord
from dispatch.calls.service import close_overdue, search
from dispatch.db import migrate
from dispatch.db.database import Database
from dispatch.live.scope import EVERYTHING
from radio_gateway.domain.events import CallEnded, CallEndReason, CallKind, CallReception
from tests.dispatch.conftest import sqlite_url
from tests.dispatch.postgres import create_database
from tests.dispatch.world import GROUP, LINK, OURS, START, World, moment, open_world

TWO = (
    CallReception(site="Karosta", duration_s=2.94, ber_percent=0.4, rssi_dbm=-71.5),
    CallReception(site="Grobi\u0146a", duration_s=1.02, ber_percent=2.12, loss_percent=7.5),
)
SHOWN = [
    {
        "site": "Karosta",
        "duration_s": 2.94,
        "rssi_dbm": -71.5,
        "ber_percent": 0.4,
        "loss_percent": None,
    },
    {
        "site": "Grobi\u0146a",
        "duration_s": 1.02,
        "rssi_dbm": None,
        "ber_percent": 2.12,
        "loss_percent": 7.5,
    },
]
OLD = """
INSERT INTO call_record (id, "call", gateway, link, kind, radio_id, started_at, late_entry,
    emergency, encrypted, words)
VALUES (1000, 'old', 'gw', 'rimi', 'group', 1, '2026-03-01 07\\:00\\:00.000000{zone}', false, false,
    false, '')
"""


def ended(*receptions: CallReception, call: str = "c1") -> CallEnded:
    return CallEnded(
        link=LINK,
        at=moment(3),
        call=call,
        kind=CallKind.GROUP,
        radio=OURS,
        talkgroup=GROUP,
        started_at=START,
        duration_s=3.0,
        reason=CallEndReason.TERMINATOR,
        receptions=receptions,
    )


async def shown(database: Database) -> dict[str, list[dict[str, Any]]]:
    """Receptions by key of the call."""
    async with database.read() as session:
        page = await search(session, CallFilter(), EVERYTHING, None, 200)
    return {one.call: one.model_dump()["receptions"] for one in page.items}


async def test_what_several_heard_is_listed_and_told(world: World) -> None:
    await world.hear(ended(*TWO))
    assert await shown(world.database) == {"c1": SHOWN}
    assert world.told("call.ended")[-1]["data"]["receptions"] == SHOWN


async def test_a_call_that_one_heard_takes_no_room(world: World) -> None:
    await world.hear(ended(), ended(TWO[0], call="c2"))
    assert await shown(world.database) == {"c1": [], "c2": []}
    async with world.database.read() as session:
        kept = (await session.execute(select(col(CallRecord.receptions)))).scalars().all()
    assert kept == [None, None]


async def test_the_true_end_of_a_concluded_call_brings_them(world: World) -> None:
    await world.hear(ended(*TWO, call="c1"))
    async with world.database.write() as session:
        record = await session.get_one(CallRecord, 1)
        record.ended_at = record.duration_s = record.receptions = None
        await close_overdue(session, world.shared, START + timedelta(minutes=11))
    assert world.told("call.ended")[-1]["data"]["receptions"] == []
    await world.hear(ended(*TWO))
    assert await shown(world.database) == {"c1": SHOWN}


async def test_they_are_bounded(world: World) -> None:
    odd = CallReception(
        site="\0" + "\ud800" + "\u0100" * 80,
        duration_s=math.inf,
        ber_percent=math.nan,
        rssi_dbm=-1e300,
        loss_percent=33.333333,
    )
    await world.hear(ended(odd, *TWO * 20))
    receptions = (await shown(world.database))["c1"]
    assert len(receptions) == 16
    assert receptions[0] == {
        "site": "\ufffd?" + "\u0100" * 62,
        "duration_s": 0.0,
        "rssi_dbm": None,
        "ber_percent": None,
        "loss_percent": 33.33,
    }
    assert receptions[1:3] == SHOWN


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Address of a database without any table."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path / "old.db")
    server = request.getfixturevalue("postgres_server")
    return asyncio.run(create_database(server, f"receptions_{tmp_path.name}"[:60]))


async def columns(url: str) -> dict[str, dict[str, Any]]:
    """Rows of call records by key of the call, with the columns that there are."""
    database = Database.open(url)
    async with database.read() as session:
        found = (await session.execute(text("SELECT * FROM call_record"))).mappings().all()
    await database.close()
    return {row["call"]: dict(row) for row in found}


async def test_older_calls_stay_through_the_update_and_back(empty_url: str) -> None:
    await migrate.upgrade(empty_url, "0011")
    database = Database.open(empty_url)
    async with open_world(database) as world:
        zone = "" if database.is_sqlite else "+00"
        async with database.write() as session:
            await session.execute(text(OLD.format(zone=zone)))
        older = await columns(empty_url)
        await migrate.upgrade(empty_url)
        await world.hear(ended(*TWO))
        assert await shown(database) == {"old": [], "c1": SHOWN}
    await database.close()
    with_them = await columns(empty_url)
    assert with_them["old"] == {**older["old"], "receptions": None}
    await migrate.downgrade(empty_url, "0011")
    del with_them["old"]["receptions"], with_them["c1"]["receptions"]
    assert await columns(empty_url) == with_them
