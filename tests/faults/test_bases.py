"""Bases of every kind pulled and put back: silence on the network, cables out of their sockets.

Seconds are those of the radios: gateway and stations share a clock that is faster than the wall's.
"""

import asyncio
from pathlib import Path

import pytest

from tests.faults.outcome import scenario
from tests.radio_gateway.scenario.driving import DrivenStation
from tests.radio_gateway.scenario.paced import run
from tests.radio_gateway.scenario.pulling import BACK_S, Absences, pull_and_put_back
from tests.radio_gateway.scenario.stations import STATIONS

SPEED = 100.0
SERIAL = ("hytera serial", "kenwood", "tait", "modem", "nmea")
NETWORK = tuple(name for name in STATIONS if name not in SERIAL)


def station(name: str, folder: Path, seed: int = 7) -> DrivenStation:
    made = STATIONS[name][0](folder, seed)
    assert isinstance(made, DrivenStation)
    return made


@pytest.mark.parametrize("name", STATIONS)
def test_a_base_pulled_and_put_back(name: str, tmp_path: Path) -> None:
    found = run(lambda: pull_and_put_back(station(name, tmp_path), 2), SPEED)

    assert found.faults == []
    assert found.times == 2


@pytest.mark.soak
@pytest.mark.parametrize(
    ("row", "names"), [("bases-silent", NETWORK), ("cables-pulled", SERIAL)], ids=["udp", "serial"]
)
def test_bases_pulled_a_hundred_times(row: str, names: tuple[str, ...], tmp_path: Path) -> None:
    goal = f"link back <= {BACK_S:g} s, no restart, nothing claimed as delivered that was not"

    async def side_by_side() -> list[Absences]:
        made = []
        for name in names:
            folder = tmp_path / name.replace(" ", "-")
            folder.mkdir()
            made.append(pull_and_put_back(station(name, folder), 100))
        return await asyncio.gather(*made)

    with scenario(row, f"pulled and put back: {', '.join(names)}", goal) as found:
        results = dict(zip(names, run(side_by_side, SPEED), strict=True))
        for name, each in results.items():
            found.count += each.times
            found.faults += [f"{name}: {fault}" for fault in each.faults]
        found.figures |= {
            "slowest_back_s": {n: round(each.longest_back_s, 1) for n, each in results.items()},
            "slowest_down_s": {n: round(each.longest_down_s, 1) for n, each in results.items()},
            "texts_meanwhile": sum(each.orders for each in results.values()),
        }
