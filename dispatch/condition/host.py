"""The machine that dispatch runs on: disk, backup, event loop, wall clock."""

import asyncio
import json
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from dispatch import clock
from dispatch.condition.gateways import JUMP_S, JUMP_SHOWN_S, loop_finding
from dispatch.condition.lamp import Finding, Level

DISK_S: Final = 5.0
"Disk and backup are looked at so often."
LITTLE: Final = 0.10
LITTLE_OCTETS: Final = 1_000_000_000
ALMOST_NOTHING: Final = 0.02
STAMP: Final = "backup.json"
'What `dispatch backup` leaves in data_dir: `{"at": ISO 8601, "ok": true}`.'
DAILY: Final = timedelta(hours=26)
WEEKLY: Final = timedelta(days=8)
LOOP_S: Final = 0.25
LAG_KEPT_S: Final = 15.0
"The longest block of the loop is shown for so long."


class DataDirectory:
    """Free space and age of the backup."""

    def __init__(
        self,
        directory: Path,
        *,
        backup_expected: bool = True,
        now: Callable[[], datetime] = clock.now,
        usage: Callable[[Path], tuple[int, int, int]] = shutil.disk_usage,
    ) -> None:
        """`usage` tells total, used and free octets of a directory's disk."""
        self._directory = directory
        self._backup_expected = backup_expected
        self._now = now
        self._usage = usage
        self._disk: Finding | None = None
        self._backup: Finding | None = None
        self.free: int | None = None
        "Octets."

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await asyncio.to_thread(self.look)
            await asyncio.sleep(DISK_S)

    def look(self) -> None:
        """Ask the disk; may wait for it."""
        self._disk = self._free()
        self._backup = self._age()

    def findings(self) -> Iterator[Finding]:
        """The lamps `disk` and `backup`."""
        yield from (found for found in (self._disk, self._backup) if found is not None)

    def _free(self) -> Finding:
        try:
            total, _, free = self._usage(_existing(self._directory))
        except OSError as error:
            self.free = None
            return Finding("disk", "red", "disk.unreadable", {"reason": str(error)})
        self.free = free
        share = free / max(total, 1)
        numbers: dict[str, float | str] = {
            "percent": round(share * 100),
            "free_gb": round(free / 1e9, 1),
        }
        level: Level = "ok"
        if share < ALMOST_NOTHING:
            level = "red"
        elif share < LITTLE or free < LITTLE_OCTETS:
            level = "amber"
        return Finding("disk", level, "disk.ok" if level == "ok" else "disk.little", numbers)

    def _age(self) -> Finding | None:
        try:
            stamp = json.loads((self._directory / STAMP).read_text(encoding="utf-8"))
            at, ok = datetime.fromisoformat(stamp["at"]), bool(stamp["ok"])
            age = self._now() - at
        except FileNotFoundError:
            return Finding("backup", "amber", "backup.never") if self._backup_expected else None
        except (OSError, ValueError, KeyError, TypeError):
            return Finding("backup", "amber", "backup.unreadable")
        hours: dict[str, float | str] = {"hours": round(age.total_seconds() / 3600)}
        if not ok:
            return Finding("backup", "red", "backup.failed", hours)
        if age > DAILY:
            return Finding("backup", "red" if age > WEEKLY else "amber", "backup.old", hours)
        return Finding("backup", "ok", "backup.ok", hours)


def _existing(directory: Path) -> Path:
    """The directory, or the one that it will be made in: with a database elsewhere it may wait."""
    while not directory.exists() and directory != directory.parent:
        directory = directory.parent
    return directory


class Heart:
    """Notices when this process's event loop is blocked and when the wall clock jumps."""

    def __init__(
        self,
        now: Callable[[], datetime] = clock.now,
        monotonic: Callable[[], float] = clock.monotonic,
    ) -> None:
        self._now = now
        self._monotonic = monotonic
        self._lags: list[tuple[float, float]] = []
        self._wall: tuple[datetime, float] | None = None
        self._jump: tuple[float, float] | None = None
        "Seconds, and when by the steady clock."

    @property
    def lag_s(self) -> float:
        """Longest block of the last seconds."""
        return max((lag for _, lag in self._lags), default=0.0)

    async def run(self) -> None:
        """Beat until cancelled."""
        while True:
            before = self._monotonic()
            await asyncio.sleep(LOOP_S)
            self.beat(self._monotonic() - before - LOOP_S)

    def beat(self, late_s: float) -> None:
        """Take how late a timer was, and compare the clocks."""
        mono, wall = self._monotonic(), self._now()
        self._lags = [(at, lag) for at, lag in self._lags if mono - at < LAG_KEPT_S]
        self._lags.append((mono, max(late_s, 0.0)))
        if self._wall is not None:
            before, then = self._wall
            jump = (wall - before).total_seconds() - (mono - then)
            if abs(jump) > JUMP_S:
                self._jump = (jump, mono)
        self._wall = (wall, mono)

    def findings(self) -> Iterator[Finding]:
        """The lamps `loop` and `clock`."""
        yield loop_finding("loop", self.lag_s)
        if self._jump is not None and self._monotonic() - self._jump[1] < JUMP_SHOWN_S:
            yield Finding("clock", "amber", "clock.jumped", {"seconds": round(self._jump[0], 1)})
        else:
            yield Finding("clock", "ok", "clock.ok")
