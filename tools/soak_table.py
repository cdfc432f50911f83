"""Writes docs/soak.md out of the results in var/soak: what was hurt, how often, what was lost."""

import argparse
import json
import os
import platform
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
INTRODUCTION = (
    "Made by `make soak`; the programs run as processes, radios speak over sockets, and the "
    "database is compared with a ledger of what was acknowledged."
)
COLUMNS = (
    "Scenario",
    "What is done",
    "Count",
    "Minutes",
    "Compared",
    "Lost",
    "Doubled",
    "Figures",
    "Promise",
    "Kept",
)


def main() -> None:
    """Read all results, oldest first, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, default=ROOT / "var" / "soak")
    parser.add_argument("--to", type=Path, default=ROOT / "docs" / "soak.md")
    chosen = parser.parse_args()
    found = [json.loads(file.read_text("utf-8")) for file in chosen.results.glob("*.json")]
    if not found:
        parser.error(f"{chosen.results} holds no results: run `make soak` first")
    found.sort(key=lambda one: one["at"])
    chosen.to.write_text(page(found), encoding="utf-8")


def page(found: list[Mapping[str, Any]]) -> str:
    """The page in Markdown."""
    kept = sum(one["ok"] for one in found)
    head = [
        "# What survives what",
        "",
        INTRODUCTION,
        "",
        f"- Last run: {found[-1]['at']}",
        f"- Machine: {machine()}",
        f"- Commit: {commit()}",
        f"- Kept: {kept} of {len(found)}",
        "",
        f"| {' | '.join(COLUMNS)} |",
        "|---|---|--:|--:|--:|--:|--:|---|---|---|",
    ]
    return "\n".join([*head, *map(row, found)]) + "\n"


def row(one: Mapping[str, Any]) -> str:
    """One scenario."""
    figures = ", ".join(f"{key} {value}" for key, value in one["figures"].items())
    cells = (
        one["name"],
        one["what"],
        str(one["count"]),
        f"{one['duration_s'] / 60:.1f}",
        str(one["events"]),
        _counted(one["lost"]),
        _counted(one["doubled"]),
        figures,
        one["goal"],
        "yes" if one["ok"] else f"NO: {'; '.join(one['faults']) or 'it did not finish'}",
    )
    return "| " + " | ".join(cell.replace("|", "/").replace("\n", " ") for cell in cells) + " |"


def machine() -> str:
    """Processor, cores, memory, system and Python."""
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{names[0] if names else platform.machine()}, {os.cpu_count()} cores, {total:.0f} GiB, "
        f"Linux {platform.release()}, Python {platform.python_version()}"
    )


def commit() -> str:
    """The commit that stands checked out."""
    words = ("git", "-C", str(ROOT), "rev-parse", "--short=12", "HEAD")
    done = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603 - all ours
    return done.stdout.strip() or "unknown"


def _counted(numbers: Mapping[str, int]) -> str:
    return ", ".join(f"{key} {value}" for key, value in numbers.items()) or "0"


if __name__ == "__main__":
    main()
