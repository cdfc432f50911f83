"""Write docs/benchmarks.md from the newest figures of every bench, var/bench/latest.json."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.bench.results import HEAD, Figure, cells, latest_benches  # noqa: E402

INTRODUCTION = """\
# Benchmarks

Measured by `make bench` (one of them: `make bench ONLY=ingest`), which also writes this page.
Sender, server, database and consoles share one machine and its loopback interface, so every figure
holds for all of them together. Figures taken at different times are not comparable by their last
digit; **of raw** is: the value divided by a limit that was measured in the same run. Every bench
waits for an idle machine first, not for ever: how idle it was stands beside its figures.

Not measured: real radio hardware, networks with loss, TLS, the browser's drawing.
"""
TITLES = {"": "goal met", "note": "what it is"}


def page(benches: Mapping[str, Any]) -> Iterator[str]:
    """The page's lines."""
    yield INTRODUCTION
    for name, bench in sorted(benches.items()):
        machine = ", ".join(f"{key} {value}" for key, value in bench["machine"].items())
        idle = bench["idle_before"]
        yield f"## {name}"
        yield ""
        yield (
            f"{bench['at']}, {'idle before unknown' if idle is None else f'{idle:.0%} idle before'}"
            f" ({machine})."
        )
        yield ""
        yield "| " + " | ".join(TITLES.get(head, head) for head in HEAD[1:]) + " |"
        yield "|---" * (len(HEAD) - 1) + "|"
        for figure in bench["figures"]:
            shown = (one.replace("|", "\\|") for one in cells(name, Figure(**figure))[1:])
            yield "| " + " | ".join(shown) + " |"
        yield ""


def main() -> int:
    """Write the page; 1 where nothing was measured yet."""
    benches = latest_benches()
    if not benches:
        print("nothing was measured yet: run make bench", file=sys.stderr)  # noqa: T201 - a tool
        return 1
    lines = "\n".join(page(benches))
    (ROOT / "docs" / "benchmarks.md").write_text(lines, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
