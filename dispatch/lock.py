"""One program at a time for a directory of data."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from dispatch.db.database import DatabaseError

_NAME: Final = "lock"


class InUseError(DatabaseError):
    """Another program works with this directory."""


@contextmanager
def held(directory: Path) -> Iterator[None]:
    """Hold the directory; the lock goes with the process, however it ends.

    Raises:
        InUseError: another process holds it; names that process if it can be told.
    """
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / _NAME).open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            owner = file.read(32).strip()
            by = f" (process {owner})" if owner.isdecimal() else ""
            raise InUseError(
                f"another dispatch{by} works with {directory}: stop it first"
            ) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield
