"""A town's usual load for as long as one can wait: nothing grows, nothing slows down."""

import asyncio
import os
import re
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import astuple, dataclass, field
from itertools import count
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.faults.console import console
from tests.faults.desk import Dispatcher
from tests.faults.ledger import Class, Ledger, settled
from tests.faults.load import ALARMED, CALLING, Load, Pace
from tests.faults.outcome import Outcome, allowed, p99, scenario, slope_per_hour
from tests.faults.program import Program, ending
from tests.faults.repeater import Repeater, repeater
from tests.faults.town import Town, signed_in
from tests.faults.waiting import lasting

SECONDS: Final = float(os.environ.get("SOAK_DAY_S", "600"))
"That are judged; 86400 before a release."
WARM_S, FASTER = 300.0, 12
"An hour of it in five minutes comes first, and is not judged: caches fill."
RADIOS: Final = 200
PACE: Final = Pace(text=2.0, call=None, emergency=None, position=0.05)
"20 positions a second: 200 radios every ten seconds."
CALL_EVERY_S, ALARM_EVERY_S, LOOK_EVERY_S = 0.5, 20.0, 1.0
ALARMS: Final = 200
"Radios that press their key in turn: soon after another it would be the same alarm."
GROWTH_MIB_PER_H: Final = 1.0
NOISE_MIB: Final = 1.5
"A run of minutes cannot tell so much from growth."
HELD_MORE: Final = 4
"Files, threads and tasks come and go by so many."
SLOWER: Final = 1.2
CLOCK_S: Final = 0.005
"Differences below this are not called slower."
WAL_MIB: Final = 20.0
"SQLite's log starts again at 16 MB."


@dataclass
class Health:
    """What one process takes, once a second."""

    program: Program
    data: Path
    memory: list[tuple[float, float]] = field(default_factory=list)
    "Seconds, MiB."
    held: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    "Open files, threads, tasks of the event loop."
    log_mib: float = 0.0
    "The longest that SQLite's write-ahead log was."

    async def watch(self, town: Town) -> None:
        """Until cancelled."""
        async with signed_in(town, "watch") as client:
            while True:
                self.memory.append((time.monotonic(), self.program.memory_mib()))
                own = Path(f"/proc/{self.program.pid}")
                self.held["files"].append(len([*(own / "fd").iterdir()]))
                self.held["threads"].append(len([*(own / "task").iterdir()]))
                shown = (await client.get("/metrics")).text
                found = re.search(r"^sardze_tasks (\d+)", shown, re.MULTILINE)
                assert found is not None, shown
                self.held["tasks"].append(int(found[1]))
                logs = (one.stat().st_size for one in self.data.glob("*.db-wal"))
                self.log_mib = max(self.log_mib, sum(logs) / 2**20)
                await lasting(LOOK_EVERY_S)


class Shift:
    """Calls and alarms of radios that are always the same, and somebody who answers alarms."""

    def __init__(self, line: Repeater, desk: Dispatcher) -> None:
        self.calls = self.alarms = 0
        self.faster = 1
        self.waits: list[float] = []
        "Seconds until a call's end was acknowledged: until it is on disk."
        self._line, self._desk = line, desk

    async def talk(self) -> None:
        for number in count():
            began = time.monotonic()
            await self._line.call(CALLING + number % RADIOS)
            self.waits.append(time.monotonic() - began)
            self.calls += 1
            await lasting(CALL_EVERY_S / self.faster)

    async def press(self) -> None:
        for number in count():
            await self._line.emergency(ALARMED + number % ALARMS, number + 1)
            self.alarms += 1
            await lasting(ALARM_EVERY_S / self.faster)

    async def answer(self) -> None:
        while True:
            await self._desk.take_charge()
            await lasting(LOOK_EVERY_S)


def faster(pace: Pace) -> Pace:
    """The same in a twelfth of the time."""
    return Pace(*(every and every / FASTER for every in astuple(pace)))


