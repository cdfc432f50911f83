"""What one delivery to one console costs, beside a frame per update on the same server."""

import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import pytest

from tests.bench.crowd import Crowd, watching
from tests.bench.marks import Marks
from tests.bench.results import record
from tests.bench.rig import percentile
from tests.e2e.system import Installation

pytestmark = pytest.mark.bench

SECONDS = 6.0


@dataclass
class Stage:
    """The server, and the files that it shares with the consoles."""

    folder: Path
    process: "subprocess.Popen[str]"
    where: dict[str, Any]
    number: int = 0

    def crowd(self, count: int, **more: Any) -> Crowd:
        """So many consoles of this server."""
        return Crowd(
            address=f"http://127.0.0.1:{self.where['port']}",
            cookie=self.where["cookie"],
            count=count,
            epoch=self.where["epoch"],
            after=self.where["seq"],
            reports=str(self.folder / "reports"),
            calls=str(self.folder / "calls"),
            origin=self.where["origin"],
            **more,
        )

    def drive(self, rate: int, seconds: float = SECONDS) -> float:
        """Put positions into the hub; processor seconds that the server used."""
        line = cast("IO[str]", self.process.stdin)
        line.write(f"{rate} {seconds} {self.number}\n")
        line.flush()
        found = json.loads(cast("IO[str]", self.process.stdout).readline())
        self.number = found["next"]
        return float(found["processor_s"])

    def run(self, rate: int, count: int, **more: Any) -> tuple[float, Counter[int]]:
        """Microseconds of the server for one delivery, and the ages of all deliveries (ms)."""
        seen: dict[str, Any] = {}
        with watching(self.crowd(count, **more), seen):
            used = self.drive(rate)
        ages = cast("Counter[int]", seen["positions"])
        return used / ages.total() * 1e6, ages


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with _stage(tmp_path) as one:
        yield one


@contextmanager
def _stage(folder: Path) -> Iterator[Stage]:
    (folder / "sardze.toml").write_text('[dispatch]\ndata_dir = "."\n', encoding="utf-8")
    Installation(folder).command("migrate")
    shutil.move(folder / "sardze.db", folder / "fanout.db")
    Marks(folder / "reports", 1_000_000)
    Marks(folder / "calls", 1)
    url = f"sqlite+aiosqlite:///{folder / 'fanout.db'}"
    with subprocess.Popen(
        [sys.executable, "-m", "tests.bench.fanout_server", str(folder), url],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        where = json.loads(cast("IO[str]", process.stdout).readline())
        try:
            yield Stage(folder, process, where)
        finally:
            cast("IO[str]", process.stdin).close()
            process.wait(20)


def test_cost_of_a_delivery(stage: Stage) -> None:
    naive, _ = stage.run(200, 50, path="/naive")
    for count, rate in ((50, 2000), (200, 500)):
        cost, ages = stage.run(rate, count)
        what = f"{count} consoles x {rate}/s"
        record(
            f"{what}: processor for a delivery",
            cost,
            "us",
            raw=naive,
            goal="<= 1/10 of raw",
            ok=cost <= naive / 10,
            note="raw: a frame per update, same server and consoles",
        )
        late = percentile(ages, 0.99)
        record(f"{what}: hub -> console p99", late, "ms", goal="< 150", ok=late < 150)
        kept = ages.total() / (rate * SECONDS * count)
        record(f"{what}: updates that arrived", kept * 100, "%", note="the rest gave way to newer")


def test_a_stalled_console_delays_no_other(stage: Stage) -> None:
    _, alone = stage.run(10_000, 20)
    _, beside = stage.run(10_000, 20, stalled=5)
    late, raw = percentile(beside, 0.99), percentile(alone, 0.99)
    record(
        "p99 beside 5 stalled consoles",
        late,
        "ms",
        raw=raw,
        goal="< 1.1 of raw",
        ok=late <= raw * 1.1,
        note="20 consoles x 10 000/s; raw: without them",
    )
