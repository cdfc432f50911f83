"""What was stored before there was a search is found after the update."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

from dispatch.calls import service as calls
from dispatch.calls.filters import CallFilter
from dispatch.db import migrate
from dispatch.db.database import Database
from dispatch.live.scope import EVERYTHING
from dispatch.messages import service as messages
from dispatch.messages.filters import MessageFilter
from tests.dispatch.conftest import sqlite_url
from tests.dispatch.postgres import create_database

ROWS = """
INSERT INTO agency (id, code, name, country) VALUES (1, 'l', 'L', 'LV');
INSERT INTO talkgroup (id, network, number, name) VALUES (1, 'n', 1, 'Ostas grupa');
INSERT INTO unit (id, agency_id, call_sign, kind, status) VALUES (1, 1, 'Ērglis 5', 'car', 'free');
INSERT INTO radio (id, network, number, label, alias, presence)
VALUES (1, 'n', 7, '7', 'Žvejys', 'on');
INSERT INTO message (id, direction, text, state, state_at, created_at)
VALUES (1, 'in', 'Avārija Šventojoje', 'received', '2026-03-01 08\\:00\\:00.000000',
    '2026-03-01 08\\:00\\:00.000000');
INSERT INTO call_record (id, call, gateway, link, kind, radio_id, unit_id, talkgroup_id,
    started_at, late_entry, emergency, encrypted, talker_alias)
VALUES (1, 'c', 'g', 'l', 'group', 1, 1, 1, '2026-03-01 08\\:00\\:00.000000', false, false, false,
    'Kaspars')
"""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Address of a database without any table."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path / "old.db")
    server = request.getfixturevalue("postgres_server")
    return asyncio.run(create_database(server, f"search_{tmp_path.name}"[:60]))


async def test_older_rows_are_found_by_their_words(empty_url: str) -> None:
    await migrate.upgrade(empty_url, "0006")
    database = Database.open(empty_url)
    async with database.write() as session:
        for row in ROWS.split(";"):
            await session.execute(text(row))
    await database.close()
    await migrate.upgrade(empty_url)
    database = Database.open(empty_url)
    async with database.read() as session:
        for q, count in (("sventojoje avar", 1), ("osta", 0)):
            page = await messages.search(session, MessageFilter(q=q), EVERYTHING, None, 5)
            assert len(page.items) == count, q
        for q, count in (("kaspars osta", 1), ("erglis 5", 1), ("zvej", 1), ("avarija", 0)):
            found = await calls.search(session, CallFilter(q=q), EVERYTHING, None, 5)
            assert len(found.items) == count, q
    await database.close()