def judge(found: Outcome, health: Health, shift: Shift, *, full: bool) -> None:
    """Compare what it took at first and later."""
    later = health.memory
    growth = slope_per_hour(later)
    hours = (later[-1][0] - later[0][0]) / 3600
    limit = max(GROWTH_MIB_PER_H, NOISE_MIB / hours)
    half = len(shift.waits) // 2
    before, after = p99(shift.waits[:half]), p99(shift.waits[half:])
    found.figures |= {
        "memory_mib": round(later[-1][1]),
        "memory_slope_mib_per_h": round(growth, 1),
        "call_p99_ms": [round(before * 1000), round(after * 1000)],
        "wal_mib": round(health.log_mib, 1),
    }
    for what, values in health.held.items():
        first, last = (max(part) for part in halves(values))
        found.figures[what] = [first, last]
        found.expect(last <= first + HELD_MORE, f"{what}: {first}, later {last}")
    found.expect(health.log_mib < WAL_MIB, f"the write-ahead log grew to {health.log_mib:.0f} MiB")
    if full:  # seconds tell nothing of these
        found.expect(growth < limit, f"memory grows by {growth:.1f} MiB an hour")
        slower = after > before * SLOWER + CLOCK_S
        found.expect(not slower, f"call p99 {before * 1000:.0f} ms, later {after * 1000:.0f} ms")


def halves(values: Sequence[int]) -> tuple[Sequence[int], Sequence[int]]:
    """Before and after the middle."""
    return values[: len(values) // 2], values[len(values) // 2 :]


async def rows(url: str, table: str) -> int:
    """How many there are."""
    engine = create_async_engine(url)
    try:
        async with engine.connect() as connection:
            answer = await connection.execute(text(f"SELECT count(*) FROM {table}"))  # noqa: S608
            return int(answer.scalar_one())
    finally:
        await engine.dispose()


@pytest.mark.parametrize("seconds", [6.0, pytest.param(SECONDS, marks=pytest.mark.soak)])
async def test_the_usual_load(town: Town, seconds: float) -> None:
    full = seconds > 6
    program, ledger = town.all_in_one(), Ledger()
    health = Health(program, town.folder / "data")
    what = f"20 positions and 2 calls a second, texts, alarms, of {RADIOS} radios, {seconds:.0f} s"
    goal = "0 lost; memory, files, threads and tasks flat, no slower, no error in the log"
    with scenario("usual-load", what, goal) as found:
        async with ending(program):
            await program.started()
            async with (
                signed_in(town, "anna") as client,
                repeater(town.ports) as line,
                console(client) as screen,
            ):
                desk = Dispatcher(client, ledger)
                shift, load = Shift(line, desk), Load(ledger, PACE, RADIOS)
                acts = [shift.talk(), shift.press(), shift.answer()]
                work = [asyncio.create_task(act) for act in acts]
                shift.faster, load.pace = FASTER, faster(PACE)
                async with load.running(line) as tasks:
                    await lasting(min(WARM_S, seconds / 3), *work, *tasks)
                shift.faster, load.pace = 1, PACE
                shift.waits.clear()
                work.append(asyncio.create_task(health.watch(town)))
                async with load.running(line) as tasks:
                    await lasting(seconds, *work, *tasks)
                for task in work:
                    task.cancel()
                await asyncio.wait(work)
                stored = await settled(town.database_url, ledger, allowed(30.0, full=full))
            found.count, found.unit = 1, "time"
            calls, alarms = [
                await rows(town.database_url, one) for one in ("call_record", "emergency")
            ]
            # the same radios again and again: theirs are counted, not compared one by one
            found.settle(ledger, stored | {Class.CALL: Counter(), Class.EMERGENCY: Counter()})
            found.events += shift.calls + shift.alarms
            found.expect(calls >= shift.calls, f"{calls} of {shift.calls} calls")
            found.expect(alarms >= shift.alarms, f"{alarms} of {shift.alarms} alarms")
            found.faults += screen.faults + desk.faults
            judge(found, health, shift, full=full)
            found.figures |= {"calls": calls, "alarms": alarms}
            for word in ("Traceback", " ERROR ", "was never awaited"):
                found.expect(word not in program.printed, f"{word.strip()} in {program.log}")
