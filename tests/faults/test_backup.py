"""A backup is made, checked and restored beside a system that goes on working."""

import asyncio
import contextlib
import time
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from dispatch.clock import now
from dispatch.db.database import Database
from dispatch.positions.days import make_days
from tests.faults.console import Console, console
from tests.faults.desk import Dispatcher
from tests.faults.ledger import BALLAST, Class, Ledger, Stored, count_doubled, read, settled
from tests.faults.load import TEXTING, Load, Pace
from tests.faults.machines import Machines, machines
from tests.faults.outcome import Outcome, allowed, scenario
from tests.faults.program import ending, module
from tests.faults.repeater import repeater
from tests.faults.town import Town, signed_in
from tests.faults.waiting import eventually, lasting

NORMAL = Pace(text=0.1, call=0.1, emergency=0.5, position=0.05)
SHOWN_S = 1.0
BEFORE = 30
"Acknowledged entries before a backup begins, at the least."
AT_ONCE = 500_000
"Rows of one statement that makes ballast."


async def run(town: Town, *words: str) -> float:
    """One command of `dispatch` beside everything else; the seconds that it took."""
    began = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        *module("dispatch", *words),
        cwd=town.folder,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, f"dispatch {words}: {said.decode(errors='replace')}"
    return time.monotonic() - began


async def make_history(url: str, rows: int) -> None:
    """Positions of yesterday, so that a dump takes its time."""
    day = now().replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
    database = Database.open(url)
    async with database.write() as session:
        await make_days(session, [day.date()])
    await database.close()
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    for first in range(0, rows, AT_ONCE):
        await connection.execute(
            "INSERT INTO position (heard_at, radio_id, lat_e7, lon_e7, source, stale, verified)"
            " SELECT $1::timestamptz + n * interval '1 millisecond', $2, 560000000 + n % 600000,"
            " 210000000 + n % 7919, 0, false, true FROM generate_series($3::int, $4::int) n",
            day,
            BALLAST,
            first + 1,
            min(first + AT_ONCE, rows),
        )
    await connection.close()


async def ask(url: str, query: str) -> object:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


def waited(pressed: dict[int, float], screen: Console, since: float, until: float) -> list[float]:
    """Seconds from key to console, of the alarms that were raised within a time, in order."""
    waits = [screen.alarms[one] - at for one, at in pressed.items() if since <= at <= until]
    assert waits, "no alarm in that time"
    return sorted(waits)


def strangers(restored: Stored, live: Stored) -> dict[str, int]:
    """Content of the restored database that the one that was saved never had, by class."""
    more = {str(kind): len(restored[kind].keys() - live[kind].keys()) for kind in Class}
    return {kind: count for kind, count in more.items() if count}


