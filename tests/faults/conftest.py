"""Towns to hurt."""

from pathlib import Path

import pytest

from tests.faults.town import Town


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """All in one process, on SQLite."""
    made = Town(tmp_path)
    made.write()
    return made
