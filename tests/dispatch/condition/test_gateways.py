"""What a gateway reports, as lamps."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dispatch.condition.gateways import RECENT_S, SILENT_S, GatewayBook
from radio_gateway.domain.report import GatewayReport, LinkReport, PortReport, SpoolReport

START = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
SPOOL = SpoolReport(depth=0, oldest_heard_at=None, size=10, limit=1000)
PORT = PortReport(
    "main", "127.0.0.1:1", 5, 5, 0, 0, 0, 0, buffer=8_000_000, buffer_wanted=8_000_000
)
LINK = LinkReport("rimi", "hytera", "Hytera", "liepaja", None, (), None, True, "", ports=(PORT,))
REPORT = GatewayReport("gw", START, START, "1.0", True, (LINK,), SPOOL)


class Bench:
    def __init__(self) -> None:
        self.mono = 0.0
        self.book = GatewayBook(lambda: START + timedelta(seconds=self.mono), lambda: self.mono)

    def take(self, report: GatewayReport, mono: float = 0.0) -> dict[str, tuple[str, str]]:
        self.mono = mono
        self.book.take(replace(report, at=START + timedelta(seconds=mono)))
        return self.lamps()

    def lamps(self) -> dict[str, tuple[str, str]]:
        return {one.key: (one.level, one.text) for one in self.book.findings()}


def test_a_healthy_gateway_is_green() -> None:
    assert Bench().take(REPORT) == {
        "gateway:gw": ("ok", "gateway.online"),
        "spool:gw": ("ok", "spool.ok"),
        "shedding:gw": ("ok", "shedding.none"),
        "ports:gw": ("ok", "ports.ok"),
        "clock:gw": ("ok", "clock.ok"),
        "loop:gw": ("ok", "loop.ok"),
    }


@pytest.mark.parametrize(
    ("spool", "expected"),
    [
        (replace(SPOOL, size=799), ("ok", "spool.ok")),
        (replace(SPOOL, size=800), ("amber", "spool.filling")),
        (replace(SPOOL, size=990), ("red", "spool.full")),
        (replace(SPOOL, fault="disk full"), ("red", "spool.fault")),
        (
            replace(SPOOL, depth=3, oldest_heard_at=START - timedelta(seconds=31)),
            ("amber", "spool.waiting"),
        ),
    ],
)
def test_the_spool(spool: SpoolReport, expected: tuple[str, str]) -> None:
    assert Bench().take(replace(REPORT, spool=spool))["spool:gw"] == expected


def test_a_gateway_that_is_silent_or_gone() -> None:
    bench = Bench()
    bench.take(REPORT)
    bench.mono = SILENT_S + 1
    assert bench.lamps()["gateway:gw"] == ("red", "gateway.silent")
    gone = bench.take(replace(REPORT, online=False, spool=None), SILENT_S + 2)
    assert gone == {"gateway:gw": ("red", "gateway.offline")}


def test_shedding_and_drops_show_while_they_go_on() -> None:
    bench = Bench()
    bench.take(replace(REPORT, spool=replace(SPOOL, shed={"PositionReported": 7})))
    assert bench.lamps()["shedding:gw"][0] == "ok", "from before this process"
    shed = replace(SPOOL, shed={"PositionReported": 9, "RadioHeard": 4})
    dropping = replace(LINK, ports=(replace(PORT, kernel_drops=3),))
    lamps = bench.take(replace(REPORT, spool=shed, links=(dropping,)), 2)
    assert lamps["shedding:gw"] == ("amber", "shedding.now")
    assert lamps["ports:gw"] == ("red", "ports.dropping")
    found = {one.key: one.numbers for one in bench.book.findings()}
    assert found["shedding:gw"]["count"] == 6
    assert found["shedding:gw"]["kinds"] == "PositionReported, RadioHeard"
    assert found["ports:gw"]["count"] == 3
    bench.mono = 2 + RECENT_S + 1
    assert bench.lamps()["shedding:gw"][0] == "ok"


def test_a_small_buffer_a_jumped_clock_and_a_blocked_loop() -> None:
    small = replace(LINK, ports=(replace(PORT, buffer=212_992),))
    report = replace(
        REPORT, links=(small,), clock_jump_s=-3600.0, clock_jump_at=START, loop_lag_s=1.5
    )
    lamps = Bench().take(report)
    assert lamps["ports:gw"] == ("amber", "ports.buffer")
    assert lamps["clock:gw"] == ("amber", "clock.jumped")
    assert lamps["loop:gw"] == ("amber", "loop.blocked")


@pytest.mark.parametrize(("ahead", "level"), [(1.5, "ok"), (-3, "amber"), (90, "red")])
def test_clocks_that_differ(ahead: float, level: str) -> None:
    bench = Bench()
    bench.book.take(replace(REPORT, at=START + timedelta(seconds=ahead)))
    assert bench.lamps()["clock:gw"][0] == level
