"""The wall clock jumps; what happened stays, in its order."""

import os
import time
from pathlib import Path

import pytest

from tests.faults.console import console
from tests.faults.ledger import Ledger, settled
from tests.faults.load import Load
from tests.faults.outcome import scenario
from tests.faults.program import ending
from tests.faults.repeater import repeater
from tests.faults.town import Town, signed_in
from tests.faults.waiting import eventually

HOUR = 3600
TO_2038 = int(2_147_483_647 + HOUR - time.time())
"Seconds from now until an hour after 32 bits are used up."


def library() -> str:
    """libfaketime for programs with threads."""
    for found in Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"):
        return str(found)
    if os.environ.get("CI") == "true":
        pytest.fail("libfaketime is not installed: apt-get install faketime")
    pytest.skip("libfaketime is not installed")


@pytest.mark.parametrize(
    "jumps",
    [
        (HOUR,),
        pytest.param((HOUR, -HOUR, 24 * HOUR, -24 * HOUR, 0, TO_2038, 0), marks=pytest.mark.soak),
    ],
)
async def test_the_clock_jumps(town: Town, jumps: tuple[int, ...]) -> None:
    town.session = "session_idle_min = 1440\nsession_max_h = 168"
    town.write()
    clock, ledger, program = town.folder / "clock", Ledger(), town.all_in_one()
    clock.write_text("+0\n")
    program.environment = {
        "LD_PRELOAD": library(),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_CACHE_DURATION": "1",
        "DONT_FAKE_MONOTONIC": "1",
    }
    goal = "0 lost, 0 doubled, events in order, nothing erased"
    shown = ", ".join(f"{jump / HOUR:+.0f} h" for jump in jumps)
    with scenario("clock-jumps", f"the wall clock goes to {shown}", goal) as found:
        async with ending(program):
            await program.started()
            load = Load(ledger)
            async with (
                signed_in(town, "anna") as client,
                repeater(town.ports) as line,
                console(client) as screen,
                load.running(line),
            ):
                for jump in jumps:
                    clock.write_text(f"{jump:+d}\n")
                    done = ledger.total + (100 if len(jumps) > 1 else 10)
                    await eventually(lambda done=done: ledger.total > done, "work", 120)  # type: ignore[misc]
                    found.count += 1
                found.faults += screen.faults
            found.settle(ledger, await settled(town.database_url, ledger, 120))
