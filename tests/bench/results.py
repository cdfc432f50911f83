"""What a measurement found: kept beside its raw limit, printed at the end, written as JSON.

A figure stands for nothing without the machine it was taken on, how idle that was, and a limit
of the same run; all of them are kept together in `var/bench/`.
"""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from tests.bench.machine import facts

FOLDER: Final = Path(__file__).parents[2] / "var" / "bench"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value."""

    name: str
    value: float
    unit: str
    ratio: float | None = None
    "Value by raw, where a larger one is better; otherwise say in `note` what it is."
    raw: float | None = None
    "The raw limit of the same run, in the same unit."
    goal: str | None = None
    "As a person reads it: `< 150`, `>= 10 x`."
    ok: bool | None = None
    "Whether the goal was reached; None: there is none."
    note: str = ""


@dataclass(slots=True)
class Bench:
    """The figures of one file of measurements."""

    at: str
    idle_before: float | None = None
    "Least share of idle processor time found before its tests, 0..1."
    figures: list[Figure] = field(default_factory=list)


BENCHES: Final[dict[str, Bench]] = {}
"What this run found, by the name of the file without `test_`."


def record(
    name: str,
    value: float,
    unit: str,
    *,
    ratio: float | None = None,
    raw: float | None = None,
    goal: str | None = None,
    ok: bool | None = None,
    note: str = "",
) -> None:
    """Keep a figure of the running test; `ratio` follows from `raw` where only that is given."""
    if ratio is None and raw:
        ratio = value / raw
    _running().figures.append(Figure(name, value, unit, ratio, raw, goal, ok, note))


def note_idle(share: float) -> None:
    """Keep how idle the machine was before the running test."""
    bench = _running()
    bench.idle_before = share if bench.idle_before is None else min(share, bench.idle_before)


def _running() -> Bench:
    """The entry of the file whose test runs."""
    path, _, _ = os.environ["PYTEST_CURRENT_TEST"].partition("::")
    name = Path(path).stem.removeprefix("test_")
    return BENCHES.setdefault(name, Bench(_now().isoformat(timespec="seconds")))


def table(benches: Mapping[str, Bench]) -> Iterable[str]:
    """The figures as aligned lines."""
    rows = [HEAD, *(cells(name, one) for name, bench in benches.items() for one in bench.figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    for row in rows:
        aligned = (
            cell.rjust(width) if column in _NUMBERS else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join(aligned).rstrip()


HEAD: Final = ("bench", "figure", "value", "unit", "of raw", "raw", "goal", "", "note")
_NUMBERS: Final = frozenset({2, 4, 5})


def cells(bench: str, figure: Figure) -> tuple[str, ...]:
    """One line of the table."""
    return (
        bench,
        figure.name,
        _shown(figure.value),
        figure.unit,
        "" if figure.ratio is None else f"{_shown(figure.ratio)} x",
        "" if figure.raw is None else _shown(figure.raw),
        figure.goal or "",
        {None: "", True: "ok", False: "MISSED"}[figure.ok],
        figure.note,
    )


def _shown(value: float) -> str:
    """Three figures that count, thousands apart."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def write(benches: Mapping[str, Bench]) -> Path:
    """Write this run's file, and `latest.json` with the newest figures of every bench."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    at = _now()
    found = {name: asdict(bench) | {"machine": facts()} for name, bench in benches.items()}
    own = FOLDER / f"{at:%Y%m%dT%H%M%SZ}.json"
    _dump(own, {"at": at.isoformat(timespec="seconds"), "benches": found})
    latest = FOLDER / "latest.json"
    before = latest_benches()
    _dump(latest, {"at": at.isoformat(timespec="seconds"), "benches": before | found})
    return own


def latest_benches() -> dict[str, Any]:
    """What `latest.json` holds, by bench; empty where nothing was measured yet."""
    latest = FOLDER / "latest.json"
    if not latest.is_file():
        return {}
    found: dict[str, Any] = json.loads(latest.read_text(encoding="utf-8"))["benches"]
    return found


def _dump(path: Path, content: Mapping[str, Any]) -> None:
    written = json.dumps(content, indent=1, ensure_ascii=False)
    part = path.with_suffix(".part")
    part.write_text(written + "\n", encoding="utf-8")
    part.replace(path)


def _now() -> datetime:
    return datetime.now(UTC)
