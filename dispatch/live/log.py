"""The event log: numbered within the transaction, told after its commit."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from dispatch import clock
from dispatch.db.database import after_commit, notify
from dispatch.live.frames import Frame, frame
from dispatch.live.repository import EventRepository, LoggedEvent

EVENT_CHANNEL: Final = "sardze_event"
"Notices of it carry the number of a transaction's last event."
_FRAMES: Final = "frames"
_GATHERED: Final = "gathered"

Publish = Callable[[Sequence[Frame]], None]


@dataclass(frozen=True, slots=True)
class News:
    """One event to be logged."""

    type: str
    data: BaseModel
    agency_id: int | None


@dataclass(slots=True)
class _Gathered:
    """Events that are numbered and not yet written."""

    first: int = 0
    taken: int = 0
    "Numbers that were taken already."
    rows: list[LoggedEvent] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)


class EventLog:
    """Appends durable events to transactions; those who follow hear of them after the commit."""

    def __init__(self, publish: Publish, now: Callable[[], datetime] = clock.now) -> None:
        self._publish = publish
        self._now = now

    async def append(
        self, session: AsyncSession, type_: str, data: BaseModel, agency_id: int | None
    ) -> int:
        """Log one event; its number."""
        return await self.append_all(session, [News(type_, data, agency_id)])

    async def next_number(self, session: AsyncSession) -> int:
        """The number that this transaction's next event gets; nobody else can take it."""
        gathered: _Gathered | None = session.info.get(_GATHERED)
        if gathered is not None and gathered.rows:
            return gathered.first + len(gathered.rows)
        return await EventRepository(session).take_numbers(0) + 1

    async def append_all(self, session: AsyncSession, news: Sequence[News]) -> int:
        """Log events in this order; the number of the last. `news` must not be empty."""
        t = self._now()
        waiting: _Gathered | None = session.info.get(_GATHERED)
        gathered = _Gathered() if waiting is None else waiting
        if gathered.rows:
            first = gathered.first + len(gathered.rows)
        else:
            first = await EventRepository(session).take_numbers(len(news)) - len(news) + 1
            gathered.first, gathered.taken = first, len(news)
        for seq, one in enumerate(news, first):
            data = one.data.model_dump_json()
            gathered.rows.append(LoggedEvent(seq, one.type, t, one.agency_id, data))
            gathered.frames.append(frame(seq, t, one.type, one.agency_id, data))
        if waiting is None:
            await self._write(session, gathered)
        return first + len(news) - 1

    @asynccontextmanager
    async def gathering(self, session: AsyncSession) -> AsyncIterator[None]:
        """Events that are logged within the block are written at its end, all at once."""
        gathered = session.info[_GATHERED] = _Gathered()
        yield
        del session.info[_GATHERED]
        if gathered.rows:
            if more := len(gathered.rows) - gathered.taken:
                await EventRepository(session).take_numbers(more)
            await self._write(session, gathered)

    async def _write(self, session: AsyncSession, gathered: "_Gathered") -> None:
        await EventRepository(session).add(gathered.rows)
        self._tell(session, gathered.frames)

    def _tell(self, session: AsyncSession, frames: list[Frame]) -> None:
        waiting: list[Frame] | None = session.info.get(_FRAMES)
        if waiting is None:
            session.info[_FRAMES] = waiting = []
            after_commit(session, lambda: self._publish(session.info.pop(_FRAMES)))
        waiting.extend(frames)
        notify(session, EVENT_CHANNEL, str(frames[-1].seq), newest=True)


async def read_log(session: AsyncSession, after: int, limit: int) -> list[Frame]:
    """Frames after+1 .. in order, unfiltered, octet for octet as they were first sent."""
    rows = await EventRepository(session).after(after, limit)
    return [frame(row.seq, row.t, row.type, row.agency_id, row.data) for row in rows]


async def logged_event(session: AsyncSession, seq: int) -> LoggedEvent | None:
    """One event by its number, if it is still kept."""
    rows = await EventRepository(session).after(seq - 1, 1)
    return rows[0] if rows and rows[0].seq == seq else None
