"""The network file of the documentation: complete, and played by the command that it names."""

import asyncio
import re
import signal
import sys
from pathlib import Path

from radio_gateway.simulator.config import load_config
from radio_gateway.simulator.fleet import BaseKind, build_fleet
from radio_gateway.simulator.stations import STATIONS
from tests.radio_gateway.simulator.bases import KINDS, free_ports, pair

DOCS = Path(__file__).parents[3] / "docs"
EXAMPLE = DOCS / "examples" / "network.toml"
FIVE_DIGITS = re.compile(r"\b[1-6]\d{4}\b")


def test_the_example_has_a_patrol_on_a_base_of_every_kind() -> None:
    config = load_config(EXAMPLE)
    assert {base.plan.kind for base in config.bases} == set(BaseKind) == set(STATIONS)
    fleet = build_fleet(config.units, config.seed, [base.plan for base in config.bases])
    assert {radio.base for radio in fleet.radios} == {base.name for base in config.bases}
    assert len(fleet.units) == config.units


def test_the_documentation_names_every_key(tmp_path: Path) -> None:
    text = (DOCS / "simulator.md").read_text(encoding="utf-8")
    for kind in KINDS:
        assert f"| `{kind}` |" in text
        for key in pair(kind, tmp_path).base:
            assert f"`{key}`" in text, (kind, key)


def with_free_ports(folder: Path) -> Path:
    """The example with ports that nobody has."""
    config = folder / "network.toml"
    text = EXAMPLE.read_text(encoding="utf-8")
    ports = sorted(set(FIVE_DIGITS.findall(text)))
    free = dict(zip(ports, map(str, free_ports(len(ports))), strict=True))
    config.write_text(FIVE_DIGITS.sub(lambda match: free[match[0]], text), encoding="utf-8")
    return config


def terminals(folder: Path) -> int:
    return len(list(folder.glob("*.tty")))


async def test_the_command_plays_it(tmp_path: Path) -> None:
    config = with_free_ports(tmp_path)
    words = ("-m", "radio_gateway.cli", "simulate", "--config", str(config))
    process = await asyncio.create_subprocess_exec(
        sys.executable, *words, stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr is not None
    async with asyncio.timeout(30):
        line = b""
        while b"simulating" not in line:
            line = await process.stderr.readline()
            assert line, "the simulator ended"
        assert b"simulating 24 patrols on 12 bases, seed 7" in line
        assert terminals(tmp_path) == 5
        process.send_signal(signal.SIGTERM)
        await process.communicate()
    assert process.returncode == 0
    assert terminals(tmp_path) == 0
