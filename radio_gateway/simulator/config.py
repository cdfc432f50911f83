"""`network.toml`: what the simulator plays and where it finds the gateway.

seed = 7            # same seed, same day
units = 24
speed = 1.0         # patrols live this much faster; sessions and voice keep real time
emergencies = true

[[base]]
name = "liepaja-mmdvm"
kind = "homebrew"
gateway_host = "127.0.0.1"
gateway_port = 62031
repeater_id = 247101
passphrase = "..."

[[base]]
name = "liepaja-hytera"
kind = "hytera"
gateway_host = "127.0.0.1"
bind_host = "127.0.0.1"
ports = { rrs1 = 30001, lp1 = 30003, tmp1 = 30007, rcp1 = 30009 }

[[base]]
name = "klaipeda-kenwood"
kind = "kenwood"
device = "var/klaipeda.tty"   # a link to the port is made here
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final, TypeAlias, TypeVar

from radio_gateway.simulator.fleet import BASES, BaseKind

T = TypeVar("T")

MAX_UNITS: Final = 2000


class SimulatorConfigError(Exception):
    """One line: the file, the key, what was found and what is allowed."""


@dataclass(frozen=True, slots=True)
class HomebrewBaseConfig:
    """An MMDVM repeater that logs in to the gateway."""

    name: str
    gateway_host: str
    gateway_port: int
    repeater_id: int
    passphrase: str
    bind_host: str = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class HyteraBaseConfig:
    """A Hytera repeater that reaches the gateway on one port per service and timeslot."""

    name: str
    gateway_host: str
    ports: Mapping[str, int]
    "Endpoint name -> UDP port of the gateway."
    dispatcher_id: int
    "Radio number that texts to the dispatcher are addressed to."
    bind_host: str = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class KenwoodBaseConfig:
    """A Kenwood base radio on a pseudo terminal."""

    name: str
    device: Path
    "Link to the terminal; made at the start, removed at the end."


BaseConfig: TypeAlias = HomebrewBaseConfig | HyteraBaseConfig | KenwoodBaseConfig


@dataclass(frozen=True, slots=True)
class SimulatorConfig:
    bases: tuple[BaseConfig, ...]
    seed: int = 7
    units: int = 24
    speed: float = 1.0
    emergencies: bool = True


@dataclass(slots=True)
class _Table:
    """One TOML table; every key is asked for once, what is left over is an error."""

    where: str
    values: dict[str, Any]
    allowed: list[str] = field(default_factory=list)

    def take(self, key: str, kind: type[T], default: T | None = None) -> T:
        self.allowed.append(key)
        value = self.values.pop(key, default)
        if value is None:
            raise SimulatorConfigError(f"{self.where}: {key} is missing")
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise SimulatorConfigError(f"{self.where}: {key} must be {kind.__name__}: {value!r}")
        return value

    def number(self, key: str, low: int, high: int, default: int | None = None) -> int:
        value = self.take(key, int, default)
        if not low <= value <= high:
            raise SimulatorConfigError(f"{self.where}: {key} must be {low}..{high}: {value}")
        return value

    def address(self, key: str, default: str | None = None) -> str:
        value = self.take(key, str, default)
        try:
            ip_address(value)
        except ValueError as error:
            raise SimulatorConfigError(
                f"{self.where}: {key} must be an IP address: {value!r}"
            ) from error
        return value

    def finish(self) -> None:
        if self.values:
            keys, allowed = ", ".join(sorted(self.values)), ", ".join(self.allowed)
            raise SimulatorConfigError(f"{self.where}: unknown {keys}; allowed: {allowed}")


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
    top = _Table(where, dict(data))
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


def _base(values: object, where: str, folder: Path) -> BaseConfig:
    if not isinstance(values, dict):
        raise SimulatorConfigError(f"{where}: must be a table [[base]]")
    table = _Table(where, dict(values))
    name = table.take("name", str)
    kind = table.take("kind", str)
    known = {base.name: base.kind for base in BASES}
    if known.get(name) != kind:
        allowed = ", ".join(
            f"{known_name} ({known_kind})" for known_name, known_kind in known.items()
        )
        raise SimulatorConfigError(f"{where}: no base {name} ({kind}); the fleet has {allowed}")
    base = _READERS[BaseKind(kind)](name, table, folder)
    table.finish()
    return base


def _homebrew(name: str, table: _Table, _folder: Path) -> BaseConfig:
    return HomebrewBaseConfig(
        name=name,
        gateway_host=table.address("gateway_host"),
        gateway_port=table.number("gateway_port", 1, 65535),
        repeater_id=table.number("repeater_id", 1, 0xFFFF_FFFF),
        passphrase=table.take("passphrase", str),
        bind_host=table.address("bind_host", "127.0.0.1"),
    )


def _hytera(name: str, table: _Table, _folder: Path) -> BaseConfig:
    ports = _Table(f"{table.where}: ports", dict(table.take("ports", dict)))
    numbers = {endpoint: ports.number(endpoint, 1, 65535) for endpoint in list(ports.values)}
    return HyteraBaseConfig(
        name=name,
        gateway_host=table.address("gateway_host"),
        ports=numbers,
        dispatcher_id=table.number("dispatcher_id", 1, 0xFF_FFFF),
        bind_host=table.address("bind_host", "127.0.0.1"),
    )


def _kenwood(name: str, table: _Table, folder: Path) -> BaseConfig:
    return KenwoodBaseConfig(name=name, device=folder / table.take("device", str))


_READERS: Final = {
    BaseKind.HOMEBREW: _homebrew,
    BaseKind.HYTERA: _hytera,
    BaseKind.KENWOOD: _kenwood,
}
