"""The spool's file: SQLite in WAL mode with `synchronous=FULL`, used from one thread only."""

import logging
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import uuid4

from radio_gateway.domain.wire import EventEnvelope, WireError, load_event
from radio_gateway.spool.errors import (
    SpoolError,
    SpoolFullError,
    SpoolMissingError,
    fault_of,
)
from radio_gateway.spool.numbers import Span, missing

log = logging.getLogger(__name__)

FORMAT: Final = 2
"`user_version` of the files that this program writes; it reads format 1 too."
_APPLICATION_ID: Final = 0x53415244
"`SARD`: tells our file from any other SQLite database."
LOG: Final = 1000 * 4096
"Octets that SQLite's log grows to before it is written back into the file."
RESERVE: Final = 0.1
"Part of the size limit above it that emergencies may still use."
_TABLES: Final = (
    """CREATE TABLE outbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    urgent INTEGER NOT NULL,
    heard_at REAL NOT NULL,
    event BLOB NOT NULL
) STRICT""",
    "CREATE INDEX outbox_urgent ON outbox (seq) WHERE urgent",
    """CREATE TABLE command (
    key TEXT PRIMARY KEY,
    taken_at REAL NOT NULL
) STRICT, WITHOUT ROWID""",
)
_EPOCH_TABLE: Final = "CREATE TABLE spool (epoch TEXT NOT NULL) STRICT"


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
    "Of the event that has waited longest."
    size: int
    "Octets in use."
    limit: int
    "Octets: the limit that was set, or what the disk leaves us if that is less."


@dataclass(frozen=True, slots=True)
class Found:
    """What the spool holds of numbers that dispatch asked for."""

    envelopes: tuple[EventEnvelope, ...]
    "In order of `seq`."
    gone: tuple[Span, ...]
    "Numbers that were given once and are held no more, nor readable."


