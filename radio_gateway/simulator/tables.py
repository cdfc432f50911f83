"""One table of `network.toml`: every key is asked for once, what is left over is an error."""

from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final, TypeVar

T = TypeVar("T")

_ONE_OCTET_MAX: Final = 255


class SimulatorConfigError(Exception):
    """One line: the file, the key, what was found and what is allowed."""


@dataclass(slots=True)
class Table:
    """Takes keys out of a TOML table; every method raises SimulatorConfigError in one line."""

    where: str
    "File and table, for the error."
    values: dict[str, Any]
    folder: Path
    "Relative paths start here."
    allowed: list[str] = field(default_factory=list)

    def take(self, key: str, kind: type[T], default: T | None = None) -> T:
        """A value of one kind; without a default it has to be there."""
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
        """A whole number of low..high."""
        value = self.take(key, int, default)
        if not low <= value <= high:
            raise SimulatorConfigError(f"{self.where}: {key} must be {low}..{high}: {value}")
        return value

    def share(self, key: str) -> float:
        """A part of the whole, 0..1; 0 when left out."""
        value = self.take(key, float, 0.0)
        if not 0 <= value <= 1:
            raise SimulatorConfigError(f"{self.where}: {key} must be 0..1: {value}")
        return value

    def at_least(self, key: str, low: float) -> float | None:
        """A number that is not too small; None when left out."""
        if key not in self.values:
            self.allowed.append(key)
            return None
        value = self.take(key, float)
        if value < low:
            raise SimulatorConfigError(f"{self.where}: {key} must be {low:g} or more: {value:g}")
        return value

    def port(self, key: str, default: int | None = None) -> int:
        """A UDP port that can be sent to or bound."""
        return self.number(key, 1, 65535, default)

    def radio(self, key: str) -> int:
        """A radio number of 24 bits."""
        return self.number(key, 1, 0xFF_FFFF)

    def first_octet(self, key: str, default: int) -> int:
        """First octet of a network of radios."""
        return self.number(key, 1, _ONE_OCTET_MAX, default)

    def ports(self, key: str, names: tuple[str, ...], *, every: bool) -> dict[str, int]:
        """A table of UDP ports by name; `every`: none of the names may be left out."""
        table = self.inner(key)
        given = [name for name in names if every or name in table.values]
        found = {name: table.port(name) for name in given}
        table.allowed[:] = names
        table.finish()
        if not found:
            raise SimulatorConfigError(f"{table.where}: at least one of {', '.join(names)}")
        return found

    def several(self, key: str, shape: str, *, optional: bool = False) -> list["Table"]:
        """Tables of a list inside this one, in order; none when it is left out and may be.

        The error says that they must have this shape: `{ id = .., port = .. }`.
        """
        found: list[Table] = []
        for place, values in enumerate(self.take(key, list, [] if optional else None), 1):
            where = f"{self.where}: {key} {place}"
            if not isinstance(values, dict):
                raise SimulatorConfigError(f"{where}: must be {shape}")
            found.append(Table(where, dict(values), self.folder))
        return found

    def inner(self, key: str) -> "Table":
        """A table inside this one."""
        return Table(f"{self.where}: {key}", dict(self.take(key, dict)), self.folder)

    def address(self, key: str, default: str | None = None) -> str:
        """An IP address."""
        value = self.take(key, str, default)
        try:
            ip_address(value)
        except ValueError as error:
            raise SimulatorConfigError(
                f"{self.where}: {key} must be an IP address: {value!r}"
            ) from error
        return value

    def path(self, key: str) -> Path:
        """A path in the file system."""
        return self.folder / self.take(key, str)

    def finish(self) -> None:
        """Refuse what nobody has asked for."""
        if self.values:
            keys, allowed = ", ".join(sorted(self.values)), ", ".join(self.allowed)
            raise SimulatorConfigError(f"{self.where}: unknown {keys}; allowed: {allowed}")
