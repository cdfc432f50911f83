"""`network.toml`: what the simulator plays and where it finds the gateway.

seed = 7            # same seed, same day
units = 24
speed = 1.0         # patrols live this much faster; sessions and voice keep real time
emergencies = true

[[base]]            # as many as there are links; docs/simulator.md tells the keys of each kind
name = "liepaja-mmdvm"
kind = "homebrew"
agency = "LP"       # whose patrols work through it: LP, PL, KL; bases of the demo know it
share = 3           # of that agency's units, beside the shares of its other bases
loss = 0.05         # how bad the line is, see `LineQuality`
...
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from radio_gateway.simulator.fleet import AGENCIES, BASES, BaseKind, DemoBase
from radio_gateway.simulator.stations import STATIONS
from radio_gateway.simulator.stations.bad_line import GOOD_LINE, LineQuality
from radio_gateway.simulator.stations.kind import SerialWire, StationKind
from radio_gateway.simulator.tables import SimulatorConfigError, Table

__all__ = ["Base", "SimulatorConfig", "SimulatorConfigError", "load_config", "parse_config"]

MAX_UNITS: Final = 2000
MIN_RESTART_S: Final = 5.0
_BY_NAME: Final = {base.name: base for base in BASES}


@dataclass(frozen=True, slots=True)
class Base:
    """One base station of the network."""

    plan: DemoBase
    settings: Any
    "Of its kind: what the `read` of `kind` gives."
    line: LineQuality = GOOD_LINE

    @property
    def name(self) -> str:
        return self.plan.name

    @property
    def kind(self) -> StationKind[Any]:
        """How such a base is built."""
        return STATIONS[self.plan.kind]


@dataclass(frozen=True, slots=True)
class SimulatorConfig:
    bases: tuple[Base, ...]
    seed: int = 7
    units: int = 24
    speed: float = 1.0
    emergencies: bool = True


def load_config(path: Path) -> SimulatorConfig:
    """Read `network.toml`; relative paths in it start at its folder.

    Raises:
        SimulatorConfigError: unreadable, not TOML, or a key or value that is not allowed.
    """
    try:
        text = path.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        raise SimulatorConfigError(f"{path}: cannot be read: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise SimulatorConfigError(f"{path}: no TOML: {error}") from error
    return parse_config(data, str(path), path.parent)


def parse_config(data: dict[str, Any], where: str, folder: Path) -> SimulatorConfig:
    """Read the tables of a configuration; raises SimulatorConfigError as `load_config` does."""
    top = Table(where, dict(data), folder)
    tables = top.take("base", list, [])
    bases = tuple(_base(table, f"{where}: base {n}", folder) for n, table in enumerate(tables, 1))
    names = [base.name for base in bases]
    if len(set(names)) < len(names):
        raise SimulatorConfigError(f"{where}: every base needs a name of its own")
    speed = top.take("speed", float, 1.0)
    if not 0.1 <= speed <= 100:
        raise SimulatorConfigError(f"{where}: speed must be 0.1..100: {speed}")
    config = SimulatorConfig(
        bases=bases,
        seed=top.take("seed", int, 7),
        units=top.number("units", 3, MAX_UNITS, 24),
        speed=speed,
        emergencies=top.take("emergencies", bool, default=True),
    )
    top.finish()
    return config


def _base(values: object, where: str, folder: Path) -> Base:
    if not isinstance(values, dict):
        raise SimulatorConfigError(f"{where}: must be a table [[base]]")
    table = Table(where, dict(values), folder)
    plan = _plan(table)
    kind = STATIONS[plan.kind]
    settings = kind.read(table)
    serial = any(isinstance(wire, SerialWire) for wire in kind.wires(settings, ()))
    line = _line(table, serial=serial)
    table.finish()
    return Base(plan, settings, line)


def _plan(table: Table) -> DemoBase:
    name, kind = table.take("name", str), table.take("kind", str)
    if kind not in tuple(BaseKind):
        kinds = ", ".join(BaseKind)
        raise SimulatorConfigError(f"{table.where}: no kind {kind!r}; there are {kinds}")
    known = _BY_NAME.get(name)
    agency = table.take("agency", str, known.agency if known else None)
    codes = [one.code for one in AGENCIES]
    if agency not in codes:
        raise SimulatorConfigError(
            f"{table.where}: agency must be one of {', '.join(codes)}: {agency!r}"
        )
    share = table.number("share", 1, MAX_UNITS, known.share if known else 1)
    return DemoBase(name, BaseKind(kind), agency, share=share)


def _line(table: Table, *, serial: bool) -> LineQuality:
    return LineQuality(
        loss=table.share("loss"),
        duplicate=table.share("duplicate"),
        reorder=table.share("reorder"),
        restart_s=table.at_least("restart_s", MIN_RESTART_S),
        byte_at_a_time=serial and table.take("byte_at_a_time", bool, default=False),
    )
