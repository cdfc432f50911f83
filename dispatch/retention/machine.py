"""The machine's own time, which no setting of the clock changes."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Uptime:
    """Seconds that a machine has been on, comparable with others of the same boot."""

    boot: str
    "UUID of this run of this machine; empty where the system gives none."
    seconds: float


def uptime() -> Uptime:
    """Now; counts on while the machine sleeps, where the system has such a clock."""
    kept = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    try:
        boot = _BOOT.read_text(encoding="ascii").strip()
    except OSError:
        boot = ""
    return Uptime(boot, time.clock_gettime(kept))
