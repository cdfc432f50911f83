"""The spool's file: SQLite in WAL mode with `synchronous=FULL`, used from one thread only."""

import logging
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from radio_gateway.domain.wire import EventEnvelope, WireError, load_event

log = logging.getLogger(__name__)

FORMAT: Final = 1
"`user_version` of the files that this program writes."
_APPLICATION_ID: Final = 0x53415244
"`SARD`: tells our file from any other SQLite database."
RESERVE: Final = 0.1
"Part of the size limit above it that emergencies may still use."
_SCHEMA: Final = """
CREATE TABLE outbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    urgent INTEGER NOT NULL,
    heard_at REAL NOT NULL,
    event BLOB NOT NULL
) STRICT;
CREATE INDEX outbox_urgent ON outbox (seq) WHERE urgent;
CREATE TABLE command (
    key TEXT PRIMARY KEY,
    taken_at REAL NOT NULL
) STRICT, WITHOUT ROWID;
"""


class SpoolError(Exception):
    """The spool cannot be opened, read or written; the text names the file and the reason.

    The supervisor holds the acknowledgements back and tries again.
    """


class SpoolFullError(SpoolError):
    """The size limit, or the disk, is reached."""


@dataclass(frozen=True, slots=True)
class Row:
    """One event as it is kept."""

    id: str
    urgent: bool
    heard_at: datetime
    event: bytes
    "The envelope as JSON, its `seq` left open."


@dataclass(frozen=True, slots=True)
class SpoolStats:
    """What waits for a receipt."""

    depth: int
    "Events."
    oldest_heard_at: datetime | None
    size: int
    "Octets in use."
    limit: int
    "Octets."


