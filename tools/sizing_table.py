"""Write the sizing table of docs/deployment.md from the newest figures of `make bench`."""

import argparse
import json
import math
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
BEGIN, END = "<!-- sizing: written by tools/sizing_table.py -->", "<!-- sizing: end -->"
RADIOS, INTERVALS_S = (200, 50_000, 1_000_000), (60, 30)
PLANNED = 0.5
"Of one core for one process; the rest is for peaks, for catching up and for everything else."
KEPT_DAYS = 90
"Of `[dispatch.retention] positions_days`, as it is without setting."


class SizingError(Exception):
    """A figure that is needed was not measured; the text names it."""


@dataclass(frozen=True)
class Figures:
    """What was measured, for one position each."""

    gateway_us: float
    "Processor of a gateway from datagram to bus."
    write_us: float
    "Processor of a gateway to write it for the broker."
    read_us: float
    "Processor of the writer to read it."
    commit_us: float
    "Processor of the writer to store it in PostgreSQL."
    octets: float
    "On PostgreSQL's disk, indexes included."
    proved_per_s: float
    "Highest rate at which the whole system, all on one machine, lost nothing."
    proved_core: float
    "Of one core, by the server at that rate."
    rows: str
    "How many there were when their size was measured."
    conditions: Sequence[str]
    "When and on what machine, one line for each measurement."


def figures_of(benches: Mapping[str, Any]) -> Figures:
    """Pick the figures out of `latest.json`; raises SizingError for one that is missing."""

    def figure(bench: str, name: str) -> Mapping[str, Any]:
        for one in benches.get(bench, {}).get("figures", ()):
            if one["name"] == name:
                return one
        raise SizingError(f"make bench ONLY={bench} has not measured {name!r}")

    commit = figure("ingest", "positions to commit, postgresql")
    processor = re.search(r"([\d.]+) us of processor", commit["note"])
    if processor is None:
        raise SizingError(f"no processor time in the note {commit['note']!r}")
    proved = proved_rates(benches.get("end_to_end", {}).get("figures", ()))
    if not proved:
        raise SizingError("make bench ONLY=end_to_end found no rate at which nothing is lost")
    best = max(proved)
    used = ("gateway", "wire", "ingest", "end_to_end", "queries")
    return Figures(
        gateway_us=1e6 / figure("gateway", "Hytera LP, datagram to bus")["value"],
        write_us=1e6 / figure("wire", "positions written")["value"],
        read_us=1e6 / figure("wire", "positions read")["value"],
        commit_us=float(processor[1]),
        octets=figure("queries", "PostgreSQL: size of position")["value"],
        proved_per_s=best,
        proved_core=proved[best],
        rows=str(figure("queries", "PostgreSQL: fill")["note"]).split()[0],
        conditions=[condition(name, benches[name]) for name in used],
    )


def proved_rates(figures: Sequence[Mapping[str, Any]]) -> dict[float, float]:
    """Positions a second at which PostgreSQL lost none: share of a core that the server took."""
    values = {one["name"]: one["value"] for one in figures}
    found = {}
    for name, lost in values.items():
        rate = re.fullmatch(r"([\d ]+)/s PostgreSQL: lost", name)
        if rate is not None and not lost:
            share = values[name.replace(": lost", ": server")] / 100
            found[float(rate[1].replace(" ", ""))] = share
    return found


def condition(name: str, bench: Mapping[str, Any]) -> str:
    """Where the figures of one measurement come from."""
    machine, idle = bench["machine"], bench["idle_before"]
    quiet = "unknown how idle" if idle is None else f"{idle:.0%} idle before"
    return f"{name} {bench['at'][:16]}Z, {machine['processor']}, {machine['cores']} cores, {quiet}"


@dataclass(frozen=True)
class Row:
    """One load, and what it takes."""

    radios: int
    interval_s: int
    per_s: float
    gateway_core: float
    gateways: int
    writer_core: float
    proved: bool
    "At no more than the rate that was tried as a whole."
    by_parts: int
    "Installations, were every part as fast in company as alone."
    by_proof: int
    "Installations of which none takes more than was tried."
    gb_a_day: float
    tb_a_year: float
    tb_kept: float


def row(found: Figures, radios: int, interval_s: int) -> Row:
    """All radios report at this interval, round the clock."""
    per_s = radios / interval_s
    gateway_core = per_s * (found.gateway_us + found.write_us) / 1e6
    writer_core = per_s * (found.read_us + found.commit_us) / 1e6
    a_day = per_s * 86_400 * found.octets
    return Row(
        radios,
        interval_s,
        per_s,
        gateway_core,
        max(1, math.ceil(gateway_core / PLANNED)),
        writer_core,
        per_s <= found.proved_per_s,
        max(1, math.ceil(writer_core / PLANNED)),
        max(1, math.ceil(per_s / found.proved_per_s)),
        a_day / 1e9,
        a_day * 365 / 1e12,
        a_day * KEPT_DAYS / 1e12,
    )


def parts_core(found: Figures) -> float:
    """Share of a core that the parts take at the rate that was tried as a whole."""
    each_us = found.gateway_us + found.write_us + found.read_us + found.commit_us
    return found.proved_per_s * each_us / 1e6


