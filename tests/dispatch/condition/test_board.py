"""Lamps turn worse at once, better after a calm while, and are told when they change."""

from datetime import UTC, datetime, timedelta

import orjson

from dispatch.condition.board import CALM_S, NUMBERS_S, Board
from dispatch.condition.lamp import Finding, Level
from dispatch.live.passing import Passing

START = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


class Bench:
    """One board with one source, and a clock for both."""

    def __init__(self) -> None:
        self.mono = 0.0
        self.level: Level = "ok"
        self.numbers: dict[str, float | str] = {}
        self.keys = ["spool:gw"]
        self.told: list[Passing] = []
        self.board = Board(
            self.told.extend, lambda: START + timedelta(seconds=self.mono), lambda: self.mono
        )
        self.board.add(
            "test",
            lambda: [
                Finding(key, self.level, f"spool.{self.level}", self.numbers) for key in self.keys
            ],
        )

    def at(self, mono: float, level: Level = "ok") -> Level:
        self.mono, self.level = mono, level
        self.board.look()
        return self.board.lamps["spool:gw"].level


def test_worse_shows_at_once_and_better_after_a_calm_while() -> None:
    bench = Bench()
    assert bench.at(0) == "ok"
    assert bench.at(1, "amber") == "amber"
    assert bench.at(2, "red") == "red"
    assert bench.at(3) == "red"
    assert bench.at(3 + CALM_S - 0.1) == "red"
    assert bench.at(4 + CALM_S, "red") == "red", "calm was broken"
    assert bench.at(5 + CALM_S) == "red"
    assert bench.at(5 + 2 * CALM_S) == "ok"


def test_since_is_when_the_level_came() -> None:
    bench = Bench()
    bench.at(0)
    bench.at(10, "red")
    bench.numbers = {"percent": 99}
    bench.at(20, "red")
    lamp = bench.board.lamps["spool:gw"]
    assert (lamp.since, lamp.numbers) == (START + timedelta(seconds=10), {"percent": 99})


def test_the_whole_board_is_told_as_one_value() -> None:
    bench = Bench()
    bench.keys = ["spool:gw", "disk"]
    bench.at(0, "amber")
    (value,) = bench.told
    lamps = orjson.loads(b"[" + value.json + b"]")
    assert (value.type, value.key, value.agency_id) == ("condition", 0, None)
    assert [(lamp["key"], lamp["level"]) for lamp in lamps] == [
        ("disk", "amber"),
        ("spool:gw", "amber"),
    ]
    assert lamps[0]["since"] == "2026-03-01T08:00:00.000Z"


def test_numbers_alone_are_told_now_and_then() -> None:
    bench = Bench()
    bench.at(0)
    for second in (1, 2):
        bench.numbers = {"percent": second}
        bench.at(second)
    assert len(bench.told) == 1
    bench.at(NUMBERS_S)
    assert len(bench.told) == 2
    bench.at(NUMBERS_S + 100)
    assert len(bench.told) == 2, "nothing changed"


def test_a_part_that_is_gone_loses_its_lamp() -> None:
    bench = Bench()
    bench.at(0, "red")
    bench.keys = []
    for second in (1.0, 2.0, 1.0 + CALM_S):
        bench.mono = second
        bench.board.look()
    assert dict(bench.board.lamps) == {}
