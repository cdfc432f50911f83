"""A small file system of a program's own: a tmpfs that no other process sees."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

from tests.faults.program import Program

_MOUNT = 'mount -t tmpfs -o size="$1" sardze "$2"; shift 2; exec "$@"'
_CHUNK = 64 * 1024


@cache
def _namespace() -> tuple[str, ...]:
    """What makes a mount namespace in which something can be mounted; empty: nothing does.

    Root may; others may where the system lets them be root of a user namespace of their own.
    """
    if shutil.which("unshare") is None:
        return ()
    as_root: tuple[str, ...] = () if os.geteuid() == 0 else ("--map-root-user",)
    words = ("unshare", "--mount", *as_root)
    trial = [*words, "sh", "-ec", _MOUNT, "sh", "1m", "/mnt", "true"]
    done = subprocess.run(trial, capture_output=True, check=False)
    return words if done.returncode == 0 else ()


def small_disk(words: Sequence[str], folder: Path, octets: int) -> list[str]:
    """The same command with a disk of so many octets at `folder`, which is made.

    The test is skipped where nothing can be mounted; under CI root has to be able to.
    """
    namespace = _namespace()
    if not namespace:
        if os.environ.get("CI") == "true" and os.geteuid() == 0:
            pytest.fail("unshare and mount do not work although we are root")
        pytest.skip("no file system can be mounted here: root, or user namespaces, are needed")
    folder.mkdir(parents=True, exist_ok=True)
    return [*namespace, "sh", "-ec", _MOUNT, "sh", str(octets), str(folder), *words]


class Disk:
    """The disk of a running program, seen from outside."""

    def __init__(self, program: Program, folder: Path) -> None:
        self._root = Path(f"/proc/{program.pid}/root{folder}")
        self._ballast = self._root / "ballast"

    @property
    def free(self) -> int:
        """Octets."""
        found = os.statvfs(self._root)
        return found.f_bavail * found.f_frsize

    def size_of(self, name: str) -> int:
        """Octets of a file on it; 0: there is none."""
        path = self._root / name
        return path.stat().st_size if path.exists() else 0

    def fill(self, leaving: int) -> None:
        """Write until no more than `leaving` octets are free; others write meanwhile."""
        with self._ballast.open("ab", buffering=0) as file:
            while (more := self.free - leaving) > 0:
                try:
                    file.write(bytes(min(more, _CHUNK)))
                except OSError:
                    return

    def clear(self) -> None:
        """Take away what `fill` has written."""
        self._ballast.unlink()