class SpoolFile:
    """Events on disk until dispatch has committed them. Not thread safe: one owner thread."""

    def __init__(self, path: Path, limit: int) -> None:
        """Open or create the file; `limit` is in octets.

        Raises:
            SpoolError: no such directory, no permission, in use, damaged, of a newer version
                or another program's.
        """
        self._path = path
        self._limit = limit
        self._unreadable: set[int] = set()
        try:
            self._db = sqlite3.connect(
                path, isolation_level=None, timeout=0, check_same_thread=False
            )
        except sqlite3.Error as error:
            raise SpoolError(f"spool {path}: {error}") from error
        try:
            self._prepare()
        except sqlite3.Error as error:
            self._db.close()
            raise self._fault(error) from error
        except SpoolError:
            self._db.close()
            raise

    def append(self, rows: Sequence[Row]) -> list[int]:
        """Commit events, all or none; tells their numbers. A known id keeps its number.

        Raises:
            SpoolFullError: no room; emergencies may use the reserve.
            SpoolError: the disk failed.
        """
        ceiling = self._limit * (1 + RESERVE) if all(row.urgent for row in rows) else self._limit
        try:
            if self._size() >= ceiling:
                raise SpoolFullError(
                    f"spool {self._path}: {self._limit // 1_000_000} MB are used up"
                )
            with _transaction(self._db):
                return [self._insert(row) for row in rows]
        except sqlite3.Error as error:
            raise self._fault(error) from error

    def acknowledge(self, ids: Iterable[str]) -> int:
        """Forget events that dispatch has committed; tells how many were still known."""
        try:
            with _transaction(self._db):
                before = self._db.total_changes
                self._db.executemany("DELETE FROM outbox WHERE id = ?", [(key,) for key in ids])
                return self._db.total_changes - before
        except sqlite3.Error as error:
            raise self._fault(error) from error

    def pending(self, *, urgent: bool, after_seq: int, limit: int) -> list[EventEnvelope]:
        """Read events in order of `seq`; those that cannot be read are logged and left out."""
        which = "urgent" if urgent else "NOT urgent"
        query = f"SELECT seq, event FROM outbox WHERE {which} AND seq > ? ORDER BY seq"  # noqa: S608
        envelopes: list[EventEnvelope] = []
        try:
            for seq, data in self._db.execute(query, (after_seq,)):
                envelope = self._read(seq, data)
                if envelope is not None:
                    envelopes.append(envelope)
                if len(envelopes) == limit:
                    break
        except sqlite3.Error as error:
            raise self._fault(error) from error
        return envelopes

    def take_command(self, key: str, at: datetime, forget_before: datetime) -> bool:
        """Remember a command's key for good; False when it was taken before."""
        try:
            with _transaction(self._db):
                self._db.execute(
                    "DELETE FROM command WHERE taken_at < ?", (forget_before.timestamp(),)
                )
                cursor = self._db.execute(
                    "INSERT INTO command VALUES (?, ?) ON CONFLICT DO NOTHING",
                    (key, at.timestamp()),
                )
                return cursor.rowcount == 1
        except sqlite3.Error as error:
            raise self._fault(error) from error

    def stats(self) -> SpoolStats:
        """Count what waits."""
        try:
            depth, oldest = self._db.execute(
                "SELECT count(*), min(heard_at) FROM outbox"
            ).fetchone()
            size = self._size()
        except sqlite3.Error as error:
            raise self._fault(error) from error
        heard_at = None if oldest is None else datetime.fromtimestamp(oldest, UTC)
        return SpoolStats(depth, heard_at, size, self._limit)

    def close(self) -> None:
        """Write the log back into the file and let it go."""
        self._db.close()

    def _prepare(self) -> None:
        # one gateway per file: a second one would hand out the same numbers again
        self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("BEGIN IMMEDIATE")
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        (application,) = self._db.execute("PRAGMA application_id").fetchone()
        (tables,) = self._db.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        self._db.execute("COMMIT")
        if application == _APPLICATION_ID and version > FORMAT:
            raise SpoolError(
                f"spool {self._path}: written by a newer version (format {version}, this program"
                f" reads {FORMAT}); use that version or move the file away"
            )
        if tables and application != _APPLICATION_ID:
            raise SpoolError(f"spool {self._path}: another program's database")
        if not tables:
            with _transaction(self._db):
                for statement in _SCHEMA.split(";\n"):
                    self._db.execute(statement)
                self._db.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
                self._db.execute(f"PRAGMA user_version = {FORMAT}")

    def _read(self, seq: int, data: bytes) -> EventEnvelope | None:
        try:
            return replace(load_event(data), seq=seq)
        except WireError as error:
            if seq not in self._unreadable:
                self._unreadable.add(seq)
                log.warning("spool %s: event %d stays unsent: %s", self._path, seq, error)
            return None

    def _insert(self, row: Row) -> int:
        known = self._db.execute("SELECT seq FROM outbox WHERE id = ?", (row.id,)).fetchone()
        if known is not None:
            return int(known[0])
        cursor = self._db.execute(
            "INSERT INTO outbox (id, urgent, heard_at, event) VALUES (?, ?, ?, ?)",
            (row.id, row.urgent, row.heard_at.timestamp(), row.event),
        )
        return int(cursor.lastrowid or 0)

    def _size(self) -> int:
        (pages,) = self._db.execute("PRAGMA page_count").fetchone()
        (free,) = self._db.execute("PRAGMA freelist_count").fetchone()
        (octets,) = self._db.execute("PRAGMA page_size").fetchone()
        return int(pages - free) * int(octets)

    def _fault(self, error: sqlite3.Error) -> SpoolError:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_FULL:
            return SpoolFullError(f"spool {self._path}: the disk is full")
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return SpoolError(f"spool {self._path}: another gateway is using it")
        if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            return SpoolError(
                f"spool {self._path}: damaged, or no spool ({error}); move it away and restart"
            )
        return SpoolError(f"spool {self._path}: {error}")


class _transaction:  # noqa: N801  # reads as the statement that it is
    """BEGIN IMMEDIATE .. COMMIT, or ROLLBACK when the block or the commit fails."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def __enter__(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._db.execute("COMMIT")
        finally:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