class SpoolFile:
    """Events on disk until dispatch has committed them. Not thread safe: one owner thread."""

    epoch: str
    "Names this file: a new one numbers its events from 1 again."

    def __init__(self, path: Path, limit: int) -> None:
        """Open or create the file; `limit` is in octets.

        Raises:
            SpoolError: no such directory, no permission, in use, damaged, of a newer version
                or another program's.
        """
        self._path = path
        self._log_path = path.with_name(f"{path.name}-wal")
        self._limit = limit
        self._unreadable: set[int] = set()
        self.closed = False
        try:
            self._db = sqlite3.connect(
                path, isolation_level=None, timeout=0, check_same_thread=False
            )
        except sqlite3.Error as error:
            raise fault_of(path, error) from error
        try:
            with self._faults():
                self._prepare()
                (self._depth,) = self._db.execute("SELECT count(*) FROM outbox").fetchone()
                self.fill = self._measure()[2]
                "Part of the room in use; more than 1 where emergencies use the reserve."
            self._place = _place_of(path)
        except SpoolError:
            self._db.close()
            raise

    def append(self, rows: Sequence[Row]) -> list[int]:
        """Commit events, all or none; tells their numbers. A known id keeps its number.

        Raises:
            SpoolFullError: no room; emergencies may use the reserve.
            SpoolMissingError: the file is not where it was.
            SpoolError: the disk failed.
        """
        if _place_of(self._path) != self._place:
            raise SpoolMissingError(f"spool {self._path}: removed or replaced while in use")
        ceiling = self._limit * (1 + RESERVE) if all(row.urgent for row in rows) else self._limit
        with self._faults():
            if self._size() >= ceiling:
                raise SpoolFullError(
                    f"spool {self._path}: {self._limit // 1_000_000} MB are used up"
                )
            with _transaction(self._db):
                known, numbers = self._insert(rows)
            self.fill = self._measure()[2]
        self._depth += len(rows) - known
        return numbers

    def acknowledge(self, ids: Iterable[str]) -> int:
        """Forget events that dispatch has committed; tells how many were still known."""
        with self._faults(), _transaction(self._db):
            before = self._db.total_changes
            self._db.executemany("DELETE FROM outbox WHERE id = ?", [(key,) for key in ids])
            forgotten = self._db.total_changes - before
        self._depth -= forgotten
        with self._faults():
            self.fill = self._measure()[2]
        return forgotten

    def pending(self, *, urgent: bool, after_seq: int, limit: int) -> list[EventEnvelope]:
        """Read events in order of `seq`; those that cannot be read are logged and left out."""
        which = "urgent" if urgent else "NOT urgent"
        query = f"SELECT seq, event FROM outbox WHERE {which} AND seq > ? ORDER BY seq"  # noqa: S608
        envelopes: list[EventEnvelope] = []
        with self._faults():
            for seq, data in self._db.execute(query, (after_seq,)):
                envelope = self._read(seq, data)
                if envelope is not None:
                    envelopes.append(envelope)
                if len(envelopes) == limit:
                    break
        return envelopes

    def find(self, span: Span, limit: int) -> Found:
        """Look for the events of these numbers, the first `limit` of them.

        Numbers that were not given yet are neither found nor gone.
        """
        with self._faults():
            last = min(span[1], self._last_given())
            rows = self._db.execute(
                "SELECT seq, event FROM outbox WHERE seq BETWEEN ? AND ? ORDER BY seq LIMIT ?",
                (span[0], last, limit),
            ).fetchall()
        if len(rows) == limit:
            last = rows[-1][0]
        read = [self._read(seq, data) for seq, data in rows]
        envelopes = tuple(envelope for envelope in read if envelope is not None)
        held = [envelope.seq or 0 for envelope in envelopes]
        return Found(envelopes, tuple(missing((span[0], last), held)))

    def take_command(self, key: str, at: datetime, forget_before: datetime) -> bool:
        """Remember a command's key for good; False when it was taken before."""
        with self._faults(), _transaction(self._db):
            self._db.execute("DELETE FROM command WHERE taken_at < ?", (forget_before.timestamp(),))
            cursor = self._db.execute(
                "INSERT INTO command VALUES (?, ?) ON CONFLICT DO NOTHING",
                (key, at.timestamp()),
            )
            return cursor.rowcount == 1

    def stats(self) -> SpoolStats:
        """Tell what waits."""
        with self._faults():
            first = self._db.execute("SELECT heard_at FROM outbox ORDER BY seq LIMIT 1").fetchone()
            size, room, self.fill = self._measure()
        heard_at = None if first is None else datetime.fromtimestamp(first[0], UTC)
        return SpoolStats(self._depth, heard_at, size, room)

    def carry_over(self, old: "SpoolFile") -> int:
        """Take all that another file holds, under numbers of our own; tells how many events.

        All or nothing; the limit does not count, since nothing of it may be lost.
        """
        with self._faults(), _transaction(self._db):
            count = known = 0
            for row in old.rows():
                count += 1
                known += self._insert([row])[0]
            self._db.executemany(
                "INSERT INTO command VALUES (?, ?) ON CONFLICT DO NOTHING", old.commands()
            )
        self._depth += count - known
        return count

    def rows(self) -> Iterator[Row]:
        """All events as they are kept, oldest first."""
        query = "SELECT id, urgent, heard_at, event FROM outbox ORDER BY seq"
        for key, urgent, heard_at, data in self._db.execute(query):
            yield Row(key, bool(urgent), datetime.fromtimestamp(heard_at, UTC), data)

    def commands(self) -> Iterator[tuple[str, float]]:
        """Keys of commands that were taken, and when (Unix seconds)."""
        yield from self._db.execute("SELECT key, taken_at FROM command")

    def close(self) -> None:
        """Write the log back into the file and let it go; harmless when done already."""
        self.closed = True
        try:
            self._db.close()
        except sqlite3.Error as error:
            log.warning("spool %s: %s", self._path, error)

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
        if version < FORMAT:
            self._create(_TABLES if not tables else ())
        (self.epoch,) = self._db.execute("SELECT epoch FROM spool").fetchone()

    def _create(self, tables: Sequence[str]) -> None:
        with _transaction(self._db):
            for statement in (*tables, _EPOCH_TABLE):
                self._db.execute(statement)
            self._db.execute("INSERT INTO spool VALUES (?)", (str(uuid4()),))
            self._db.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
            self._db.execute(f"PRAGMA user_version = {FORMAT}")

    def _read(self, seq: int, data: bytes) -> EventEnvelope | None:
        try:
            return replace(load_event(data), seq=seq, epoch=self.epoch)
        except WireError as error:
            if seq not in self._unreadable:
                self._unreadable.add(seq)
                log.warning("spool %s: event %d stays unsent: %s", self._path, seq, error)
            return None

    def _insert(self, rows: Sequence[Row]) -> tuple[int, list[int]]:
        """How many ids were known already, and everybody's number."""
        known = 0
        numbers = []
        for row in rows:
            # not by ON CONFLICT, which uses up a number
            found = self._db.execute("SELECT seq FROM outbox WHERE id = ?", (row.id,)).fetchone()
            if found is not None:
                numbers.append(int(found[0]))
                known += 1
                continue
            cursor = self._db.execute(
                "INSERT INTO outbox (id, urgent, heard_at, event) VALUES (?, ?, ?, ?)",
                (row.id, row.urgent, row.heard_at.timestamp(), row.event),
            )
            numbers.append(cursor.lastrowid or 0)
        return known, numbers

    def _last_given(self) -> int:
        query = "SELECT seq FROM sqlite_sequence WHERE name = 'outbox'"
        found = self._db.execute(query).fetchone()
        return 0 if found is None else int(found[0])

    def _size(self) -> int:
        (pages,) = self._db.execute("PRAGMA page_count").fetchone()
        (free,) = self._db.execute("PRAGMA freelist_count").fetchone()
        (octets,) = self._db.execute("PRAGMA page_size").fetchone()
        return int(pages - free) * int(octets)

    def _measure(self) -> tuple[int, int, float]:
        """Octets in use, octets that may be in use, and the share."""
        size = self._size()
        room = min(self._limit, size + self._left(size))
        return size, room, size / max(room, 1)

    def _left(self, size: int) -> int:
        """Octets that are left for events: free pages of the file and what the disk still has,
        less what file and log will take of it anyway.
        """
        try:
            disk = os.statvfs(self._path.parent)
            inside = _octets_of(self._path) - size
            growing = max(0, LOG - _octets_of(self._log_path))
        except OSError:
            return self._limit  # the next write says what is the matter
        return max(0, disk.f_bavail * disk.f_frsize + inside - growing)

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise fault_of(self._path, error) from error


def _octets_of(path: Path) -> int:
    try:
        return os.stat(path).st_size  # noqa: PTH116  # runs after every commit
    except FileNotFoundError:
        return 0


def _place_of(path: Path) -> tuple[int, int] | None:
    """Which file a path leads to; None: to none."""
    try:
        found = os.stat(path)  # noqa: PTH116  # runs before every commit; half the time of Path.stat
    except OSError:
        return None
    return found.st_dev, found.st_ino


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
