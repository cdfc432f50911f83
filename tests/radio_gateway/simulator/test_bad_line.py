"""Lines that lose, double, delay and cut up what is said on them, and bases that restart."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest

from radio_gateway.domain.events import LinkChanged, LinkState, PositionReported, RadioRegistered
from radio_gateway.simulator.stations.bad_line import AWAY_S, BadLine, LineQuality
from tests.radio_gateway.simulator.test_world import Day, only

PALANGA, KLAIPEDA = "palanga-hytera", "klaipeda-kenwood"
ALL_BAD = LineQuality(loss=0.1, duplicate=0.1, reorder=0.2, restart_s=20.0)


def day_on(name: str, line: LineQuality, seconds: float) -> Day:
    """A day at one base with such a line."""
    config = only(name)
    day = Day(replace(config, bases=tuple(replace(base, line=line) for base in config.bases)))
    day.run(seconds)
    return day


def said(day: Day, direction: str = "up") -> list[bytes]:
    return [data for _, _, way, data in day.octets if way == direction]


def test_the_seed_decides_what_happens_to_a_line() -> None:
    days = [day_on(PALANGA, ALL_BAD, 60.0) for _ in range(2)]
    assert len(days[0].octets) > 200
    assert days[0].octets == days[1].octets


def test_nothing_comes_over_a_dead_line() -> None:
    day = day_on(PALANGA, LineQuality(loss=1.0), 20.0)
    assert said(day) == []
    assert LinkState.UP not in {e.state for e in day.events if isinstance(e, LinkChanged)}


def test_about_as_much_is_lost_as_was_asked_for() -> None:
    whole, thinned = (
        len(said(day_on(KLAIPEDA, line, 200.0)))
        for line in (LineQuality(duplicate=1e-9), LineQuality(loss=0.3))
    )
    assert whole > 100
    assert 0.6 < thinned / whole < 0.8


def test_a_doubled_message_comes_twice() -> None:
    day = day_on(KLAIPEDA, LineQuality(duplicate=1.0), 60.0)
    assert set(Counter(said(day)).values()) == {2}


def test_a_late_message_is_overtaken_and_none_is_lost() -> None:
    on_time = said(day_on(KLAIPEDA, LineQuality(duplicate=1e-9), 60.0))
    late = said(day_on(KLAIPEDA, LineQuality(reorder=0.3), 61.0))
    assert set(on_time) <= set(late)
    assert late[: len(on_time)] != on_time


def test_octets_come_alone_and_are_understood() -> None:
    day = day_on(KLAIPEDA, LineQuality(byte_at_a_time=True), 30.0)
    assert {len(data) for data in said(day)} == {1}
    assert [event for event in day.events if isinstance(event, PositionReported)]


def test_a_base_restarts_and_its_radios_come_back() -> None:
    day = day_on(PALANGA, LineQuality(restart_s=30.0), 90.0)
    station = day.world.stations[PALANGA]
    assert isinstance(station, BadLine)
    assert station.restarts >= 2
    silent = _longest_silence([at for at, _, way, _ in day.octets if way == "up"])
    assert silent >= AWAY_S
    registered = Counter(e.radio for e in day.events if isinstance(e, RadioRegistered))
    assert len(registered) == 5
    assert max(registered.values()) >= 3


def _longest_silence(times: list[float]) -> float:
    return max(later - earlier for earlier, later in pairwise(times))


@pytest.mark.parametrize("name", [PALANGA, KLAIPEDA])
def test_positions_come_over_a_line_that_is_bad_in_every_way(name: str) -> None:
    day = day_on(name, ALL_BAD, 60.0)
    radios = {event.radio for event in day.events if isinstance(event, PositionReported)}
    assert len(radios) >= 5
