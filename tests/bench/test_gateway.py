"""The gateway up to the bus: datagrams in, positions out, beside raw limits of the same run."""

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
import uvloop

from radio_gateway.adapters.hytera import HyteraBase, HyteraConfig
from radio_gateway.bus.memory import MemoryBus
from radio_gateway.domain.geo import GeoPoint
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Peer
from radio_gateway.links import clock
from radio_gateway.links.port import Frames
from radio_gateway.links.udp import open_udp
from radio_gateway.outbox import Outbox
from radio_gateway.protocols.hytera import quick
from radio_gateway.protocols.hytera.gps import gps_data
from radio_gateway.protocols.hytera.hstrp import Hstrp, Kind, repeater_options
from radio_gateway.protocols.hytera.lp import TriggeredReport
from radio_gateway.protocols.hytera.message import RadioAddress
from radio_gateway.routing import Router
from radio_gateway.spool import open_spool
from tests.bench.results import record
from tests.radio_gateway.support import eventually

pytestmark = pytest.mark.bench

SECONDS: Final = float(os.environ.get("BENCH_UDP_SECONDS", "60"))
"How long 20 000 datagrams a second are sent."
POSITIONS: Final = 60_000
GROUP: Final = 64


@dataclass
class Received:
    count: int = 0
    cpu_s: float = 0.0
    drops: int = 0
    sent: int = 0


def sender(port: int, rate: int, seconds: float) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.bench.datagrams", str(port), str(rate), str(seconds)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    )


def bare_loop(rate: int, seconds: float) -> Received:
    """What a process can take that does nothing else."""
    found = Received()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 * 1024 * 1024)
        bound.bind(("127.0.0.1", 0))
        bound.settimeout(1.0)
        with sender(bound.getsockname()[1], rate, seconds) as process:
            bound.recvfrom(2049)
            before = time.process_time()
            try:
                while True:
                    bound.recvfrom(2049)
                    found.count += 1
            except TimeoutError:
                found.cpu_s = time.process_time() - before
            assert process.stdout is not None
            found.sent = int(process.stdout.read())
    return found


def port_loop(rate: int, seconds: float, stall: Callable[[], None] | None = None) -> Received:
    """The same through the gateway's port."""
    found = Received()

    def receive(frames: Frames, _: Moment) -> None:
        found.count += len(frames)

    async def run() -> None:
        port = open_udp("main", "127.0.0.1", 0, receive, clock.now, per_source=10**9)
        try:
            with sender(port.port, rate, seconds) as process:
                await eventually(lambda: found.count, 10)
                before = time.process_time()
                if stall is not None:
                    stall()
                assert process.stdout is not None
                found.sent = int(await asyncio.to_thread(process.stdout.read))
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(0.5):  # asleep, what is left is read
                        await asyncio.Event().wait()
                found.cpu_s = time.process_time() - before
                found.drops = port.kernel_drops()
        finally:
            port.close()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run())
    return found


def test_a_flood_beside_a_bare_loop() -> None:
    bare, ours = bare_loop(0, 3.0), port_loop(0, 3.0)
    raw, value = bare.count / bare.cpu_s, ours.count / ours.cpu_s
    lost, lost_bare = 1 - ours.count / ours.sent, 1 - bare.count / bare.sent
    record(
        "UDP received, of a flood",
        value,
        "datagrams per CPU second",
        raw=raw,
        goal=">= 0.7 of a bare recvfrom loop",
        ok=value >= 0.7 * raw,
        note=f"lost {lost:.1%}, the bare loop {lost_bare:.1%}",
    )


def test_twenty_thousand_datagrams_a_second() -> None:
    found = port_loop(20_000, SECONDS)
    lost = found.sent - found.count
    record(
        f"UDP lost at {found.sent / SECONDS:,.0f}/s for {SECONDS:.0f} s",
        lost,
        "datagrams",
        goal="0",
        ok=lost == 0,
        note=f"{found.cpu_s / SECONDS:.1%} of a core; the kernel dropped {found.drops}",
    )
    assert lost == found.drops, "what the kernel gave was taken"


