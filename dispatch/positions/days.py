"""The table of positions by UTC day: PostgreSQL's partitions, and forgetting old days."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, TypeAlias

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from dispatch.db.bulk import fetch, is_sqlite, micros
from dispatch.db.database import Database

Span: TypeAlias = tuple[date, date]

AHEAD: Final = 2
"Days after today whose partitions are made before they are needed."
_DAY: Final = timedelta(days=1)
_PREFIX: Final = "position_"
_PATIENCE: Final = "SET LOCAL lock_timeout = '1s'"
"A long report must not hold up the writer who waits to drop a day."
_ROWS: Final = 5_000
"Rows that SQLite forgets in one transaction, some 25 ms of work: an alarm waits behind one."


async def existing_days(session: AsyncSession) -> set[date]:
    """Days that have a partition; none on SQLite, which needs none."""
    if is_sqlite(session):
        return set()
    rows = await fetch(
        session,
        "SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid "
        "WHERE inhparent = 'position'::regclass",
    )
    return {day_of(row[0]) for row in rows}


async def make_days(session: AsyncSession, days: Iterable[date]) -> None:
    """PostgreSQL: make the partitions of these days, where there are none."""
    for day in days:
        name = f"{_PREFIX}{day:%Y%m%d}"
        # made apart and attached: nobody who reads positions is locked out meanwhile
        await session.execute(
            text(f"CREATE TABLE IF NOT EXISTS {name} (LIKE position INCLUDING ALL)")
        )
        await session.execute(
            text(
                f"ALTER TABLE position ATTACH PARTITION {name} "
                f"FOR VALUES FROM ('{_start(day)}') TO ('{_start(day + _DAY)}')"
            )
        )


async def drop_days(database: Database, before: date, keep: Sequence[Span] = ()) -> int:
    """Forget all positions heard before this day began, UTC; how many days that were.

    `keep`: days that stay, first and last of each span.
    PostgreSQL drops partitions, each within a second; one that a long query reads stays until the
    next time. SQLite deletes rows, a part in each transaction, so that ingest goes on between.
    """
    spans = _between(before, keep)
    if database.is_sqlite:
        return sum([await _delete_days(database, span) for span in spans])
    async with database.read() as session:
        found = sorted(await existing_days(session))
    days = [day for day in found if any(first <= day < end for first, end in spans)]
    dropped = 0
    for day in days:
        try:
            async with database.write() as session:
                await session.execute(text(_PATIENCE))
                await session.execute(text(f"DROP TABLE {_PREFIX}{day:%Y%m%d}"))
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) != "55P03":  # lock_not_available
                raise
        else:
            dropped += 1
    return dropped


async def _delete_days(database: Database, span: Span) -> int:
    begin, end = (micros(_start(day)) for day in span)
    async with database.read() as session:
        query = text("SELECT min(heard_at) FROM position WHERE heard_at >= :begin")
        oldest = (await session.execute(query, {"begin": begin})).scalar_one_or_none()
    if oldest is None or oldest >= end:
        return 0
    count = _ROWS
    while count == _ROWS:
        async with database.write() as session:
            connection = await session.connection()
            done = await connection.execute(
                text(
                    "DELETE FROM position WHERE (radio_id, heard_at) IN (SELECT radio_id, heard_at "
                    "FROM position WHERE heard_at >= :begin AND heard_at < :end "
                    "ORDER BY heard_at LIMIT :rows)"
                ),
                {"begin": begin, "end": end, "rows": _ROWS},
            )
            count = done.rowcount
    day_us = _DAY // timedelta(microseconds=1)
    return int(end // day_us - oldest // day_us)


def _between(before: date, keep: Sequence[Span]) -> list[Span]:
    """The days before one that are within no kept span: first day, and the day after the last."""
    first, found = date.min, []
    for start, last in sorted(keep):
        if first < min(start, before):
            found.append((first, min(start, before)))
        first = max(first, min(last, before) + _DAY)
    if first < before:
        found.append((first, before))
    return found


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def day_of(name: str) -> date:
    """The UTC day of the partition of this name."""
    return datetime.strptime(name.removeprefix(_PREFIX), "%Y%m%d").replace(tzinfo=UTC).date()
