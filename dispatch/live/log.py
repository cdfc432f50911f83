"""The event log: numbered within the transaction, told after its commit."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
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

Publish = Callable[[Sequence[Frame]], None]


@dataclass(frozen=True, slots=True)
class News:
    """One event to be logged."""

    type: str
    data: BaseModel
    agency_id: int | None


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
        return await EventRepository(session).take_numbers(0) + 1

    async def append_all(self, session: AsyncSession, news: Sequence[News]) -> int:
        """Log events in this order; the number of the last. `news` must not be empty."""
        t = self._now()
        repository = EventRepository(session)
        last = await repository.take_numbers(len(news))
        rows: list[dict[str, object]] = []
        frames: list[Frame] = []
        for seq, one in enumerate(news, last - len(news) + 1):
            data = one.data.model_dump_json()
            rows.append(
                {"seq": seq, "type": one.type, "t": t, "agency_id": one.agency_id, "data": data}
            )
            frames.append(frame(seq, t, one.type, one.agency_id, data))
        await repository.add(rows)
        self._tell(session, frames)
        return last

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
