"""Backups through a program that encrypts: none of our own."""

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from dispatch.db.database import DatabaseError


@dataclass(frozen=True, slots=True)
class Cipher:
    """Programs that encrypt and decrypt from standard input to standard output."""

    encrypt: Sequence[str] = ()
    decrypt: Sequence[str] = ()


@contextmanager
def writing(path: Path, encrypt: Sequence[str]) -> Iterator[IO[bytes]]:
    """Where the plain octets of a backup go; raises DatabaseError when the program fails."""
    with path.open("wb") as file:
        if not encrypt:
            yield file
            return
        with _program(encrypt, stdin=subprocess.PIPE, stdout=file) as process:
            assert process.stdin is not None  # noqa: S101 - asked for above
            with process.stdin as stream:
                yield stream


@contextmanager
def reading(path: Path, decrypt: Sequence[str]) -> Iterator[IO[bytes]]:
    """The plain octets of a backup; raises DatabaseError when the program fails."""
    with path.open("rb") as file:
        # what was kept from before encryption was switched on is still readable
        if not decrypt or path.suffix == ".tar":
            yield file
            return
        with _program(decrypt, stdin=file, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None  # noqa: S101 - asked for above
            with process.stdout as stream:
                yield stream
                while stream.read(1 << 20):
                    pass  # to its end, so that the program ends by itself


@contextmanager
def _program(
    command: Sequence[str], *, stdin: int | IO[bytes], stdout: int | IO[bytes]
) -> Iterator["subprocess.Popen[bytes]"]:
    try:
        process = subprocess.Popen(  # noqa: S603 - the administrator's own command
            command, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE
        )
    except OSError as error:
        raise DatabaseError(f"{command[0]} cannot be run: {error.strerror}") from error
    with process:
        broken: Exception | None = None
        try:
            yield process
        except (DatabaseError, OSError) as error:
            broken = error  # most likely the program's end: its own words say more
        assert process.stderr is not None  # noqa: S101 - asked for above
        said = process.stderr.read().decode(errors="replace").strip()
        if process.wait():
            raise DatabaseError(f"{command[0]} failed: {said or process.returncode}")
        if broken is not None:
            raise broken
