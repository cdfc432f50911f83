"""Broker and database away for long, under the load of a normal day."""

import asyncio
import contextlib
import time
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.faults.console import console
from tests.faults.ledger import Class, Ledger, settled
from tests.faults.load import DRIVING, TEXTING, Load, Pace
from tests.faults.machines import Machines, machines
from tests.faults.outcome import Outcome, allowed, scenario
from tests.faults.repeater import repeater
from tests.faults.town import signed_in
from tests.faults.waiting import eventually, eventually_async, lasting

NORMAL = Pace(text=0.1, call=0.1, emergency=2.0, position=0.05)
DRAIN_S = 120.0
SHOWN_S = 1.0
RADIOS = 20
COARSE_S = 120.0
"Of every radio at least one position in so long outlives an outage."
WHAT = {
    "broker": "mosquitto away",
    "database": "PostgreSQL away, all of its processes killed",
    "both": "broker and database away",
}


async def go(system: Machines, part: str) -> None:
    if part in ("broker", "both"):
        system.mosquitto.kill()
    if part in ("database", "both"):
        system.server.kill()


async def come_back(system: Machines, part: str) -> None:
    if part in ("broker", "both"):
        system.mosquitto.wipe()
        await asyncio.to_thread(system.mosquitto.start)
    if part in ("database", "both"):
        await system.server.start()


@pytest.mark.parametrize(
    ("part", "seconds"),
    [
        ("database", 2.0),
        pytest.param("broker", 600.0, marks=pytest.mark.soak),
        pytest.param("database", 600.0, marks=pytest.mark.soak),
        pytest.param("both", 300.0, marks=pytest.mark.soak),
    ],
)
async def test_away(tmp_path: Path, part: str, seconds: float) -> None:
    ledger, pressed = Ledger(), dict[int, float]()
    what = f"{WHAT[part]}, {seconds:.0f} s"
    with scenario(f"{part}-away", what, "0 lost, stored <= 120 s after return") as found:
        async with machines(tmp_path) as system, contextlib.AsyncExitStack() as stack:
            client = await stack.enter_async_context(signed_in(system.town, "anna"))
            line = await stack.enter_async_context(repeater(system.town.ports))
            screen = await stack.enter_async_context(console(client))
            load = Load(ledger, NORMAL, RADIOS)
            load.on_alarm = lambda place: pressed.update({place: time.monotonic()})
            await line.register(TEXTING)
            await load.alarm(line)
            await eventually(lambda: len(screen.raised) == 1, "the first alarm", 30)
            async with load.running(line) as tasks:
                await go(system, part)
                await lasting(seconds, *tasks)
                if part == "database":
                    await _is_told_to_wait(client, found)
                    away = [at for at in pressed if at != min(pressed)]
                    await eventually(lambda: set(away) <= screen.alarms.keys(), "unstored alarms")
                    found.expect(len(away) > 0, "no alarm fell into the outage")
                await come_back(system, part)
                back = time.monotonic()
            stored = await settled(system.town.database_url, ledger, DRAIN_S * 5)
            drain = time.monotonic() - back
            await eventually(lambda: pressed.keys() <= screen.alarms.keys(), "all alarms", 30)
            found.settle(ledger, stored)
            if seconds > COARSE_S:
                await _tracks_have_no_hole(system.town.database_url, seconds, found)
            found.count = 1
            found.faults += screen.faults
            waits = [screen.alarms[place] - at for place, at in pressed.items()]
            found.figures |= {
                "stored_after_s": round(drain, 1),
                "alarms": ledger.count(Class.EMERGENCY),
                "slowest_alarm_s": round(max(waits), 2),
            }
            found.expect(
                drain <= allowed(DRAIN_S, full=seconds > 2), f"{drain:.0f} s until all was stored"
            )
            if part == "database":
                limit = allowed(SHOWN_S, full=seconds > 2)
                found.expect(max(waits) <= limit, f"an alarm was shown after {max(waits):.1f} s")


async def _tracks_have_no_hole(url: str, seconds: float, found: Outcome) -> None:
    """Positions come last and are thinned out, but every radio keeps a track."""
    engine = create_async_engine(url)
    query = text(
        "SELECT number, count(*) FROM position JOIN radio ON radio.id = radio_id "
        "WHERE number >= :first AND number < :end GROUP BY number"
    )
    driving = {"first": DRIVING, "end": DRIVING + RADIOS}
    least = seconds / COARSE_S

    async def kept() -> bool:
        async with engine.connect() as connection:
            counts = {row[0]: row[1] for row in await connection.execute(query, driving)}
        found.figures["positions_kept"] = sum(counts.values())
        found.figures["fewest_of_a_radio"] = min(counts.values(), default=0)
        return len(counts) >= RADIOS and min(counts.values()) >= least

    try:
        await eventually_async(kept, "a position of every radio and two minutes", 60)
    except AssertionError as error:
        found.expect(fulfilled=False, what=str(error))
    finally:
        await engine.dispose()


async def _is_told_to_wait(client: httpx.AsyncClient, found: Outcome) -> None:
    """A write while the database is away: 503 and when to try again."""
    answer = await client.post(
        "/api/messages",
        json={"radio_id": 1, "text": "is anybody there"},
        headers={"Idempotency-Key": "while-it-is-away"},
        timeout=30,
    )
    found.expect(answer.status_code == 503, f"a write was answered {answer.status_code}")
    found.expect("Retry-After" in answer.headers, "503 without Retry-After")
