"""Lamps turn by themselves, say since when, and go back; those of spool and shedding in
`test_disk_full.py`, in front of a full disk."""

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

from tests.faults.console import Console, console
from tests.faults.machines import machines
from tests.faults.outcome import Outcome, scenario
from tests.faults.program import Program, ending, module
from tests.faults.smalldisk import Disk, small_disk
from tests.faults.test_clock import library
from tests.faults.test_stations import BASE, Cable, talking
from tests.faults.town import NETWORK, Town, signed_in
from tests.faults.waiting import eventually, lasting

DRIFT_S, EVERY_S = 0.2, 1.5
"A clock that goes wrong slowly: further by so much, so often; a jump is more than a second."
WRONG_S = 2.6
"Far enough for a lamp, which comes from 2 s on."
ENOUGH, LITTLE = 1_300_000_000, 950_000_000
"Octets of a disk; a lamp comes from below 1 GB."
WORKS = ("ok", "amber")
"A database that is slow, as on a busy machine, works."
GOAL = "red or amber by itself, since when, and back"


async def turns(
    screen: Console, key: str, levels: tuple[str, ...], found: Outcome, began: datetime
) -> None:
    """The lamp turns, and says since when: not before it was hurt or mended."""
    since = await screen.turned(key, *levels)
    found.expect(since >= began, f"{key} is {levels} since {since}, but that began at {began}")
    found.count += 1


async def test_the_lamps_of_broker_database_and_clock(tmp_path: Path) -> None:
    clock = tmp_path / "clock"
    set_clock(clock, 0.0)
    with scenario("lamps-machines", "broker, database and clock in trouble in turn", GOAL) as found:
        async with machines(tmp_path) as system, contextlib.AsyncExitStack() as stack:
            system.gateway.kill()
            system.gateway.environment = {
                "LD_PRELOAD": library(),
                "FAKETIME_TIMESTAMP_FILE": str(clock),
                "FAKETIME_CACHE_DURATION": "1",
                "DONT_FAKE_MONOTONIC": "1",
            }
            system.gateway.start()
            client = await stack.enter_async_context(signed_in(system.town, "anna"))
            screen = await stack.enter_async_context(console(client))
            for key in ("broker", f"clock:{NETWORK}"):
                await screen.turned(key, "ok")
            await screen.turned("database", *WORKS)
            began = datetime.now(UTC)
            await drift(clock, 0.0, WRONG_S)
            await turns(screen, f"clock:{NETWORK}", ("amber",), found, began)
            text = screen.lamps[f"clock:{NETWORK}"]["text"]
            found.expect(text == "clock.skewed", text)
            began = datetime.now(UTC)
            back = asyncio.create_task(drift(clock, WRONG_S, 0.0))

            hurt = datetime.now(UTC)
            system.mosquitto.kill()
            await turns(screen, "broker", ("red",), found, hurt)
            mended = datetime.now(UTC)
            await asyncio.to_thread(system.mosquitto.start)
            await turns(screen, "broker", ("ok",), found, mended)

            hurt = datetime.now(UTC)
            system.server.kill()
            await turns(screen, "database", ("red",), found, hurt)
            mended = datetime.now(UTC)
            await system.server.start()
            await turns(screen, "database", WORKS, found, mended)

            await back
            await turns(screen, f"clock:{NETWORK}", ("ok",), found, began)
            found.faults += screen.faults


async def drift(clock: Path, start_s: float, end_s: float) -> None:
    """Let a program's wall clock go slowly from one error to another."""
    steps = round(abs(end_s - start_s) / DRIFT_S)
    for step in range(1, steps + 1):
        await lasting(EVERY_S)
        set_clock(clock, start_s + (end_s - start_s) * step / steps)


def set_clock(clock: Path, error_s: float) -> None:
    """So far is it wrong from now on."""
    clock.write_text(f"{error_s:+.2f}\n")


@contextlib.asynccontextmanager
async def watched(town: Town, program: Program) -> AsyncIterator[Console]:
    """The program runs, and somebody looks at a console."""
    async with ending(program):
        await program.started()
        async with signed_in(town, "anna") as client, console(client) as screen:
            yield screen


async def backup(town: Town, target: str) -> int:
    """`dispatch backup`; its exit status."""
    process = await asyncio.create_subprocess_exec(
        *module("dispatch", "backup", "--to", target),
        cwd=town.folder,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    return await process.wait()


async def test_the_lamps_of_backup_and_links(town: Town) -> None:
    cable = Cable(town.folder / "tty")
    town.more = f"""
        [[link]]
        kind = "nmea"
        name = "{BASE}"
        network = "nmea"
        device = "{cable.path}"
        radio = 77
    """
    town.write()
    (town.folder / "no-folder").write_text("a file, in which there is no room for a backup\n")
    cable.put_in()
    with scenario("lamps-backup", "a backup that fails, a link that is pulled", GOAL) as found:
        async with talking(cable), watched(town, town.all_in_one()) as screen:
            await screen.turned("backup", "amber")
            found.expect(screen.lamps["backup"]["text"] == "backup.never", "not: never")
            await eventually(lambda: BASE not in down(screen), "the cable", 60)

            began = datetime.now(UTC)
            cable.pull()
            assert await backup(town, "no-folder") != 0
            await turns(screen, "backup", ("red",), found, began)
            await eventually(lambda: BASE in down(screen), "the pulled cable", 60)
            found.expect(screen.lamps["links"]["level"] != "ok", "links")

            began = datetime.now(UTC)
            cable.put_in()
            assert await backup(town, "saved") == 0
            await turns(screen, "backup", ("ok",), found, began)
            await eventually(lambda: BASE not in down(screen), "the cable that is back", 60)
            found.count += 2
            found.faults += screen.faults
    cable.pull()


def down(screen: Console) -> str:
    """Names of the links that the lamp `links` calls down; everything before it is there."""
    lamp = screen.lamps.get("links")
    return BASE if lamp is None else str(lamp["numbers"].get("down", ""))


async def test_the_lamp_of_the_disk(tmp_path: Path, tables: Path) -> None:
    file = shutil.copy(tables, tmp_path / "sardze.db")
    town = Town(tmp_path, database=f"sqlite+aiosqlite:///{file}")
    town.write()
    program = town.all_in_one()
    program.words = small_disk(program.words, tmp_path / "data", ENOUGH)
    with scenario("lamp-disk", "the disk of data_dir has little room", GOAL) as found:
        async with watched(town, program) as screen:
            await screen.turned("disk", "ok")
            disk = Disk(program, tmp_path / "data")
            began = datetime.now(UTC)
            await asyncio.to_thread(disk.fill, LITTLE)
            await turns(screen, "disk", ("amber",), found, began)
            began = datetime.now(UTC)
            disk.clear()
            await turns(screen, "disk", ("ok",), found, began)
            found.faults += screen.faults