def test_a_second_in_which_nothing_is_read() -> None:
    def stall() -> None:
        until = time.monotonic() + 1.0
        while time.monotonic() < until:
            pass

    found = port_loop(5_000, 3.0, stall)
    lost = found.sent - found.count
    record(
        "UDP lost over a stall of 1 s at 5 000/s",
        lost,
        "datagrams",
        goal="0",
        ok=lost == 0,
        note=f"of {found.sent}",
    )
    assert lost == found.drops, "what the kernel gave was taken"


def reports() -> list[bytes]:
    """LP reports of 2 000 radios, each another place and time."""
    begin = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    return [
        TriggeredReport(
            number & 0xFFFF,
            RadioAddress(10, 1000 + number % 2000),
            "00000000",
            gps_data(
                GeoPoint(56.5 + number % 1000 * 1e-4, 21.0 + number % 777 * 1e-4),
                fixed_at=begin + timedelta(seconds=number // 500),
                speed_knots=12.0,
                course_deg=90.0,
            ),
        ).build()
        for number in range(POSITIONS)
    ]


async def test_positions_from_datagram_to_bus(tmp_path: Path) -> None:
    octets = reports()
    began = time.process_time()
    for each in octets:
        assert quick.read(each) is not None
    decoded = POSITIONS / (time.process_time() - began)
    base = HyteraBase(
        HyteraConfig(name="h", network="n", peers=frozenset({"127.0.0.1"}), dispatcher_id=1)
    )
    base.opened(clock.now())
    base.events()
    adapted, whole = await _to_the_bus(base, octets, tmp_path)
    record(
        "Hytera LP, adapter", adapted, "positions per CPU second", raw=decoded,
        note="raw: octets to values alone",
    )  # fmt: skip
    record(
        "Hytera LP, datagram to bus",
        whole,
        "positions per CPU second",
        raw=decoded,
        goal=">= 60 000",
        ok=whole >= 60_000,
    )


def test_positions_in_a_session_with_a_repeater() -> None:
    """Each datagram with the repeater's options, and acknowledged."""
    options, peer = repeater_options(1234, 1), Peer("lp1", "127.0.0.1", 30003)
    frames = [
        Hstrp(Kind.OPTION, number & 0xFFFF, options, octets).build()
        for number, octets in enumerate(reports())
    ]
    base = HyteraBase(
        HyteraConfig(name="h", network="n", peers=frozenset({"127.0.0.1"}), dispatcher_id=1)
    )
    base.opened(clock.now())
    base.feed(Hstrp(Kind.OPTION | Kind.CONNECT, 0, options).build(), peer, clock.now())
    base.events()
    base.outgoing()
    events = answers = 0
    began = time.process_time()
    for start in range(0, POSITIONS, GROUP):
        at = clock.now()
        for frame in frames[start : start + GROUP]:
            base.feed(frame, peer, at)
        events += len(base.events())
        answers += len(base.outgoing())
    rate = POSITIONS / (time.process_time() - began)
    assert (events, answers) == (POSITIONS, POSITIONS)
    record("Hytera LP in a session, adapter", rate, "positions per CPU second")


async def _to_the_bus(base: HyteraBase, octets: list[bytes], path: Path) -> tuple[float, float]:
    """Positions per CPU second of the adapter alone, and of the whole way; none may be lost."""
    bus, got, peer = MemoryBus(), 0, Peer("lp1", "127.0.0.1", 30003)
    router = Router(())

    async def read() -> None:
        nonlocal got
        async for batch in bus.events():
            got += len(batch)

    async with open_spool(path / "spool.db", "coast", 10**9) as spool:
        outbox = Outbox(spool, bus, "coast", clock.now)
        tasks = [asyncio.create_task(outbox.run()), asyncio.create_task(read())]
        await eventually(lambda: outbox.idle)
        adapter_s, began = 0.0, time.process_time()
        for start in range(0, POSITIONS, GROUP):
            # the clock of this thread: that of all of them costs as much as two positions
            before, at = time.thread_time(), clock.now()
            for frame in octets[start : start + GROUP]:
                base.feed(frame, peer, at)
            events = base.events()
            adapter_s += time.thread_time() - before
            for event in events:
                router.heard(event)
            outbox.submit([event for event in events if router.is_final(event)])
            await asyncio.sleep(0)
        await eventually(lambda: got >= POSITIONS)
        whole_s = time.process_time() - began
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    assert got >= POSITIONS
    return POSITIONS / adapter_s, POSITIONS / whole_s
