"""What a gateway says of itself, over a real bus, from real links."""

import asyncio
import contextlib
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from radio_gateway.bus.memory import MemoryBus
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Ability
from radio_gateway.domain.report import GatewayReport
from radio_gateway.links import clock
from radio_gateway.links.clock import JumpWatch
from radio_gateway.reporting import first_report
from radio_gateway.spool import Spool, SpoolError
from radio_gateway.spool.file import SpoolStats
from radio_gateway.supervisor import Gateway
from tests.radio_gateway.conftest import answer_to, settings_for, talk_link
from tests.radio_gateway.support import eventually, moment


class Reports:
    def __init__(self) -> None:
        self.all: list[GatewayReport] = []

    @property
    def newest(self) -> GatewayReport:
        return self.all[-1]

    async def read(self, bus: MemoryBus) -> None:
        async for report in bus.reports():
            self.all.append(report)


class Clock:
    """The machine's own, its wall clock moved by `offset`."""

    def __init__(self) -> None:
        self.offset = timedelta()

    def __call__(self) -> Moment:
        now = clock.now()
        return Moment(now.mono, now.utc + self.offset)


@asynccontextmanager
async def reporting(
    directory: Path, *, now: clock.Clock = clock.now
) -> AsyncIterator[tuple[Gateway, Reports]]:
    bus, reports, stop = MemoryBus(), Reports(), asyncio.Event()
    gateway = Gateway(settings_for(directory, [talk_link()], limit_mb=1), bus, clock=now)
    tasks = [asyncio.create_task(gateway.run(stop)), asyncio.create_task(reports.read(bus))]
    await eventually(lambda: reports.all)
    yield gateway, reports
    stop.set()
    await tasks[0]
    await bus.close()
    await tasks[1]


async def test_a_report_tells_links_ports_and_spool(tmp_path: Path, radio: socket.socket) -> None:
    async with reporting(tmp_path) as (gateway, reports):
        await eventually(lambda: reports.newest.links[0].open)
        radio.sendto(b"STATUS 101 5", ("127.0.0.1", gateway.links[0].bound_port("main")))
        await answer_to(radio)
        await eventually(lambda: reports.newest.links[0].ports[0].received == 1)
        report = reports.newest
        (link,) = report.links
        assert (report.gateway, report.online) == ("coast", True)
        assert (link.name, link.kind, link.network, link.site) == ("east", "talk", "liepaja", None)
        assert Ability.RADIO_CHECK in link.abilities
        assert (link.title, link.text_limit, link.faults) == ("Test radios", 100, 0)
        (port,) = link.ports
        assert (port.endpoint, port.sent, port.kernel_drops) == ("main", 1, 0)
        assert port.buffer is not None
        assert port.buffer_wanted is not None
        assert report.spool is not None
        assert (report.spool.depth, report.spool.limit) == (2, 1_000_000)
        assert len(report.spool.epoch) == 36
        assert report.started_at <= report.at
        assert report.clock_jump_at is None


async def test_a_fault_of_a_link_is_told_at_once(tmp_path: Path, radio: socket.socket) -> None:
    async with reporting(tmp_path) as (gateway, reports):
        await eventually(lambda: reports.newest.links[0].open)
        before = clock.now().mono
        radio.sendto(b"BUG", ("127.0.0.1", gateway.links[0].bound_port("main")))
        await eventually(lambda: any(x.links[0].faults == 1 for x in reports.all))
        assert clock.now().mono - before < 1.5, "sooner than the regular report"
        told = next(x for x in reports.all if x.links[0].faults == 1)
        assert not told.links[0].open
        assert "fault in the adapter (RuntimeError)" in told.links[0].reason


def put_in_the_way(data: Path) -> None:
    """A file instead of a directory that its owner makes again as soon as it misses it."""
    while not data.is_file():
        shutil.rmtree(data, ignore_errors=True)
        with contextlib.suppress(IsADirectoryError):
            data.write_text("in the way")


async def test_a_spool_in_trouble_is_told_at_once_and_when_it_is_over(
    tmp_path: Path, radio: socket.socket
) -> None:
    async with reporting(tmp_path) as (gateway, reports):
        await eventually(lambda: reports.newest.links[0].open)
        data = tmp_path / "data"
        put_in_the_way(data)
        radio.sendto(b"STATUS 101 5", ("127.0.0.1", gateway.links[0].bound_port("main")))
        await eventually(lambda: any(x.spool and x.spool.fault for x in reports.all))
        faults = [x.spool.fault for x in reports.all if x.spool is not None and x.spool.fault]
        assert "spool.db: File exists" in faults[0]
        with pytest.raises(BlockingIOError):
            radio.recv(100)
        data.unlink()
        assert await answer_to(radio) == b"OK STATUS 101 5"
        await eventually(lambda: reports.newest.spool and reports.newest.spool.fault is None)
        assert reports.newest.spool is not None
        assert reports.newest.spool.depth == 2, "what the lost file held is there as well"


async def test_a_jump_of_the_wall_clock_is_told_and_moves_no_timer(
    tmp_path: Path, radio: socket.socket
) -> None:
    now = Clock()
    async with reporting(tmp_path, now=now) as (gateway, reports):
        await eventually(lambda: reports.newest.links[0].open)
        now.offset = timedelta(days=-1)
        address = ("127.0.0.1", gateway.links[0].bound_port("main"))
        for number in range(3):
            radio.sendto(f"STATUS 101 {number}".encode(), address)
            assert await answer_to(radio) == f"OK STATUS 101 {number}".encode()
        await eventually(lambda: reports.newest.clock_jump_at is not None)
        assert reports.newest.clock_jump_s == pytest.approx(-86_400, abs=0.1)
        assert reports.newest.clock_jump_at == pytest.approx(now().utc, abs=timedelta(seconds=5))


def test_before_the_start_the_links_are_known(tmp_path: Path) -> None:
    at: datetime = moment().utc
    report = first_report(settings_for(tmp_path, [talk_link("a"), talk_link("b")]), at)
    assert [(link.name, link.open, link.reason) for link in report.links] == [
        ("a", False, "not opened yet"),
        ("b", False, "not opened yet"),
    ]
    assert (report.started_at, report.spool) == (at, None)


def test_small_corrections_are_no_jump() -> None:
    times = iter([(0.0, 0.0), (100.0, 100.05), (200.0, 200.9), (300.0, 3900.0), (400.0, 4000.0)])

    def now() -> Moment:
        mono, wall = next(times)
        return Moment(mono, moment(wall).utc)

    watch = JumpWatch(now)
    assert [watch.look() for _ in range(4)] == [False, False, True, False]
    assert watch.size_s == pytest.approx(3599.1)
    assert watch.at == moment(3900.0).utc


async def test_a_spool_that_does_not_answer_is_reported_as_it_was_and_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(_: Spool) -> SpoolStats:
        raise SpoolError("spool.db: the disk is full")

    async with reporting(tmp_path) as (_, reports):
        await eventually(lambda: reports.newest.spool)
        before = reports.newest.spool
        assert before is not None
        monkeypatch.setattr(Spool, "stats", refuse)
        await eventually(lambda: reports.newest.spool and reports.newest.spool.fault)
        assert reports.newest.spool == replace(before, fault="spool.db: the disk is full")
        monkeypatch.undo()
        await eventually(lambda: reports.newest.spool and not reports.newest.spool.fault)
