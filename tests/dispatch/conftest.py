"""A real, migrated database for each test."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from dispatch.db import migrate
from dispatch.db.database import Database


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
