"""Stations that go away, and one whose adapter fails without end."""

import asyncio
import contextlib
import itertools
import os
import pty
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e.system import free_port
from tests.fakes.impairment import udp_proxy
from tests.fakes.kenwood_station import sealed
from tests.faults.console import console
from tests.faults.faulty import install
from tests.faults.ledger import Class, Ledger, settled
from tests.faults.load import Load, Pace
from tests.faults.outcome import allowed, scenario
from tests.faults.program import ending
from tests.faults.repeater import repeater
from tests.faults.town import Town, signed_in
from tests.faults.waiting import STEP_S, eventually, eventually_async, lasting

DOWN_S = 15.0
"A station that is gone is shown as down within this time."
BACK_S = 60.0
SHOWN_S = 1.0
BASE = "GNSS"


class Cable:
    """A serial port at one path: a pseudo-terminal that can be pulled out and put back."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._radio = -1

    def put_in(self) -> None:
        self._radio, computer = pty.openpty()
        self.path.symlink_to(os.ttyname(computer))
        os.set_blocking(self._radio, False)
        os.close(computer)

    def pull(self) -> None:
        self.path.unlink(missing_ok=True)
        if self._radio >= 0:
            os.close(self._radio)
            self._radio = -1

    def say(self, lat_minutes: int) -> None:
        """One fix of now at 56 degrees and so many ten-thousandths of a minute."""
        clock = time.strftime("%H%M%S", time.gmtime())
        date = time.strftime("%d%m%y", time.gmtime())
        place = f"56{lat_minutes // 10_000:02}.{lat_minutes % 10_000:04},N,02100.0000,E"
        with contextlib.suppress(OSError):  # nobody has opened the other end
            os.write(self._radio, sealed(f"GPRMC,{clock},A,{place},0.0,0.0,{date},,,A") + b"\r\n")


@asynccontextmanager
async def talking(cable: Cable) -> AsyncIterator[None]:
    """A fix now and again until the block ends."""

    async def talk() -> None:
        for number in itertools.count(1):
            cable.say(number)
            await lasting(0.5)

    task = asyncio.create_task(talk())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


async def state_of(client: httpx.AsyncClient, name: str) -> str:
    links: list[dict[str, Any]] = (await client.get("/api/links")).json()["items"]
    return next((str(one["state"]) for one in links if one["name"] == name), "unknown")


async def becomes(client: httpx.AsyncClient, name: str, state: str, patience_s: float) -> float:
    """Seconds until the link is shown in that state."""
    began = time.monotonic()

    async def is_so() -> bool:
        return await state_of(client, name) == state

    await eventually_async(is_so, f"{name} is {state}", patience_s)
    return time.monotonic() - began


@pytest.mark.parametrize("times", [2, pytest.param(100, marks=pytest.mark.soak)])
async def test_a_serial_port_pulled_and_put_back(town: Town, times: int) -> None:
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
    limit = allowed(DOWN_S, full=times > 2)
    goal = "shown down <= 15 s, works again at the same path without a restart"
    with scenario("serial-pulled", "a serial port pulled out and put back", goal) as found:
        program, slowest_down, slowest_back = town.all_in_one(), 0.0, 0.0
        cable.put_in()
        async with ending(program):
            await program.started()
            async with signed_in(town, "anna") as client, talking(cable), console(client) as screen:
                for _ in range(times):
                    heard = sum(map(len, screen.units.values()))
                    began = time.monotonic()
                    await eventually(
                        lambda heard=heard: sum(map(len, screen.units.values())) > heard,  # type: ignore[misc]
                        "a position over the cable",
                        BACK_S,
                    )
                    slowest_back = max(slowest_back, time.monotonic() - began)
                    cable.pull()
                    slowest_down = max(slowest_down, await becomes(client, BASE, "down", BACK_S))
                    cable.put_in()
                    program.check()
                    found.count += 1
                await becomes(client, BASE, "up", BACK_S)
                found.faults += screen.faults
        cable.pull()
        found.figures |= {
            "slowest_down_s": round(slowest_down, 1),
            "slowest_back_s": round(slowest_back, 1),
        }
        found.expect(slowest_down <= limit, f"shown as down after {slowest_down:.0f} s")


@pytest.mark.parametrize(
    ("times", "seconds"), [(1, 1.0), pytest.param(5, 25.0, marks=pytest.mark.soak)]
)
async def test_a_base_falls_silent(town: Town, times: int, seconds: float) -> None:
    """The line to the repeater takes everything and gives nothing, as an unplugged switch does."""
    program, ledger = town.all_in_one(), Ledger()
    with scenario(
        "base-silent", "the line to a repeater is silent", "0 lost, 0 doubled, works on"
    ) as found:
        async with ending(program), contextlib.AsyncExitStack() as stack:
            await program.started()
            wires = {
                name: await stack.enter_async_context(udp_proxy(("127.0.0.1", port)))
                for name, port in town.ports.items()
            }
            line = await stack.enter_async_context(
                repeater({name: wire.port for name, wire in wires.items()})
            )
            async with Load(ledger, Pace(emergency=None)).running(line) as tasks:
                for _ in range(times):
                    done = ledger.total + 20
                    await eventually(lambda done=done: ledger.total > done, "work", BACK_S)  # type: ignore[misc]
                    for wire in wires.values():
                        wire.cut = True
                    await lasting(seconds, *tasks)
                    for wire in wires.values():
                        wire.cut = False
                    found.count += 1
                done = ledger.total + 20
                await eventually(lambda: ledger.total > done, "work after the last one", BACK_S)
            found.settle(ledger, await settled(town.database_url, ledger, 120))


async def _pester(port: int, per_s: float) -> None:
    """Datagrams at this rate to an adapter that cannot stand them."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.setblocking(False)
        loop = asyncio.get_running_loop()
        began, sent = loop.time(), 0
        while True:
            while sent < (loop.time() - began) * per_s:
                with contextlib.suppress(OSError):  # its socket is closed just now
                    sender.sendto(b"?", ("127.0.0.1", port))
                sent += 1
            await asyncio.sleep(STEP_S / 4)


