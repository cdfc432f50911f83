"""The console's types come from `web/openapi.json`: it must be what the server gives."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_console_knows_the_servers_document() -> None:
    done = subprocess.run(
        [sys.executable, "tools/openapi.py", "--check"],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
