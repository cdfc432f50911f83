"""PostgreSQL only: many rows by COPY, sent while the next ones are still being made.

The driver's own way makes all rows of a COPY before it sends the first, and meanwhile the
database waits; made here, the two work side by side. Format: PostgreSQL 15, COPY, "Binary
Format": a head, for each row the count of its fields and for each field its length (-1: NULL)
and its value in network order, an end.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Final

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from dispatch.db.bulk import Bulk, driver_of, translated

NULL: Final = b"\xff\xff\xff\xff"
"A field without a value."
EPOCH_US: Final = 946_684_800_000_000
"What a `timestamptz` counts from: 2000-01-01, in microseconds since 1970."
_HEAD: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_END: Final = b"\xff\xff"


async def copy(
    session: AsyncSession, table: str, columns: Sequence[str], parts: Iterable[bytes]
) -> bool:
    """COPY rows of this format into a table; False, and nothing done, where a key is there already.

    `parts` are made one by one while the database takes in those before; all of them are made.
    """
    driver = await driver_of(session)
    rest = iter(parts)
    with translated(f"COPY {table}"):
        try:
            async with driver.transaction():
                await driver.copy_to_table(
                    table, source=_sent(rest), columns=columns, format="binary"
                )
        except asyncpg.UniqueViolationError:
            for _ in rest:
                pass
            return False
    return True


async def run_copied(
    session: AsyncSession, bulk: Bulk, like: str, columns: Sequence[str], rows: Iterable[bytes]
) -> None:
    """The same as `bulk.run` for rows of this format.

    They lie in a table of this connection alone until the commit. `like`: the table whose
    `columns` the rows are.
    """
    driver = await driver_of(session)
    aside = f"{like}_aside"
    make = f"CREATE TEMP TABLE IF NOT EXISTS {aside} (LIKE {like}) ON COMMIT DELETE ROWS"
    sql = bulk.sql.format(rows=f"SELECT {', '.join(columns)} FROM {aside}")  # noqa: S608  of ours
    with translated(bulk.sql):
        await driver.execute(make)
        await driver.execute(f"DELETE FROM {aside}")  # noqa: S608  of this very transaction
        await driver.copy_to_table(
            aside, source=_sent([b"".join(rows)]), columns=columns, format="binary"
        )
        await driver.execute(sql)


async def _sent(parts: Iterable[bytes]) -> AsyncIterator[bytes]:
    yield _HEAD
    for part in parts:
        yield part
        # the event loop writes to the socket between two turns, not before
        await asyncio.sleep(0)
    yield _END
