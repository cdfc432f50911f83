"""Telling a database that is away from a statement that is wrong."""

from types import TracebackType
from typing import Final

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

_STATES: Final = ("08", "53", "57", "58", "25006")
"SQLSTATE classes of PostgreSQL: connection, resources, intervention, system, read-only."
_DRIVERS: Final = ("asyncpg", "aiosqlite")


def is_away(error: BaseException) -> bool:
    """Whether the database was locked, full, stopped or out of reach; trying again may help."""
    if isinstance(error, (OperationalError, InterfaceError, PoolTimeoutError)):
        return True
    if isinstance(error, DBAPIError):
        state = str(getattr(error.orig, "sqlstate", None) or "")
        return error.connection_invalidated or state.startswith(_STATES)
    if type(error).__module__.startswith("asyncpg"):
        return True
    return isinstance(error, OSError) and _from_driver(error.__traceback__)


def reason_of(error: BaseException) -> str:
    """The driver's own words, on one line."""
    found = getattr(error, "orig", None) or error
    return " ".join(str(found).split())[:300] or type(found).__name__


def _from_driver(trace: TracebackType | None) -> bool:
    while trace is not None:
        if str(trace.tb_frame.f_globals.get("__name__", "")).startswith(_DRIVERS):
            return True
        trace = trace.tb_next
    return False
