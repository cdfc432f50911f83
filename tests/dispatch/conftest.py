"""A real, migrated database for each test."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dispatch.db import migrate
from dispatch.db.database import Database

if TYPE_CHECKING:
    from tests.dispatch.desk import Desk
    from tests.dispatch.world import World


def sqlite_url(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrated once; tests work on copies, which is much faster."""
    path = tmp_path_factory.mktemp("template") / "dispatch.db"
    asyncio.run(migrate.upgrade(sqlite_url(path)))
    return path


@pytest.fixture
def database_url(tmp_path: Path, migrated_file: Path) -> str:
    """Address of an empty database with the present schema."""
    path = tmp_path / "dispatch.db"
    shutil.copy(migrated_file, path)
    return sqlite_url(path)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """That database, open."""
    database = Database.open(database_url)
    yield database
    await database.close()


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator["Desk"]:
    """A running server over that database, in this process."""
    from tests.dispatch.desk import open_desk

    async with open_desk(database_url, tmp_path) as desk:
        yield desk


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
async def world(
    request: pytest.FixtureRequest, database_url: str, tmp_path: Path
) -> AsyncIterator["World"]:
    """A small fleet over an empty database, without HTTP; on PostgreSQL in the slow suite."""
    from tests.dispatch.postgres import migrated_database
    from tests.dispatch.world import open_world

    url = database_url
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres_server")
        url = await asyncio.to_thread(migrated_database, server, f"world {tmp_path.name}"[:60])
    database = Database.open(url)
    async with open_world(database) as world:
        yield world
    await database.close()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL server of this test run; skips where there is none, except under CI."""
    from tests.dispatch.postgres import running_server

    with running_server() as address:
        yield address
