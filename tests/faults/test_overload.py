"""Far more than a day brings: alarms stay fast, memory stays flat, everything recovers."""

import asyncio
import time

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.faults.console import console
from tests.faults.ledger import Class, Ledger, settled
from tests.faults.load import DRIVING, Load, Pace
from tests.faults.outcome import allowed, p99, scenario, slope_per_hour
from tests.faults.program import Program, ending
from tests.faults.repeater import Repeater, repeater
from tests.faults.town import HOSTS, Town, signed_in
from tests.faults.waiting import STEP_S, eventually, lasting

ALARM_P99_S = 1.0
UNIT_SILENCE_S = 30.0
MEMORY_MIB = 512.0
NORMAL_AFTER_S = 60.0
RADIOS = 200


async def flood(line: Repeater, per_s: float, numbers: "Load") -> None:
    """Positions of all radios at this rate, sent without waiting for an answer."""
    loop = asyncio.get_running_loop()
    began, sent = loop.time(), 0
    while True:
        while sent < (loop.time() - began) * per_s:
            number = next(numbers.sent)
            line.cast_position(DRIVING + number % RADIOS, number)
            sent += 1
        await asyncio.sleep(STEP_S / 4)


async def weigh(program: Program, samples: list[tuple[float, float]]) -> None:
    """Memory of a process, once a second: (monotonic seconds, MiB)."""
    while True:
        samples.append((time.monotonic(), program.memory_mib()))
        await lasting(1.0)


@pytest.mark.parametrize(
    ("seconds", "per_s"), [(3.0, 1000.0), pytest.param(600.0, 3000.0, marks=pytest.mark.soak)]
)
async def test_ten_times_the_load(town: Town, seconds: float, per_s: float) -> None:
    program, ledger = town.all_in_one(), Ledger()
    pressed, samples = dict[int, float](), list[tuple[float, float]]()
    what = f"{per_s:.0f} positions a second of {RADIOS} radios beside 40 texts, 40 calls, 2 alarms"
    goal = "alarms p99 < 1 s, every unit each 30 s, < 512 MiB, normal <= 60 s after"
    with scenario("overload", what, goal) as found:
        async with ending(program):
            await program.started()
            async with (
                signed_in(town, "anna") as client,
                repeater(town.ports, source=HOSTS[0]) as line,
                repeater(town.ports, source=HOSTS[1], device=2) as busy,
                console(client) as screen,
            ):
                load = Load(ledger, Pace(text=0.025, call=0.025, emergency=0.5, position=None))
                load.on_alarm = lambda place: pressed.update({place: time.monotonic()})
                await load.alarm(line)
                flooding = asyncio.create_task(flood(busy, per_s, load))
                weighing = asyncio.create_task(weigh(program, samples))
                async with load.running(line) as tasks:
                    await lasting(seconds, flooding, weighing, *tasks)
                    flooding.cancel()
                ended = time.monotonic()
                stored = await settled(town.database_url, ledger, NORMAL_AFTER_S * 5)
                await eventually(lambda: pressed.keys() <= screen.alarms.keys(), "alarms", 60)
                after = time.monotonic() - ended
                weighing.cancel()
                await asyncio.wait({flooding, weighing})
            driving = await _driving(town.database_url)
            # those in danger report once, with their alarm
            units = {one: times for one, times in screen.units.items() if one in driving}
            slowest = p99([screen.alarms[place] - at for place, at in pressed.items()])
            gaps = [
                later - earlier
                for times in units.values()
                for earlier, later in zip(times, [*times[1:], max(ended, times[-1])], strict=True)
            ]
            longest = max(gaps, default=seconds)
            memory = max(mib for _, mib in samples)
            found.count, found.unit = 1, "time"
            found.settle(ledger, stored)
            found.faults += screen.faults
            found.figures |= {
                "alarms": ledger.count(Class.EMERGENCY),
                "alarm_p99_s": round(slowest, 2),
                "units": len(units),
                "longest_unit_silence_s": round(longest, 1),
                "memory_mib": round(memory),
                "memory_slope_mib_per_h": round(slope_per_hour(samples[len(samples) // 3 :])),
                "normal_after_s": round(after, 1),
            }
            full = seconds > 3
            found.expect(slowest < allowed(ALARM_P99_S, full=full), f"alarm p99 {slowest:.2f} s")
            found.expect(len(units) == RADIOS, f"{len(units)} of {RADIOS} units")
            found.expect(longest <= UNIT_SILENCE_S, f"a unit stood still for {longest:.0f} s")
            found.expect(memory < MEMORY_MIB, f"{memory:.0f} MiB")
            found.expect(after <= allowed(NORMAL_AFTER_S, full=full), f"{after:.0f} s until normal")


async def _driving(url: str) -> set[int]:
    """Ids of the radios whose positions are the flood."""
    engine = create_async_engine(url)
    query = text("SELECT id FROM radio WHERE number >= :first AND number < :end")
    try:
        async with engine.connect() as connection:
            rows = await connection.execute(query, {"first": DRIVING, "end": DRIVING + RADIOS})
            return {row[0] for row in rows}
    finally:
        await engine.dispose()
