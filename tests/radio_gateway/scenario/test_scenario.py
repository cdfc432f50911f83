"""One script, unchanged, on the radios of every vendor: the dispatcher knows the same at its end.

Datagrams get lost (5 %), doubled (3 %) and come late behind others (25 %). Serial octets come one
at a time. On the ports of Hytera radios and of receivers, whose protocols have checksums and say
again what was damaged, some octets are missing and some are noise; Kenwood and Tait radios and
modems (no checksum) say everything once.
"""

import asyncio
from pathlib import Path

import pytest

from radio_gateway.adapters import REGISTRY
from tests.radio_gateway.scenario.paced import run
from tests.radio_gateway.scenario.script import Shift, Station, expected, facts, skipped
from tests.radio_gateway.scenario.shifts import shift_over
from tests.radio_gateway.scenario.stations import STATIONS

AT_ONCE = 20
"Shifts in one loop: each has its own gateway, ports and radios."


async def shift_at(station: Station) -> Shift:
    async with shift_over(station) as shift:
        return shift


def check(name: str, seeds: range, folder: Path) -> None:
    """Shifts with these seeds, side by side; each ends as its capabilities say."""
    make, left_out = STATIONS[name]

    async def side_by_side() -> list[Shift]:
        stations = []
        for seed in seeds:
            own = folder / str(seed)
            own.mkdir()
            stations.append(make(own, seed))
        return await asyncio.gather(*map(shift_at, stations))

    for shift in run(side_by_side):
        assert skipped(shift.can) == left_out
        assert facts(shift) == expected(shift.can), f"{name}, seed {shift.station.seed}"


def test_every_kind_of_link_has_a_station() -> None:
    assert {make.kind for make, _ in STATIONS.values()} == set(REGISTRY)


@pytest.mark.parametrize("name", STATIONS)
def test_a_shift_leaves_the_same_behind_whatever_the_radios(name: str, tmp_path: Path) -> None:
    check(name, range(1, 4), tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 200, AT_ONCE))
@pytest.mark.parametrize("name", STATIONS)
def test_two_hundred_shifts(name: str, first: int, tmp_path: Path) -> None:
    check(name, range(1000 + first, 1000 + first + AT_ONCE), tmp_path)
