"""Disk, backup, event loop and wall clock of the server."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dispatch.condition.host import DataDirectory, Heart

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
GB = 1_000_000_000


def look(folder: Path, total: int = 100 * GB, free: int = 50 * GB) -> dict[str, tuple[str, str]]:
    data = DataDirectory(folder, now=lambda: NOW, usage=lambda _: (total, total - free, free))
    data.look()
    return {one.key: (one.level, one.text) for one in data.findings()}


@pytest.mark.parametrize(
    ("total", "free", "level"),
    [
        (100 * GB, 50 * GB, "ok"),
        (100 * GB, 9 * GB, "amber"),
        (5 * GB, 900_000_000, "amber"),
        (100 * GB, GB, "red"),
    ],
)
def test_free_disk(tmp_path: Path, total: int, free: int, level: str) -> None:
    assert look(tmp_path, total, free)["disk"][0] == level


@pytest.mark.parametrize(
    ("stamp", "expected"),
    [
        (None, ("amber", "backup.never")),
        ("{", ("amber", "backup.unreadable")),
        ({"at": (NOW - timedelta(hours=25)).isoformat(), "ok": True}, ("ok", "backup.ok")),
        ({"at": (NOW - timedelta(hours=27)).isoformat(), "ok": True}, ("amber", "backup.old")),
        ({"at": (NOW - timedelta(days=9)).isoformat(), "ok": True}, ("red", "backup.old")),
        ({"at": NOW.isoformat(), "ok": False}, ("red", "backup.failed")),
    ],
)
def test_the_last_backup(tmp_path: Path, stamp: object, expected: tuple[str, str]) -> None:
    if stamp is not None:
        text = stamp if isinstance(stamp, str) else json.dumps(stamp)
        (tmp_path / "backup.json").write_text(text)
    assert look(tmp_path)["backup"] == expected


def test_a_late_timer_and_a_jump_of_the_clock() -> None:
    mono, wall = 0.0, NOW
    heart = Heart(lambda: wall, lambda: mono)
    heart.beat(0.01)
    assert {one.key: one.level for one in heart.findings()} == {"loop": "ok", "clock": "ok"}
    mono, wall = 1.0, NOW + timedelta(seconds=1, hours=1)
    heart.beat(1.4)
    found = {one.key: one for one in heart.findings()}
    assert (found["loop"].level, found["clock"].level) == ("amber", "amber")
    assert found["clock"].numbers == {"seconds": 3600.0}
    mono, wall = 700.0, wall + timedelta(seconds=699)
    heart.beat(0.0)
    assert {one.key: one.level for one in heart.findings()} == {"loop": "ok", "clock": "ok"}
