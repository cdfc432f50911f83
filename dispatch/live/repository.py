"""All SQL of the event log."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple, cast

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from dispatch.db.bulk import Bulk, Row, stored_time
from dispatch.live.models import Event, Stream

_ADD: Final = Bulk(
    "INSERT INTO event (seq, type, t, agency_id, data) {rows}",
    ("bigint", "text", "timestamptz", "int", "text"),
    exact=True,
)
_TAKE: Final = Bulk(
    "WITH taken (n) AS ({rows}) UPDATE stream SET seq = seq + n FROM taken RETURNING seq",
    ("bigint",),
)


class LoggedEvent(NamedTuple):
    """One event of the log."""

    seq: int
    type: str
    t: datetime
    agency_id: int | None
    data: str
    "JSON object."


class EventRepository:
    """The log and the row that numbers it."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def stream(self) -> Stream:
        """Epoch and newest number; the migration makes this row."""
        return (await self._session.execute(select(Stream))).scalar_one()

    async def take_numbers(self, count: int) -> int:
        """Move the counter on; the last of the `count` numbers that are now this transaction's."""
        ((seq,),) = await _TAKE.run(self._session, [(count,)])
        return cast("int", seq)

    async def add(self, events: Sequence[LoggedEvent]) -> None:
        """Store events whose numbers were taken."""
        # the rows that they speak of, agencies for one, go before them
        await self._session.flush()
        stored = stored_time(self._session)
        rows: list[Row] = [
            (one.seq, one.type, stored(one.t), one.agency_id, one.data) for one in events
        ]
        await _ADD.run(self._session, rows)

    async def after(self, seq: int, limit: int) -> list[LoggedEvent]:
        """Events seq+1, seq+2 .. in order; at most `limit`."""
        event = Event.__table__.c  # type: ignore[attr-defined]  # SQLModel does not declare it
        query = (
            select(event.seq, event.type, event.t, event.agency_id, event.data)
            .where(event.seq > seq)
            .order_by(event.seq)
            .limit(limit)
        )
        # plain rows: objects of the ORM would cost ten times as much
        return [LoggedEvent(*row) for row in (await self._session.execute(query)).all()]

    async def oldest(self) -> int | None:
        """Number of the oldest event kept; None: the log is empty."""
        return (await self._session.execute(select(func.min(Event.seq)))).scalar_one()

    async def mark_demo(self) -> None:
        """Say for ever that this database holds invented data."""
        await self._session.execute(update(Stream).values(demo=True))
