"""strace: what a process really asks of the system, and faults at exact calls."""

import os
import shutil

import pytest


def strace() -> list[str]:
    """The command; the test is skipped, or fails under CI, without it."""
    found = shutil.which("strace")
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail("strace is not installed: apt-get install strace")
        pytest.skip("strace is not installed")
    return [found, "--quiet=all"]
