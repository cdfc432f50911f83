"""Where radios were heard last stays known through the update, and back."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from dispatch.db import migrate
from dispatch.db.database import Database
from dispatch.live.scope import EVERYTHING
from dispatch.positions.service import latest
from tests.dispatch.conftest import sqlite_url
from tests.dispatch.postgres import create_database

ROWS = """
INSERT INTO agency (id, code, name, country) VALUES (1, 'l', 'L', 'LV');
INSERT INTO unit (id, agency_id, call_sign, kind, status) VALUES (5, 1, 'L-5', 'car', 'free');
INSERT INTO radio (id, network, number, label, presence, unit_id)
VALUES (1, 'n', 7, '7', 'on', 5), (2, 'n', 8, '8', 'on', NULL);
INSERT INTO latest_position (radio_id, unit_id, lat, lon, heard_at, fixed_at, speed_kmh, source,
    stale, verified)
VALUES (1, 5, 56.5110001, 21.0140002, '2026-03-01 08\\:00\\:00.250001{zone}',
    '2026-03-01 07\\:59\\:58.000000{zone}', 18.52, 'sentence', false, true),
    (2, NULL, -56.5, -21.5, '2026-03-01 09\\:00\\:00.000000{zone}', NULL, NULL, 'embedded',
    true, false)
"""
SHOWN = [
    (1, 5, 56.5110001, 21.0140002, 18.52, "sentence", False, True),
    (2, None, -56.5, -21.5, None, "embedded", True, False),
]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Address of a database without any table."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path / "old.db")
    server = request.getfixturevalue("postgres_server")
    return asyncio.run(create_database(server, f"latest_{tmp_path.name}"[:60]))


async def rows_before(url: str) -> list[tuple[object, ...]]:
    """Of the older table, its times as they were written."""
    database = Database.open(url)
    names = "radio_id, unit_id, lat, lon, speed_kmh, source, stale, verified"
    query = f"SELECT {names} FROM latest_position ORDER BY radio_id"  # noqa: S608
    async with database.read() as session:
        found = [tuple(row) for row in (await session.execute(text(query))).all()]
        times = "SELECT CAST(heard_at AS text) FROM latest_position ORDER BY radio_id"
        heard = (await session.execute(text(times))).scalars().all()
    await database.close()
    assert [one[:26] for one in heard] in (
        ["2026-03-01 08:00:00.250001", "2026-03-01 09:00:00.000000"],
        ["2026-03-01 08:00:00.250001", "2026-03-01 09:00:00+00"],
    )
    return found


async def test_the_newest_positions_stay_known(empty_url: str) -> None:
    await migrate.upgrade(empty_url, "0008")
    zone = "" if empty_url.startswith("sqlite") else "+00"
    database = Database.open(empty_url)
    async with database.write() as session:
        for row in ROWS.format(zone=zone).split(";"):
            await session.execute(text(row))
    await database.close()
    await migrate.upgrade(empty_url)
    database = Database.open(empty_url)
    async with database.read() as session:
        views = await latest(session, EVERYTHING)
    await database.close()
    assert [
        (x.radio_id, x.unit_id, x.lat, x.lon, x.speed_kmh, x.source, x.stale, x.verified)
        for x in views
    ] == SHOWN
    assert [(x.heard_at, x.fixed_at) for x in views] == [
        (
            datetime(2026, 3, 1, 8, 0, 0, 250_001, tzinfo=UTC),
            datetime(2026, 3, 1, 7, 59, 58, tzinfo=UTC),
        ),
        (datetime(2026, 3, 1, 9, tzinfo=UTC), None),
    ]
    await migrate.downgrade(empty_url, "0008")
    back = await rows_before(empty_url)
    assert [row[:4] for row in back] == [one[:4] for one in SHOWN]
    assert [row[4] for row in back] == [pytest.approx(18.52), None]
    assert [(row[5], bool(row[6]), bool(row[7])) for row in back] == [one[5:] for one in SHOWN]
