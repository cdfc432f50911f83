"""A gateway whose disk fills up, and has room again: a real file system, real messages."""

import asyncio
import contextlib
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from tests.faults.console import Console, console
from tests.faults.ledger import Class, Ledger, settled
from tests.faults.load import TEXTING, Load, Pace
from tests.faults.machines import machines
from tests.faults.outcome import Outcome, allowed, scenario
from tests.faults.repeater import repeater
from tests.faults.smalldisk import Disk
from tests.faults.town import NETWORK, signed_in
from tests.faults.waiting import eventually, lasting

DISK = 24_000_000
LOG = 4_096_000
"Octets that SQLite's log has once it goes round."
HELD = 600_000
"Octets by which messages make the spool's file grow before its disk is filled."
SPOOL, SHEDDING = f"spool:{NETWORK}", f"shedding:{NETWORK}"
FAST = Pace(text=0.005, call=0.01, emergency=None, position=None)
SLOW = Pace(text=0.05, call=0.1, emergency=0.5, position=0.1)
SHOWN_S = 1.0
STILL_S = 1.5
"Nothing acknowledged for so long: a repeater asks again every 0.4 s."


@pytest.mark.parametrize("times", [1, pytest.param(5, marks=pytest.mark.soak)])
async def test_the_disk_of_a_gateway_fills_up(tmp_path: Path, times: int) -> None:
    ledger, pressed = Ledger(), dict[int, float]()
    goal = "lamp at 80 %, nobody answered at 100 %, alarms shown <= 1 s, 0 lost, goes on by itself"
    with scenario("disk-filled", "the gateway's disk, a file system of 24 MB", goal) as found:
        async with machines(tmp_path, DISK) as system, contextlib.AsyncExitStack() as stack:
            client = await stack.enter_async_context(signed_in(system.town, "anna"))
            line = await stack.enter_async_context(repeater(system.town.ports))
            screen = await stack.enter_async_context(console(client))
            await line.register(TEXTING)
            disk = Disk(system.gateway, tmp_path / "site" / "data")
            load = Load(ledger)
            load.on_alarm = lambda place: pressed.update({place: time.monotonic()})
            for _ in range(times):
                system.server.kill()
                load.pace = FAST
                async with load.running(line):
                    more = partial(_holds_more, disk, disk.size_of("spool.db"))
                    await eventually(more, "messages in the spool", 120)
                load.pace = SLOW
                async with load.running(line) as tasks:
                    await _almost_full(screen, disk, ledger, found, tasks)
                    await _full(screen, disk, ledger, pressed, found, tasks)
                    disk.clear()
                    await _works(ledger, tasks)
                    await system.server.start()
                    await screen.turned(SPOOL, "ok", patience_s=120)
                    await eventually(partial(_moved_since, screen, time.monotonic()), "positions")
                found.count += 1
            await screen.turned(SHEDDING, "ok", patience_s=90)
            stored = await settled(system.town.database, ledger, 120)
            await eventually(lambda: pressed.keys() <= screen.alarms.keys(), "all alarms", 30)
            found.settle(ledger, stored)
            found.faults += screen.faults


def _holds_more(disk: Disk, before: int) -> bool:
    """With the database away the spool keeps what it hears; its file never shrinks, and grows
    once it is full of messages: by far more than pages that lay in the log alone until now."""
    grown = disk.size_of("spool.db") - before
    return disk.size_of("spool.db-wal") >= LOG and grown > HELD


async def _almost_full(
    screen: Console,
    disk: Disk,
    ledger: Ledger,
    found: Outcome,
    tasks: list[asyncio.Task[None]],
) -> None:
    """From 80 % on: a lamp, no more positions, texts as ever."""
    calm = screen.lamps[SPOOL]["level"] == "ok"  # it may be amber for what has waited 30 s
    began = datetime.now(UTC)
    disk.fill(disk.size_of("spool.db") // 8)
    await eventually(lambda: screen.lamps[SPOOL]["text"] == "spool.filling", "its lamp", 30)
    since = await screen.turned(SPOOL, "amber", patience_s=30)
    found.expect(not calm or since >= began, f"the spool is amber since {since}, filled at {began}")
    await screen.turned(SHEDDING, "amber", patience_s=30)
    more = ledger.count(Class.TEXT)
    await _more_texts(ledger, more)
    silent = time.monotonic()
    await lasting(STILL_S, *tasks)
    found.expect(not _moved_since(screen, silent), "positions are taken from an almost full spool")


async def _full(
    screen: Console,
    disk: Disk,
    ledger: Ledger,
    pressed: dict[int, float],
    found: Outcome,
    tasks: list[asyncio.Task[None]],
) -> None:
    """At 100 %: no acknowledgement, and alarms from memory."""
    disk.fill(0)
    since = await screen.turned(SPOOL, "red", patience_s=60)
    await eventually(lambda: screen.lamps[SPOOL]["text"] == "spool.fault", "the disk is named", 60)
    found.figures["red_after_s"] = round((datetime.now(UTC) - since).total_seconds(), 1)
    count = -1
    while count != ledger.total - ledger.count(Class.POSITION):  # what the log still had room for
        count = ledger.total - ledger.count(Class.POSITION)
        await lasting(STILL_S, *tasks)
    newest = max(pressed)
    await eventually(lambda: newest in screen.alarms, "an alarm that cannot be stored", 30)
    waited = screen.alarms[newest] - pressed[newest]
    found.figures["unstored_alarm_s"] = round(waited, 2)
    found.expect(waited <= allowed(SHOWN_S, full=False), f"an alarm was shown after {waited:.1f} s")
    found.expect(ledger.count(Class.EMERGENCY) < len(pressed), "an alarm was acknowledged")


async def _works(ledger: Ledger, tasks: list[asyncio.Task[None]]) -> None:
    """Texts and alarms are answered again, without anybody's doing."""
    more, alarms = ledger.count(Class.TEXT), ledger.count(Class.EMERGENCY)
    await _more_texts(ledger, more)
    await eventually(lambda: ledger.count(Class.EMERGENCY) > alarms, "an alarm is answered", 30)
    for task in tasks:
        assert not task.done()


async def _more_texts(ledger: Ledger, before: int) -> None:
    await eventually(lambda: ledger.count(Class.TEXT) > before + 1, "texts are answered", 30)


def _moved_since(screen: Console, at: float) -> bool:
    """Whether any radio was shown at a new place since then."""
    return any(times[-1] > at for times in screen.units.values() if times)
