"""The schema comes and goes, empty or full, and is what the models say."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, insert, select, text

from dispatch.db import migrate
from dispatch.db.database import Database, DatabaseError
from dispatch.models import metadata
from tests.dispatch.conftest import sqlite_url
from tests.dispatch.postgres import create_database
from tests.dispatch.world import add_fleet, open_world, raise_everything

TABLES_THAT_STAY_EMPTY = {
    "gateway",
    "rejected_event",
    "gateway_progress",
    "idempotency",
    "user_account",
    "user_agency",
    "user_session",
    "sign_in_link",
    "sign_in_attempt",
    "access_log",
    "access_log_head",
    "officer",
    "retention_run",
    "retention_hold",
}


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Address of a database without any table."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path / "empty.db")
    import asyncio

    server = request.getfixturevalue("postgres_server")
    return asyncio.run(create_database(server, f"empty_{tmp_path.name}"[:60]))


def is_modelled(
    _thing: object, name: str | None, kind: str, reflected: bool, _other: object
) -> bool:
    """Leaves out SQLite's tables of full-text search, and the index that PostgreSQL has instead."""
    if name is None or "_words" not in name:
        return True
    return reflected if kind == "index" else kind != "table"


async def differences(url: str) -> list[object]:
    """What `alembic` would still change."""
    database = Database.open(url)

    def compare(connection: Connection) -> list[object]:
        opts = {"compare_type": True, "include_object": is_modelled}
        context = MigrationContext.configure(connection, opts=opts)
        return list(compare_metadata(context, metadata))

    async with database.read() as session:
        found = await (await session.connection()).run_sync(compare)
    await database.close()
    return found


async def fill(url: str) -> set[str]:
    """Put rows into the tables; the names of those that stayed empty."""
    database = Database.open(url)
    async with open_world(database) as world:
        await raise_everything(world)
    async with database.write() as session:
        await session.execute(
            insert(metadata.tables["officer"]), {"unit_id": 1, "place": 0, "name": "Ozols"}
        )
    empty = set()
    async with database.read() as session:
        for name, table in metadata.tables.items():
            if not (await session.execute(select(table).limit(1))).first():
                empty.add(name)
    await database.close()
    return empty


async def test_up_down_and_up_again_with_rows_in_it(empty_url: str) -> None:
    assert await migrate.current_revision(empty_url) is None
    await migrate.upgrade(empty_url)
    assert await differences(empty_url) == []
    assert await fill(empty_url) <= TABLES_THAT_STAY_EMPTY
    await migrate.downgrade(empty_url, "base")
    assert await migrate.current_revision(empty_url) is None
    await migrate.upgrade(empty_url)
    await migrate.check(empty_url)
    database = Database.open(empty_url)
    await add_fleet(database)
    await database.close()


async def test_each_revision_goes_back_to_the_one_before(empty_url: str) -> None:
    revisions = [f"{number:04}" for number in range(1, int(migrate.head_revision()) + 1)]
    for revision in revisions:
        await migrate.upgrade(empty_url, revision)
        assert await migrate.current_revision(empty_url) == revision
    for revision in reversed(revisions[:-1]):
        await migrate.downgrade(empty_url, revision)
        assert await migrate.current_revision(empty_url) == revision


async def test_a_newer_database_is_refused_in_one_line(database_url: str) -> None:
    await set_revision(database_url, "9999")
    with pytest.raises(migrate.DatabaseNewerError) as refusal:
        await migrate.check(database_url)
    line = str(refusal.value)
    assert "\n" not in line
    assert "9999" in line
    assert "start a newer version" in line
    with pytest.raises(migrate.DatabaseNewerError):
        await migrate.upgrade(database_url)


async def test_an_older_database_names_the_command(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "old.db")
    await migrate.upgrade(url, "0001")
    with pytest.raises(migrate.DatabaseOlderError, match="dispatch migrate"):
        await migrate.check(url)


async def test_the_old_file_is_copied_before_it_is_changed(tmp_path: Path) -> None:
    path = tmp_path / "d.db"
    await migrate.upgrade(sqlite_url(path), "0001")
    at = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
    copy = await migrate.upgrade_with_backup(sqlite_url(path), at)
    assert copy == tmp_path / "d.db.0001.20260301T080000Z.bak"
    assert await migrate.current_revision(sqlite_url(copy)) == "0001"
    assert await migrate.current_revision(sqlite_url(path)) == migrate.head_revision()
    assert await migrate.upgrade_with_backup(sqlite_url(path), at) is None


async def test_a_failing_migration_leaves_the_old_schema(tmp_path: Path) -> None:
    path = tmp_path / "d.db"
    await migrate.upgrade(sqlite_url(path), "0001")
    with sqlite3.connect(path) as connection:
        # in the way of revision 0002, after it has made several tables
        connection.execute("CREATE TABLE emergency (id INTEGER)")
    connection.close()
    with pytest.raises(Exception, match="emergency"):
        await migrate.upgrade(sqlite_url(path))
    with sqlite3.connect(path) as connection:
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    connection.close()
    assert "call_record" not in tables
    assert await migrate.current_revision(sqlite_url(path)) == "0001"


@pytest.mark.parametrize("url", ["mysql://x", "not a url", "sqlite:///x.db"])
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(DatabaseError):
        Database.open(url)


async def set_revision(url: str, revision: str) -> None:
    database = Database.open(url)
    async with database.write() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = :r"), {"r": revision})
    await database.close()
