"""A run under CI that skips a test fails and names it; elsewhere skipping is allowed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

RULES = Path(__file__).parents[1] / "conftest.py"
SKIPPING = """
import pytest

def test_passes() -> None:
    pass

@pytest.mark.skip(reason="no such hardware")
def test_left_out() -> None:
    pass
"""


@pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["alone", "in a worker"])
@pytest.mark.parametrize(("ci", "status"), [("true", 1), ("", 0)])
def test_a_skipped_test_fails_the_run_under_ci(
    tmp_path: Path, ci: str, status: int, workers: tuple[str, ...]
) -> None:
    (tmp_path / "conftest.py").write_text(RULES.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "test_it.py").write_text(SKIPPING, encoding="utf-8")
    environment = {**os.environ, "CI": ci}
    for name in [name for name in environment if name.startswith("PYTEST_")]:
        del environment[name]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *workers, "."],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stdout + done.stderr
    named = "skipped, which CI does not allow" in done.stdout and "test_left_out" in done.stdout
    assert named is bool(status)