@pytest.mark.parametrize(
    ("rows", "backups"), [(20_000, 1), pytest.param(5_000_000, 3, marks=pytest.mark.soak)]
)
async def test_a_backup_of_a_busy_system(tmp_path: Path, rows: int, backups: int) -> None:
    ledger, pressed = Ledger(), dict[int, float]()
    what = f"backup, check and restore beside work, {rows:,} older positions"
    goal = "all that was stored before is restored, 0 doubled, alarms within 1 s meanwhile"
    with scenario("backup-under-load", what, goal) as found:
        async with machines(tmp_path) as system, contextlib.AsyncExitStack() as stack:
            client = await stack.enter_async_context(signed_in(system.town, "anna"))
            line = await stack.enter_async_context(repeater(system.town.ports))
            screen = await stack.enter_async_context(console(client))
            load = Load(ledger, NORMAL)
            load.on_alarm = lambda place: pressed.update({place: time.monotonic()})
            await line.register(TEXTING)
            desk = Dispatcher(client, ledger)
            radio_id = await desk.find_radio(TEXTING)
            await load.position(line)
            await make_history(system.town.database, rows)
            alone = time.monotonic()
            async with load.running(line) as tasks:
                dispatcher = asyncio.create_task(desk.work(radio_id))
                await lasting(1.0 if backups == 1 else 30.0, *tasks, dispatcher)
                await eventually(lambda: ledger.count(Class.EMERGENCY), "an alarm", 30)
                busy = time.monotonic()
                for number in range(backups):
                    await _round(system, ledger, number, found)
                done = time.monotonic()
                dispatcher.cancel()
            await asyncio.wait({dispatcher})
            live = await settled(system.town.database, ledger, 120)
            found.expect(not ledger.count_lost(live), f"not stored: {ledger.count_lost(live)}")
            await eventually(lambda: pressed.keys() <= screen.alarms.keys(), "all alarms", 30)
            found.faults += screen.faults + desk.faults[:5]
            for number in range(backups):
                restored = await read(system.server.url_of(f"drill{number}"), positions=True)
                found.expect(not strangers(restored, live), f"more: {strangers(restored, live)}")
            before = waited(pressed, screen, alone, busy)
            meanwhile = waited(pressed, screen, busy, done)
            found.figures |= {
                "alarms": len(pressed),
                "slowest_alarm_before_s": round(before[-1], 2),
                "alarm_p99_meanwhile_s": round(meanwhile[int(len(meanwhile) * 0.99)], 2),
                "slowest_alarm_meanwhile_s": round(meanwhile[-1], 2),
            }
            limit = allowed(SHOWN_S, full=backups > 1)
            found.expect(meanwhile[-1] <= limit, f"an alarm was shown after {meanwhile[-1]:.2f} s")


async def _round(system: Machines, ledger: Ledger, number: int, found: Outcome) -> None:
    """Save, check, restore to a database of its own, and compare with what was there before."""
    town = system.town
    more = ledger.total + BEFORE
    await eventually(lambda: ledger.total > more, "work", 60)
    said = ledger.copy()
    held = await settled(town.database, said, 60)
    figures = {"backup_s": await run(town, "backup", "--to", f"saved{number}", "--keep", "0")}
    (file,) = (town.folder / f"saved{number}").glob("sardze-*.tar")
    figures["check_s"] = await run(town, "backup", "--check", str(file))

    drill = Town(town.folder / f"drill{number}", database=system.server.url_of(f"drill{number}"))
    drill.folder.mkdir()
    drill.write()
    await system.server.create(f"drill{number}")
    figures["restore_s"] = await run(drill, "restore", str(file))
    restored = await read(drill.database, positions=True)
    found.count += 1
    found.events += said.total
    found.lost = dict(found.lost) | said.count_lost(restored)
    found.doubled = dict(found.doubled) | count_doubled(restored)
    for kind in Class:
        gone = held[kind].keys() - restored[kind].keys()
        found.expect(not gone, f"stored before the backup and not in it: {kind} {len(gone)}")
    for name, value in figures.items():
        found.figures[name] = round(max(found.figures.get(name, 0.0), value), 1)
    found.figures["megabytes"] = round(file.stat().st_size / 1e6, 1)
    await _is_another_life(town, drill, found)
    if number:
        await _works(drill, found)


async def _is_another_life(town: Town, drill: Town, found: Outcome) -> None:
    """Nobody can take the restored database for the one that was saved."""
    epochs = [await ask(one.database, "SELECT epoch FROM stream") for one in (town, drill)]
    found.expect(epochs[0] != epochs[1], f"epoch {epochs[0]} twice")
    holes = "SELECT max(seq) - count(*) FROM event"
    found.expect(await ask(drill.database, holes) == 0, "event numbers with holes")
    found.expect(await ask(drill.database, "SELECT count(*) FROM user_session") == 0, "sessions")


async def _works(drill: Town, found: Outcome) -> None:
    """The restored system starts, lets people in and shows its alarms."""
    program = drill.all_in_one()
    async with ending(program):
        await program.started()
        async with signed_in(drill, "berta") as client:
            answer = await client.get("/api/emergencies")
            shown = len(answer.json()["items"])
            found.expect(shown > 0, f"the restored system shows no alarms: {answer.text[:200]}")
