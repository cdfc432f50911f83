"""What can be wrong with the spool, in one line each that says what to do."""

import sqlite3
from pathlib import Path


class SpoolError(Exception):
    """The spool cannot be opened, read or written; the text names the file and the reason.

    The outbox holds the acknowledgements back and tries again.
    """


class SpoolFullError(SpoolError):
    """The size limit, or the disk, is reached."""


class SpoolMissingError(SpoolError):
    """The file was removed or replaced under us; what it holds can still be carried over."""


def fault_of(path: Path, error: sqlite3.Error) -> SpoolError:
    """Say what SQLite's complaint about the spool at `path` means."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return SpoolFullError(f"spool {path}: the disk is full")
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return SpoolError(f"spool {path}: another gateway is using it")
    if code == sqlite3.SQLITE_READONLY:
        return SpoolError(f"spool {path}: cannot be written; make file and disk writable")
    if code == sqlite3.SQLITE_CANTOPEN:
        return SpoolError(f"spool {path}: cannot be opened; check its directory and its rights")
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return SpoolError(f"spool {path}: damaged, or no spool ({error}); move it away and restart")
    return SpoolError(f"spool {path}: {error}")
