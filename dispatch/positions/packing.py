"""PostgreSQL: the keys of days that are over, built anew without the gaps that filling leaves.

A thousand radios append at a thousand places of a day's key, which leaves a third of its pages
empty for good. Nobody is locked out meanwhile: reports that come late are stored, tracks are read.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.db.bulk import fetch
from dispatch.db.database import Database
from dispatch.positions.days import day_of

log = logging.getLogger(__name__)

EVERY_S: Final = 3600.0
OVER: Final = timedelta(days=1, hours=1)
"Age of a day's beginning from which on it gets late reports alone."
LOCK_MS: Final = 60_000
"Longest wait for a long report or a backup to end; then the day waits for the next round."
_FULL_PERCENT: Final = 99
"How full the pages are built."
_DONE: Final = "fillfactor=100"
"Set last: a key with this option was built to the end. It is the same as 99 to what comes after."
_KEYS: Final = f"""
    SELECT part.relname, key.relname FROM pg_inherits
    JOIN pg_class AS part ON part.oid = inhrelid
    JOIN pg_index ON indrelid = part.oid AND indisprimary
    JOIN pg_class AS key ON key.oid = indexrelid
    WHERE inhparent = 'position'::regclass
      AND NOT coalesce('{_DONE}' = ANY (key.reloptions), false)
    ORDER BY part.relname DESC
"""  # noqa: S608  words of this file
_LEFTOVERS: Final = r"""
    SELECT left_over.relname FROM pg_inherits
    JOIN pg_index ON indrelid = inhrelid AND NOT indisvalid
    JOIN pg_class AS left_over ON left_over.oid = indexrelid
    WHERE inhparent = 'position'::regclass AND left_over.relname ~ '_cc(new|old)\d*$'
"""


@dataclass(frozen=True, slots=True)
class _Key:
    """The key of one day's table."""

    table: str
    index: str


class Packing:
    """The packing of one process: that of the writer."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    async def run(self) -> None:
        """Pack what is due every hour, until cancelled; at once on SQLite, which has no need."""
        while not self._database.is_sqlite:
            await pack_days(self._database, self._now())
            await asyncio.sleep(EVERY_S)


async def pack_days(database: Database, now: datetime) -> int:
    """Pack the keys of all days that are over and were not packed yet; how many that were.

    The newest first. What an interrupted packing left behind is removed. A fault is logged and
    ends this call; what is due still is left to the next one.
    """
    if database.is_sqlite:
        return 0
    packed = 0
    try:
        async with database.outside() as connection:
            await _prepare(connection)
            for key in await _due(database, now):
                await _pack(connection, key)
                packed += 1
    except (DBAPIError, OSError) as error:
        log.warning("positions are packed later: %s", getattr(error, "orig", error))
    return packed


async def _due(database: Database, now: datetime) -> Sequence[_Key]:
    async with database.read() as session:
        keys = [_Key(*row) for row in await fetch(session, _KEYS)]
    return [key for key in keys if day_of(key.table) <= (now - OVER).date()]


async def _prepare(connection: AsyncConnection) -> None:
    await connection.execute(text(f"SET lock_timeout = {LOCK_MS}"))
    # a second processor is for those who report and look
    await connection.execute(text("SET max_parallel_maintenance_workers = 0"))
    for (name,) in (await connection.execute(text(_LEFTOVERS))).all():
        await connection.execute(text(f"DROP INDEX CONCURRENTLY IF EXISTS {name}"))


async def _pack(connection: AsyncConnection, key: _Key) -> None:
    for statement in (
        f"ALTER INDEX {key.index} SET (fillfactor = {_FULL_PERCENT})",
        f"REINDEX INDEX CONCURRENTLY {key.index}",
        f"ALTER INDEX {key.index} SET ({_DONE})",
    ):
        await connection.execute(text(statement))
    log.info("%s is packed", key.table)
