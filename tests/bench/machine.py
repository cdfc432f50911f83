"""The machine that is measured on: what it is, how idle it is, what a process costs on it."""

import os
import platform
import re
import sqlite3
import subprocess
import threading
import time
from importlib.metadata import version
from pathlib import Path
from typing import Final

from tests.dispatch.postgres import find_binaries

IDLE_WANTED: Final = 0.85
"Share of idle processor time that a measurement should find."
PATIENCE_S: Final = float(os.environ.get("BENCH_IDLE_S", "20"))
"Longest wait for an idle machine before each test."
_WINDOW_S: Final = 1.0
_NEVER: Final = threading.Event()


def facts() -> dict[str, str | int]:
    """Cores, memory, and the versions of what is measured."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count() or 0,
        "memory_mib": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20,
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "postgresql": _postgresql(),
        **{name: version(name) for name in ("uvloop", "uvicorn", "websockets", "sqlalchemy")},
    }


def wait_until_idle(wanted: float = IDLE_WANTED, patience_s: float = PATIENCE_S) -> float:
    """Wait, not for ever, until the cores rest; the idle share (0..1) of the last second."""
    deadline = time.monotonic() + patience_s
    while True:
        share = idle_share(_WINDOW_S)
        if share >= wanted or time.monotonic() >= deadline:
            return share


def idle_share(seconds: float) -> float:
    """Idle share (0..1) of all cores over the next `seconds`."""
    idle, total = _ticks()
    _NEVER.wait(seconds)
    idle_later, total_later = _ticks()
    return (idle_later - idle) / max(total_later - total, 1)


def cpu_s(pid: int) -> float:
    """Processor time that a process has used so far, in seconds."""
    text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    fields = text.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mib(pid: int) -> float:
    """Memory of a process that is resident now, in MiB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


def _ticks() -> tuple[int, int]:
    fields = Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()[1:9]
    values = [int(one) for one in fields]
    return values[3] + values[4], sum(values)


def _processor() -> str:
    found = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return found.group(1) if found else platform.machine()


def _postgresql() -> str:
    binaries = find_binaries()
    if binaries is None:
        return "none"
    done = subprocess.run(
        [binaries / "postgres", "--version"], capture_output=True, text=True, check=True
    )
    return done.stdout.split()[2]
