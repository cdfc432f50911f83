"""kill -9 of each part of a system on several machines: gateway, dispatch, broker."""

import itertools
from pathlib import Path

import pytest

from tests.faults.killing import kill_often
from tests.faults.machines import machines
from tests.faults.outcome import scenario

WHAT = {
    "gateway": "radio-gateway run, kill -9 under load",
    "serve": "dispatch serve, kill -9 under load",
    "broker": "mosquitto, kill -9 under load, its store wiped",
    "each": "gateway, dispatch and broker in turn, kill -9 under load",
}


@pytest.mark.parametrize(
    ("part", "kills"),
    [
        ("each", 3),
        pytest.param("gateway", 200, marks=pytest.mark.soak),
        pytest.param("serve", 200, marks=pytest.mark.soak),
        pytest.param("broker", 50, marks=pytest.mark.soak),
    ],
)
async def test_one_of_them_killed(tmp_path: Path, part: str, kills: int) -> None:
    with scenario(f"kill-{part}", WHAT[part], "0 lost, 0 doubled") as found:
        async with machines(tmp_path) as system:
            ways = {
                "gateway": system.kill_gateway,
                "serve": system.kill_serve,
                "broker": system.kill_broker,
            }
            turns = itertools.cycle(ways.values() if part == "each" else [ways[part]])

            async def hurt() -> None:
                await next(turns)()

            await kill_often(system.town, kills, hurt, found)
