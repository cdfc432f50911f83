"""Towns to hurt."""

import asyncio
import shutil
from pathlib import Path

import pytest

from dispatch.db.migrate import upgrade
from tests.faults.town import Town


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database of the present schema, made once and copied for each town."""
    file = tmp_path_factory.mktemp("tables") / "sardze.db"
    asyncio.run(upgrade(f"sqlite+aiosqlite:///{file}"))
    return file


@pytest.fixture
def town(tmp_path: Path, tables: Path) -> Town:
    """All in one process, on SQLite."""
    made = Town(tmp_path)
    made.write()
    (tmp_path / "data").mkdir()
    shutil.copy(tables, tmp_path / "data" / "sardze.db")
    return made
