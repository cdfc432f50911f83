"""Transactions: one writer at a time, snapshots that stand still, times that are UTC."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import text

from dispatch.agencies.models import Agency
from dispatch.agencies.service import agencies
from dispatch.db.database import Database, after_commit
from dispatch.db.types import UtcDateTime
from dispatch.ingest.models import Ingested
from dispatch.live.scope import EVERYTHING


async def add(database: Database, code: str) -> None:
    async with database.write() as session:
        session.add(Agency(code=code, name=code, country="LV"))


async def test_what_is_read_is_of_one_moment(database: Database) -> None:
    await add(database, "a")
    async with database.read() as session:
        before = await agencies(session, EVERYTHING)
        await add(database, "b")
        assert await agencies(session, EVERYTHING) == before
    async with database.read() as session:
        assert len(await agencies(session, EVERYTHING)) == 2


async def test_an_exception_undoes_the_transaction_and_its_callbacks(database: Database) -> None:
    told: list[str] = []

    async def fail() -> None:
        async with database.write() as session:
            session.add(Agency(code="a", name="a", country="LV"))
            await session.flush()
            after_commit(session, lambda: told.append("never"))
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    await add(database, "a")
    assert told == []


async def test_a_failing_callback_stops_neither_the_write_nor_the_others(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[str] = []
    async with database.write() as session:
        after_commit(session, lambda: 1 / 0)  # type: ignore[arg-type]  # fails anyway
        after_commit(session, lambda: told.append("second"))
    assert told == ["second"]
    assert "a callback after the commit failed" in caplog.text


async def test_a_write_within_a_write_is_a_bug_and_not_a_standstill(database: Database) -> None:
    async with database.write():
        with pytest.raises(RuntimeError, match="within"):
            async with database.write():
                pass


async def test_writers_take_turns(database: Database) -> None:
    within = 0

    async def write(n: int) -> None:
        nonlocal within
        async with database.write() as session:
            within += 1
            assert within == 1
            session.add(Agency(code=str(n), name="x", country="LV"))
            await session.flush()
            await asyncio.sleep(0)
            within -= 1

    await asyncio.gather(*(write(n) for n in range(20)))
    async with database.read() as session:
        assert len(await agencies(session, EVERYTHING)) == 20


async def test_the_file_is_durable_and_keeps_references(database: Database) -> None:
    async with database.write() as session:
        pragmas = {
            name: (await session.execute(text(f"PRAGMA {name}"))).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    # 2 is FULL
    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 10_000,
    }


async def test_times_come_back_as_the_same_instant_in_utc(database: Database) -> None:
    riga = timezone(timedelta(hours=2))
    at = datetime(2026, 3, 1, 10, 0, 0, 123_456, tzinfo=riga)
    async with database.write() as session:
        session.add(Ingested(event_id="x", gateway="g", at=at))
    async with database.read() as session:
        row = await session.get(Ingested, "x")
    assert row is not None
    assert row.at == at
    assert row.at.tzinfo is UTC


def test_a_time_without_zone_is_refused() -> None:
    from sqlalchemy.dialects import sqlite

    naive = datetime(2026, 3, 1)  # noqa: DTZ001  that is the fault
    with pytest.raises(ValueError, match="without zone"):
        UtcDateTime().process_bind_param(naive, sqlite.dialect())
