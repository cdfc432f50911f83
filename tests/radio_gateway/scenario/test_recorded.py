"""A shift as the flight recorder kept it: its support bundle says the same of nobody.

The lines are as bad as in the scenario, so what a bundle must hold together came in pieces that
were lost, doubled and late.
"""

from pathlib import Path

import pytest

from radio_gateway.recording import bundle
from radio_gateway.recording.ring import Record
from tests.radio_gateway.recording import recordings
from tests.radio_gateway.recording.likeness import events, in_order_of_appearance
from tests.radio_gateway.scenario.paced import run
from tests.radio_gateway.scenario.script import ANSWER, NUMBER, ORDER, Station
from tests.radio_gateway.scenario.shifts import shift_over
from tests.radio_gateway.scenario.stations import STATIONS


async def recorded(station: Station) -> list[Record]:
    async with shift_over(station) as shift:
        return shift.running.gateway.recording()["base"]


def check(name: str, seed: int, folder: Path) -> None:
    make, _ = STATIONS[name]
    raw = recordings.write(folder / "raw.pcapng", run(lambda: recorded(make(folder, seed))))
    made = bundle.make(raw)
    file = folder / "bundle.pcapng"
    file.write_bytes(b"".join(made.octets))
    before, after = events(raw), events(file)
    assert before, "the recording says something"
    assert in_order_of_appearance(after) == in_order_of_appearance(before), made.lines()
    octets = file.read_bytes()
    assert not [words for words in (ORDER, ANSWER, "56.50", f"{NUMBER}}}") if words in str(after)]
    assert not [words for words in (ORDER, ANSWER) if words.encode("utf-16-le") in octets]


@pytest.mark.parametrize("name", STATIONS)
def test_a_bundle_of_a_shift_says_the_same_of_nobody(name: str, tmp_path: Path) -> None:
    check(name, 1, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2000, 2020))
@pytest.mark.parametrize("name", STATIONS)
def test_bundles_of_many_shifts(name: str, seed: int, tmp_path: Path) -> None:
    check(name, seed, tmp_path)
