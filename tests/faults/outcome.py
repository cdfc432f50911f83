"""What a scenario found: asserted at its end, and kept for the table of the soak."""

import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import linear_regression, quantiles
from typing import Any

from tests.faults.ledger import Class, Ledger, Stored, count_doubled

FOLDER = "SOAK_RESULTS"
"Environment: directory for the results; without it none are written."


BUSY = 8
"The quick forms run beside other work, where everything takes so many times as long."


def slope_per_hour(samples: Sequence[tuple[float, float]]) -> float:
    """What the second value of (seconds, value) gains in an hour, by least squares."""
    return 3600 * linear_regression(*zip(*samples, strict=True)).slope


def p99(values: Sequence[float]) -> float:
    """Of a hundred one is slower."""
    return quantiles(values, n=100, method="inclusive")[-1]


def allowed(goal_s: float, *, full: bool) -> float:
    """Seconds that something may take: the goal itself when a scenario runs at full length."""
    return goal_s if full else goal_s * BUSY


@dataclass
class Outcome:
    """One scenario's result."""

    name: str
    what: str
    goal: str
    count: int = 0
    "Kills, races, absences: how often it was hurt."
    unit: str = "times"
    duration_s: float = 0.0
    lost: Mapping[str, int] = field(default_factory=dict)
    doubled: Mapping[str, int] = field(default_factory=dict)
    events: int = 0
    "Acknowledged by the system and compared with the database."
    figures: dict[str, Any] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    ok: bool = False
    at: str = ""

    def __post_init__(self) -> None:
        self._began = time.monotonic()

    def expect(self, fulfilled: bool, what: str) -> None:
        """Note what was not as promised."""
        if not fulfilled:
            self.faults.append(what)

    def settle(self, ledger: Ledger, stored: Stored) -> None:
        """Compare what was promised with what is there."""
        self.events = ledger.total
        self.lost, self.doubled = ledger.count_lost(stored), count_doubled(stored)
        unsafe = ledger.missing(stored, Class.POSITION)
        if ledger.count(Class.POSITION):
            self.figures["positions_missing"] = len(unsafe)
            twice = sum(times > 1 for times in stored[Class.POSITION].values())
            self.figures["positions_doubled"] = twice

    def close(self, *, finished: bool) -> None:
        """Judge, and write `<name>.json` where that was asked for."""
        self.duration_s = round(time.monotonic() - self._began, 1)
        self.at = datetime.now(UTC).isoformat(timespec="seconds")
        self.expect(not self.lost, f"lost: {dict(self.lost)}")
        self.expect(not self.doubled, f"doubled: {dict(self.doubled)}")
        self.ok = finished and not self.faults
        folder = os.environ.get(FOLDER)
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            text = json.dumps(asdict(self), indent=1, ensure_ascii=False)
            (Path(folder) / f"{self.name}.json").write_text(text + "\n", encoding="utf-8")


@contextmanager
def scenario(name: str, what: str, goal: str) -> Iterator[Outcome]:
    """Run one scenario: its faults fail the test at the end, after the outcome was kept."""
    outcome = Outcome(name, what, goal)
    finished = False
    try:
        yield outcome
        finished = True
    finally:
        outcome.close(finished=finished)
    assert outcome.ok, f"{name}: {'; '.join(outcome.faults)}; figures: {outcome.figures}"
