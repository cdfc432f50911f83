"""SQLite: the file as of one moment, copied while it is in use."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from dispatch.backup.archive import TableContent
from dispatch.db.database import DatabaseError

VERSION: Final = sqlite3.sqlite_version


def copy(source: Path, target: Path) -> None:
    """Copy a database, also while others read and write it.

    Raises:
        DatabaseError: no such file, or it cannot be read.
    """
    with (
        _faults(source),
        closing(sqlite3.connect(f"{source.as_uri()}?mode=ro", uri=True)) as reader,
        closing(sqlite3.connect(target)) as writer,
    ):
        writer.execute("PRAGMA synchronous = OFF")  # synced as a whole when it is complete
        reader.backup(writer)
        # a copy of a WAL database would ask for its log beside it
        writer.execute("PRAGMA journal_mode = DELETE")


def contents(path: Path) -> dict[str, TableContent]:
    """Check a database file and count its rows.

    Raises:
        DatabaseError: it is damaged.
    """
    with _faults(path), closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
        verdict = db.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if verdict != "ok":
            raise DatabaseError(f"{path} is damaged: {verdict}")
        names = db.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            " AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
        ).fetchall()
        return {
            name: TableContent(rows=db.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0])  # noqa: S608 - names of its own schema
            for (name,) in names
        }


def revision(path: Path) -> str:
    """The schema's revision; raises DatabaseError where there is none."""
    with _faults(path), closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
        row = db.execute("SELECT version_num FROM alembic_version").fetchone()
        if row is None:
            raise DatabaseError(f"{path} has no schema")
        return str(row[0])


def begin_anew(path: Path, epoch: str) -> None:
    """Make consoles take a new snapshot, and people sign in again."""
    with _faults(path), closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE stream SET epoch = ?", (epoch,))
        db.execute("DELETE FROM user_session")


def put_in_place(new: Path, place: Path, aside: Path) -> None:
    """Make `new` the database; what was there goes to `aside`, with all that its log held."""
    if place.exists():
        with _faults(place), closing(sqlite3.connect(place)) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            # back to one file: nobody may take an old log for the new database's
            db.execute("PRAGMA journal_mode = DELETE")
        place.rename(aside)
    for suffix in ("-wal", "-shm"):
        place.with_name(place.name + suffix).unlink(missing_ok=True)
    sync(new)
    new.rename(place)
    sync(place.parent)


def sync(path: Path) -> None:
    """See a file or directory onto the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _faults(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise DatabaseError(f"{path}: {error}") from error
