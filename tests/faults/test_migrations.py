"""A migration that is killed at any of its writes leaves the old schema or the new one."""

import asyncio
import random
import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from dispatch.db import migrate
from tests.faults.outcome import scenario
from tests.faults.program import module
from tests.faults.town import Town
from tests.faults.tracing import strace

KEPT = ("agency", "unit", "radio")
_VALUES = {"INTEGER": 1, "FLOAT": 1.0, "BOOLEAN": 0, "DATETIME": "2026-01-01 00:00:00"}


def fill(file: Path) -> None:
    """One row in each of these tables, whatever columns this schema asks for."""
    with sqlite3.connect(file) as database:
        for table in KEPT:
            asked = [one for one in database.execute(f"PRAGMA table_info({table})") if one[3]]
            row = {name: _VALUES.get(kind, "x") for _, name, kind, *_ in asked}
            names, places = ", ".join(row), ", ".join("?" * len(row))
            database.execute(
                f"INSERT INTO {table} ({names}) VALUES ({places})",  # noqa: S608 - of the schema
                tuple(row.values()),
            )
    database.close()


def older_revisions() -> list[str]:
    """Every schema before the present one, oldest first."""
    script = ScriptDirectory(str(migrate.migrations_folder()))
    return [one.revision for one in reversed(list(script.walk_revisions()))][:-1]


def content(file: Path) -> dict[str, list[tuple[object, ...]]]:
    """Ids of the rows that every schema has; the file must be whole."""
    with sqlite3.connect(file) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        found = {table: database.execute(f"SELECT id FROM {table}").fetchall() for table in KEPT}  # noqa: S608
    database.close()
    return found


def revision(file: Path) -> str:
    with sqlite3.connect(file) as database:
        (found,) = database.execute("SELECT version_num FROM alembic_version").fetchone()
    database.close()
    return str(found)


def migrated(town: Town, *tracing: str) -> int:
    """Run `dispatch migrate`; its exit status."""
    words = [*tracing, *module("dispatch", "migrate")]
    return subprocess.run(words, cwd=town.folder, capture_output=True, check=False).returncode


@pytest.mark.parametrize("points", [1, pytest.param(8, marks=pytest.mark.soak)])
async def test_a_migration_killed(town: Town, points: int) -> None:
    chance, data = random.Random(14), town.folder / "data"
    data.mkdir(exist_ok=True)
    file, trace = data / "sardze.db", town.folder / "trace"
    what = "dispatch migrate, kill -9 at random writes, from every older schema"
    revisions = older_revisions()
    chosen = revisions if points > 1 else revisions[:1]
    with scenario("migrations-killed", what, "old or new schema, never between") as found:
        for old in chosen:
            file.unlink(missing_ok=True)
            await migrate.upgrade(town.database_url, old)
            fill(file)
            before, fixture = content(file), town.folder / "fixture.db"
            shutil.copy(file, fixture)
            spy = (*strace(), "-f", "-o", str(trace), "-e", "trace=pwrite64")
            assert await asyncio.to_thread(migrated, town, *spy) == 0
            writes = trace.read_text("utf-8", "replace").count("pwrite64(")
            for point in [chance.randint(1, writes) for _ in range(points)]:
                for left in data.iterdir():
                    if left.is_file():
                        left.unlink()
                shutil.copy(fixture, file)
                kill = ("-e", f"inject=pwrite64:signal=SIGKILL:when={point}")
                await asyncio.to_thread(migrated, town, *spy, *kill)
                where = f"{old} at write {point} of {writes}"
                found.expect(revision(file) in (*revisions, migrate.head_revision()), where)
                found.expect(content(file) == before, f"{where}: rows are gone")
                again = await asyncio.to_thread(migrated, town)
                found.expect(again == 0, f"{where}: it does not resume")
                found.expect(revision(file) == migrate.head_revision(), f"{where}: not done")
                found.expect(content(file) == before, f"{where}: rows are gone at the end")
                found.count += 1