HEAD = (
    "radios",
    "report every",
    "positions/s",
    "gateways: core",
    "gateways, at least",
    "writer: core",
    "writers",
    "disk a day",
    "disk a year",
    f"database, {KEPT_DAYS} days",
    "installations: by parts / proved",
)


def cells(one: Row) -> Iterator[str]:
    """A row as it is shown."""
    yield f"{one.radios:,}"
    yield f"{one.interval_s} s"
    yield amount(one.per_s)
    yield f"{one.gateway_core:.1%}"
    yield f"{one.gateways}"
    yield f"{one.writer_core:.1%}"
    yield f"{one.by_proof}"
    yield size(one.gb_a_day)
    yield size(one.tb_a_year * 1000)
    yield size(one.tb_kept * 1000)
    yield f"{one.by_parts} / {one.by_proof}"


def amount(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def size(gb: float) -> str:
    """Gigabytes in the unit that reads best."""
    if gb >= 1000:
        return f"{amount(gb / 1000)} TB"
    return f"{amount(gb)} GB" if gb >= 1 else f"{gb * 1000:.0f} MB"


def section(found: Figures) -> Iterator[str]:
    """What stands between the markers."""
    rows = [row(found, radios, every) for radios in RADIOS for every in INTERVALS_S]
    yield "| " + " | ".join(HEAD) + " |"
    yield "|" + "--:|" * len(HEAD)
    for one in rows:
        yield "| " + " | ".join(cells(one)) + " |"
    yield ""
    yield (
        f"Computed, not tried, but for one thing: the whole system on one machine of two cores, "
        f"with simulated radios and 50 consoles on it too, lost nothing at "
        f"{amount(found.proved_per_s)} positions/s; the server then took "
        f"{found.proved_core:.0%} of a core, where the parts of this table add up to "
        f"{parts_core(found):.0%}: the rest went into consoles and into what is measured by "
        "nothing alone. So the shares above are the least that is needed."
    )
    yield ""
    yield "How it is computed:"
    yield ""
    yield (
        f"- **gateways**: {found.gateway_us:.1f} us of processor for a position from its datagram "
        f"to the bus, {found.write_us:.1f} us to write it for the broker, all gateways together. "
        f"At least one at every radio site, and so many that none plans more than "
        f"{PLANNED:.0%} of its core."
    )
    yield (
        f"- **writer**: {found.read_us:.1f} us to read it and {found.commit_us:.1f} us to store "
        "it, without PostgreSQL's own processes and without consoles."
    )
    yield (
        f"- **disk**: {found.octets:.0f} octets a position with its indexes, measured with "
        f"{found.rows} of them; all radios reporting round the clock, nothing subtracted. Calls "
        "and texts come on top, backups too."
    )
    yield (
        "- **installations**: an installation has one writer and one database, which cannot be "
        f"divided; *by parts* plans {PLANNED:.0%} of the writer's core, *proved* no more for each "
        "than was tried as a whole."
    )
    yield ""
    yield from verdicts(found, rows)
    yield ""
    yield f"Figures: {'; '.join(found.conditions)}."


def verdicts(found: Figures, rows: Sequence[Row]) -> Iterator[str]:
    """What the table means where one writer or one database is not enough."""
    beyond = [one for one in rows if not one.proved]
    if not beyond:
        yield "Every row is within what was tried as a whole."
        return
    smallest = min(beyond, key=lambda one: one.per_s)
    yield (
        f"**One installation is not proved from {smallest.radios:,} radios every "
        f"{smallest.interval_s} s on** ({amount(smallest.per_s)} positions/s, tried: "
        f"{amount(found.proved_per_s)}/s). Divide by region: several installations, each with "
        "its own gateways, broker, database and consoles, and its share of the radios. They know "
        "nothing of each other: a dispatcher sees the units of one, a unit that changes region "
        "appears in the other, reports are made for each. Longer intervals, or fewer days kept, "
        "are the other way."
    )
    large = [one for one in rows if one.tb_kept >= 1]
    if large:
        first = min(large, key=lambda one: one.tb_kept)
        yield ""
        yield (
            f"From {first.radios:,} radios every {first.interval_s} s on one database would hold "
            f"{size(first.tb_kept * 1000)} and more: queries were measured with {found.rows} "
            "positions only, and `dispatch backup`, which writes everything each time, is no way "
            "to save it: let PostgreSQL archive its log, or divide."
        )


def written(page: str, lines: Iterator[str]) -> str:
    """The page with what is between the markers replaced; raises SizingError without them."""
    head, begin, rest = page.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise SizingError(f"no {BEGIN!r} and {END!r} in the page")
    body = "\n".join(lines)
    return f"{head}{BEGIN}\n\n{body}\n\n{END}{tail}"


def main() -> int:
    """Write the table; 1 with a line that says why not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--figures", type=Path, default=ROOT / "var/bench/latest.json")
    parser.add_argument("--page", type=Path, default=ROOT / "docs/deployment.md")
    chosen = parser.parse_args()
    try:
        benches = json.loads(chosen.figures.read_text(encoding="utf-8"))["benches"]
        page = written(chosen.page.read_text(encoding="utf-8"), section(figures_of(benches)))
    except (OSError, SizingError) as error:
        print(f"sizing_table: {error}", file=sys.stderr)  # noqa: T201 - a tool
        return 1
    chosen.page.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
