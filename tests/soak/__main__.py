"""`python -m tests.soak [ONLY]`: every scenario in turn, whatever became of the one before."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.faults.outcome import FOLDER
from tests.soak.plan import PLAN, Scenario

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "var" / "soak"


def main(only: str) -> int:
    """Run what was asked for; 0 when all of it kept its promise."""
    chosen = [one for one in PLAN if only in ("", one.name)]
    if not chosen:
        names = "\n  ".join(one.name for one in PLAN)
        sys.stderr.write(f"There is no scenario {only!r}; ONLY is one of\n  {names}\n")
        return 2
    RESULTS.mkdir(parents=True, exist_ok=True)
    minutes = sum(one.minutes for one in chosen)
    _say(f"{len(chosen)} scenarios, about {minutes:.0f} minutes on two idle cores.")
    failed = [one.name for number, one in enumerate(chosen, 1) if not _run(one, number, chosen)]
    _say(f"{len(chosen) - len(failed)} of {len(chosen)} kept their promise. Results: {RESULTS}")
    return 1 if failed else 0


def _run(one: Scenario, number: int, chosen: list[Scenario]) -> bool:
    """One scenario in a process of its own, with one line on the terminal."""
    _say(f"[{number}/{len(chosen)}] {one.name}: about {one.minutes:g} min ... ", end="")
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "-m", "soak"]
    words += [f"tests/faults/{one.test}", *(("-k", one.of) if one.of else ())]
    log, began = RESULTS / f"{one.name}.log", time.monotonic()
    file = RESULTS / f"{one.name}.json"
    file.unlink(missing_ok=True)
    with log.open("wb") as output:
        environment = os.environ | {FOLDER: str(RESULTS)}
        code = subprocess.call(words, cwd=ROOT, env=environment, stdout=output, stderr=output)
    took = (time.monotonic() - began) / 60
    found: dict[str, Any] = json.loads(file.read_text("utf-8")) if file.exists() else {}
    kept = code == 0 and bool(found.get("ok"))
    why = "; ".join(found.get("faults", ())) or f"see {log}"
    _say(f"{'ok' if kept else f'FAILED: {why}'} ({took:.1f} min)")
    return kept


def _say(line: str, end: str = "\n") -> None:
    sys.stdout.write(line + end)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
