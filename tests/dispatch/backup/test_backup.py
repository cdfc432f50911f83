"""A backup of a database in use, and the way back; on both databases."""

import asyncio
import json
import sqlite3
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, table, text

from dispatch.backup import service
from dispatch.backup.archive import sha256_of
from dispatch.backup.cipher import Cipher
from dispatch.config import Settings, settings_of
from dispatch.db.database import Database, DatabaseError
from dispatch.lock import InUseError, held
from tests.dispatch.conftest import sqlite_url
from tests.dispatch.postgres import create_database, migrated_database
from tests.dispatch.world import open_world, raise_everything

AT = datetime(2026, 5, 4, 3, 0, tzinfo=UTC)
LATER = datetime(2026, 5, 4, 4, 0, tzinfo=UTC)
UNCHANGED = ("radio", "unit", "event", "emergency", "message", "call_record", "latest_position")
REVERSE = ("python3", "-c", "import sys; sys.stdout.buffer.write(sys.stdin.buffer.read()[::-1])")


def file_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite+aiosqlite:///"))


def settings(url: str, folder: Path, **backup: object) -> Settings:
    dispatch = {"database_url": url, "data_dir": str(folder / "data"), "backup": backup}
    return settings_of({"dispatch": dispatch}, folder / "sardze.toml", {})


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
async def url(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> str:
    """A database in which something has happened."""
    address = database_url
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres_server")
        address = await asyncio.to_thread(migrated_database, server, f"b {tmp_path.name}"[:60])
    database = Database.open(address)
    async with open_world(database) as world:
        await raise_everything(world)
    await database.close()
    return address


async def rows(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Everything in the tables that a restore must not change."""
    database = Database.open(url)
    try:
        async with database.read() as session:
            return {
                name: sorted(
                    tuple(row)
                    for row in await session.execute(select(text("*")).select_from(table(name)))
                )
                for name in UNCHANGED
            }
    finally:
        await database.close()


async def ask(url: str, query: str) -> object:
    database = Database.open(url)
    try:
        async with database.read() as session:
            return (await session.execute(text(query))).scalar_one()
    finally:
        await database.close()


async def change(url: str, statement: str) -> None:
    database = Database.open(url)
    async with database.write() as session:
        await session.execute(text(statement))
    await database.close()


async def make(chosen: Settings, at: datetime = AT, keep: int = 0) -> service.Backup:
    return await service.make(chosen, chosen.backup_folder, keep, at, lambda _: None)


async def restore(chosen: Settings, path: Path, *, replace: bool) -> None:
    await service.restore(chosen, path, replace=replace, now=LATER, say=lambda _: None)


async def test_what_was_saved_comes_back(url: str, tmp_path: Path) -> None:
    chosen = settings(url, tmp_path)
    before, epoch = await rows(url), await ask(url, "SELECT epoch FROM stream")
    assert all(before.values())
    made = await make(chosen)
    assert made.path.name == "sardze-20260504T030000Z.tar"
    await change(url, "DELETE FROM emergency_action")
    await change(url, "UPDATE unit SET call_sign = 'changed'")
    with pytest.raises(DatabaseError, match="--replace"):
        await restore(chosen, made.path, replace=False)
    await restore(chosen, made.path, replace=True)
    assert await rows(url) == before
    assert await ask(url, "SELECT epoch FROM stream") != epoch
    assert await ask(url, "SELECT count(*) FROM emergency_action") != 0


async def test_an_empty_place_takes_a_backup(
    url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    before = await rows(url)
    made = await make(settings(url, tmp_path))
    place = sqlite_url(tmp_path / "elsewhere" / "sardze.db")
    if url.startswith("postgresql"):
        server = request.getfixturevalue("postgres_server")
        place = await create_database(server, f"e {tmp_path.name}"[:60])
    await restore(settings(place, tmp_path), made.path, replace=False)
    assert await rows(place) == before


async def test_a_backup_is_of_one_moment_while_others_write(url: str, tmp_path: Path) -> None:
    chosen = settings(url, tmp_path)
    database = Database.open(url)
    stop = asyncio.Event()

    async def write() -> int:
        count = 0
        while not stop.is_set():
            async with database.write() as session:  # both or none
                await session.execute(text("UPDATE unit SET status_note = 'x'"))
                await session.execute(text("UPDATE stream SET seq = seq + 1"))
            count += 1
        return count

    writer = asyncio.create_task(write())
    made = await make(chosen)
    stop.set()
    assert await writer > 0
    await database.close()
    assert (await service.check(made.path, Cipher())).rows == made.manifest.rows


async def test_old_backups_go_and_the_stamp_tells(database_url: str, tmp_path: Path) -> None:
    chosen = settings(database_url, tmp_path)
    for hour in range(4):
        await make(chosen, AT.replace(hour=hour), keep=2)
    names = sorted(path.name for path in chosen.backup_folder.iterdir())
    assert names == ["sardze-20260504T020000Z.tar", "sardze-20260504T030000Z.tar"]
    stamp = json.loads((chosen.data_dir / "backup.json").read_text())
    assert stamp == {
        "at": "2026-05-04T03:00:00+00:00",
        "ok": True,
        "file": "sardze-20260504T030000Z.tar",
        "error": "",
    }
    with pytest.raises(DatabaseError, match="is there already"):
        await make(chosen)
    assert not json.loads((chosen.data_dir / "backup.json").read_text())["ok"]


async def test_a_backup_can_be_encrypted(database_url: str, tmp_path: Path) -> None:
    await change(
        database_url, "INSERT INTO agency (code, name, country) VALUES ('x', 'KANĀRIJA', 'LV')"
    )
    chosen = settings(
        database_url, tmp_path, encrypt_with=list(REVERSE), decrypt_with=list(REVERSE)
    )
    made = await make(chosen)
    assert made.path.suffix == ".encrypted"
    with pytest.raises(DatabaseError, match="no backup"):
        await service.check(made.path, Cipher())
    await restore(chosen, made.path, replace=True)
    assert await ask(database_url, "SELECT name FROM agency WHERE code = 'x'") == "KANĀRIJA"


@pytest.mark.parametrize(
    ("command", "said"),
    [(("no-such-program",), "cannot be run"), (("sh", "-c", "echo no key >&2; exit 3"), "no key")],
)
async def test_a_failing_cipher_leaves_nothing(
    database_url: str, tmp_path: Path, command: tuple[str, ...], said: str
) -> None:
    chosen = settings(database_url, tmp_path, encrypt_with=list(command))
    with pytest.raises(DatabaseError, match=said):
        await make(chosen)
    assert list(chosen.backup_folder.iterdir()) == []


async def test_a_damaged_backup_changes_nothing(database_url: str, tmp_path: Path) -> None:
    chosen = settings(database_url, tmp_path)
    whole = (await make(chosen)).path.read_bytes()
    with tarfile.open(chosen.backup_folder / "sardze-20260504T030000Z.tar") as tar:
        begin = tar.getmember("database").offset_data
    before = sha256_of(file_of(database_url))
    for place in (0, 300, 600, begin + 100, len(whole) // 2):
        bad = tmp_path / "bad.tar"
        bad.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        with pytest.raises(DatabaseError):
            await restore(chosen, bad, replace=True)
    for length in (0, 100, 600, begin + 50, len(whole) // 2):
        bad = tmp_path / "short.tar"
        bad.write_bytes(whole[:length])
        with pytest.raises(DatabaseError):
            await restore(chosen, bad, replace=True)
    assert sha256_of(file_of(database_url)) == before


async def test_a_newer_or_foreign_backup_is_refused(database_url: str, tmp_path: Path) -> None:
    chosen = settings(database_url, tmp_path)
    made = (await make(chosen)).manifest
    assert made.backend == "sqlite"
    other = settings("postgresql+asyncpg://nobody@127.0.0.1:1/none", tmp_path)
    path = chosen.backup_folder / "sardze-20260504T030000Z.tar"
    with pytest.raises(DatabaseError, match="correct database_url"):
        await restore(other, path, replace=True)


async def test_a_running_dispatch_is_not_restored_over(database_url: str, tmp_path: Path) -> None:
    chosen = settings(database_url, tmp_path)
    made = await make(chosen)
    with held(chosen.data_dir), pytest.raises(InUseError, match="stop it first"):
        await restore(chosen, made.path, replace=True)


async def test_the_replaced_file_is_kept_whole(database_url: str, tmp_path: Path) -> None:
    chosen = settings(database_url, tmp_path)
    made = await make(chosen)
    await change(database_url, "INSERT INTO agency (code, name, country) VALUES ('y', 'Y', 'LT')")
    await restore(chosen, made.path, replace=True)
    path = file_of(database_url)
    aside = path.with_name(f"{path.name}.20260504T040000Z.replaced")
    database = sqlite3.connect(aside)
    assert database.execute("SELECT count(*) FROM agency WHERE code = 'y'").fetchone() == (1,)
    database.close()


async def test_a_backup_that_cannot_be_written_is_told_to_the_console(
    url: str, tmp_path: Path
) -> None:
    chosen = settings(url, tmp_path)
    (tmp_path / "taken").write_text("a file where a folder should be")
    with pytest.raises(FileExistsError):
        await service.make(chosen, tmp_path / "taken", 0, AT, lambda _: None)
    stamp = json.loads((chosen.data_dir / "backup.json").read_text())
    assert stamp["ok"] is False
    assert "taken" in stamp["error"]
