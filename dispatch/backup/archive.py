"""The file of a backup: a tar of two members.

- `manifest.json`: what was saved, when, how many rows, SHA-256 of the dump
- `database`: SQLite's file, gzip; PostgreSQL: pg_dump's custom format
"""

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dispatch.db.database import DatabaseError

FORMAT: Final = 1
_MANIFEST: Final = "manifest.json"
_DUMP: Final = "database"
_PIECE: Final = 1 << 20
_MANIFEST_LIMIT: Final = 1 << 20


class TableContent(BaseModel):
    """What a table held; two equal contents have equal rows and digests."""

    model_config = ConfigDict(frozen=True)

    rows: int
    digest: str | None = None
    "Does not depend on the order of rows; None where the dump's own hash says it all."


class Manifest(BaseModel):
    """What a backup holds."""

    model_config = ConfigDict(frozen=True)

    format: Literal[1]
    made_at: datetime
    version: str
    "Of the program that made it."
    backend: Literal["sqlite", "postgresql"]
    server: str
    "Version of the database."
    revision: str
    "Of the schema."
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    "Of the dump as it stands in the archive."
    tables: dict[str, TableContent]

    @property
    def rows(self) -> int:
        return sum(one.rows for one in self.tables.values())


def sha256_of(path: Path) -> str:
    """Hash of a file, in hex."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            found.update(piece)
    return found.hexdigest()


def compress(source: Path, target: Path) -> None:
    """Write `source` to `target` as gzip; fast rather than small."""
    with source.open("rb") as file, gzip.open(target, "wb", compresslevel=1) as out:
        while piece := file.read(_PIECE):
            out.write(piece)


def decompress(source: Path, target: Path) -> None:
    """The opposite of `compress`; raises DatabaseError for damaged data."""
    try:
        with gzip.open(source, "rb") as file, target.open("wb") as out:
            while piece := file.read(_PIECE):
                out.write(piece)
    except (EOFError, gzip.BadGzipFile) as error:
        raise DatabaseError(f"the backup is damaged: {error}") from error


def write_archive(out: IO[bytes], manifest: Manifest, dump: Path) -> None:
    """Write both members, the manifest first."""
    text = manifest.model_dump_json(indent=2).encode()
    with tarfile.open(fileobj=out, mode="w|") as tar:
        head = tarfile.TarInfo(_MANIFEST)
        head.size, head.mtime = len(text), int(manifest.made_at.timestamp())
        tar.addfile(head, io.BytesIO(text))
        body = tarfile.TarInfo(_DUMP)
        body.size, body.mtime = dump.stat().st_size, head.mtime
        with dump.open("rb") as file:
            tar.addfile(body, file)


@contextmanager
def opened(source: IO[bytes], name: str) -> Iterator["Archive"]:
    """Read an archive from a stream.

    Raises:
        DatabaseError: no backup of ours, damaged, or of a newer version.
    """
    try:
        with tarfile.open(fileobj=source, mode="r|") as tar:
            yield Archive(tar, name)
    except (tarfile.TarError, EOFError, gzip.BadGzipFile) as error:
        raise DatabaseError(f"{name} is no backup, or it is damaged: {error}") from error


class Archive:
    """A backup that is read once, from its beginning to its end."""

    def __init__(self, tar: tarfile.TarFile, name: str) -> None:
        self._tar = tar
        self._name = name
        self.manifest = self._read_manifest()

    def extract(self, target: Path) -> None:
        """Write the dump to `target` and see that it is what was saved.

        Raises:
            DatabaseError: it is not.
        """
        found = hashlib.sha256()
        with target.open("wb") as out:
            member = self._next(_DUMP)
            while piece := member.read(_PIECE):
                found.update(piece)
                out.write(piece)
        if found.hexdigest() != self.manifest.sha256:
            raise DatabaseError(f"{self._name} is damaged: its contents are not what was saved")

    def _read_manifest(self) -> Manifest:
        text = self._next(_MANIFEST).read(_MANIFEST_LIMIT)
        try:
            head = json.loads(text)
            made_for = head.get("format") if isinstance(head, dict) else None
            if isinstance(made_for, int) and made_for > FORMAT:
                raise DatabaseError(
                    f"{self._name} was made by a newer version (format {made_for}, this program "
                    f"reads {FORMAT}): restore it with that version"
                )
            return Manifest.model_validate(head)
        except (ValueError, ValidationError) as error:
            raise DatabaseError(f"{self._name} is no backup: its manifest is unreadable") from error

    def _next(self, name: str) -> IO[bytes]:
        member = self._tar.next()
        file = None if member is None or member.name != name else self._tar.extractfile(member)
        if file is None:
            raise DatabaseError(f"{self._name} is no backup: {name} is missing")
        return file