@pytest.mark.parametrize("seconds", [3.0, pytest.param(60.0, marks=pytest.mark.soak)])
async def test_an_adapter_that_raises_hurts_no_other(town: Town, seconds: float) -> None:
    port = free_port(socket.SOCK_DGRAM)
    town.more = f"""
        [[link]]
        kind = "faulty"
        name = "Faulty"
        network = "faulty"
        port = {port}
        source_limit = 1000000
    """
    town.write()
    program, ledger, pressed = town.all_in_one(), Ledger(), dict[int, float]()
    program.environment = {"PYTHONPATH": install(town.folder)}
    what = "an adapter that raises at 1 000 datagrams a second, beside a healthy one"
    with scenario("adapter-raises", what, "alarms of the other within 1 s, 0 lost") as found:
        async with ending(program):
            await program.started()
            load = Load(ledger)
            load.on_alarm = lambda place: pressed.update({place: time.monotonic()})
            async with (
                signed_in(town, "anna") as client,
                repeater(town.ports) as line,
                console(client) as screen,
                load.running(line) as tasks,
            ):
                pestering = asyncio.create_task(_pester(port, 1000.0))
                await lasting(seconds, pestering, *tasks)
                tried = dict(pressed)
                await eventually(lambda: tried.keys() <= screen.alarms.keys(), "alarms", BACK_S)
                pestering.cancel()
                await asyncio.wait({pestering})
                waits = [screen.alarms[place] - at for place, at in tried.items()]
                found.faults += screen.faults
            found.count, found.unit = 1, "time"
            found.settle(ledger, await settled(town.database_url, ledger, 120))
            found.expect("octets too many" in program.printed, "the adapter never raised")
        found.figures |= {
            "alarms": ledger.count(Class.EMERGENCY),
            "slowest_alarm_s": round(max(waits), 2),
        }
        found.expect(
            max(waits) <= allowed(SHOWN_S, full=seconds > 3),
            f"an alarm was shown after {max(waits):.1f} s",
        )
