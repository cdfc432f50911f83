"""Twenty thousand positions a second for as long as it takes to see memory grow."""

import asyncio
from pathlib import Path

import pytest

from tests.bench.rig import Load, Rig, percentile, slope_per_min
from tests.dispatch.postgres import create_database, running_server
from tests.faults.outcome import scenario

RATE = 20_000
LOOK = 20
ALARM_EVERY_S = 5.0
"""Nobody acknowledges them here, and an open alarm is kept at hand by the server: with two a second
for ten minutes the growth is that of 1 200 open alarms."""
MEMORY_MIB_PER_H = 60.0
"Growth of the second half; what a day of it would add is below what the machine has."


@pytest.mark.soak
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_twenty_thousand_positions_a_second(tmp_path: Path, kind: str) -> None:
    if kind == "sqlite":
        _run(Rig(tmp_path), kind)
        return
    with running_server(durable=True) as server:
        _run(Rig(tmp_path, asyncio.run(create_database(server, tmp_path.name))), kind)


def _run(rig: Rig, kind: str) -> None:
    what = f"{RATE:,} positions a second of 1 000 radios, 50 consoles, alarms and calls, {kind}"
    with scenario(f"long-load-{kind}", what, "0 lost, memory flat") as found:
        with rig.running():
            seen = rig.measure(
                Load(rate=RATE, seconds=600.0, alarm_every_s=ALARM_EVERY_S, look=LOOK)
            )
        half = seen.resident_mib[len(seen.resident_mib) // 2 :]
        found.count, found.unit, found.events = 1, "time", seen.sent
        growth = slope_per_min(half) * 60
        found.lost = {"position": seen.sent - seen.stored} if seen.stored < seen.sent else {}
        found.figures |= {
            "commit_p99_ms": percentile(seen.commits, 0.99),
            "frame_p99_ms": percentile(seen.positions, 0.99),
            "alarm_p99_ms": percentile(seen.alarms, 0.99),
            "server_core_share": round(seen.cpu_share, 2),
            "memory_mib": round(half[-1]),
            "memory_slope_mib_per_h": round(growth),
        }
        found.expect(growth < MEMORY_MIB_PER_H, f"memory grows by {growth:.0f} MiB an hour")
        found.expect(not seen.closed, f"{seen.closed} consoles were cut off")
