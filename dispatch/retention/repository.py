"""All SQL of erasing, and of what guards it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, CursorResult, and_, delete, func, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from dispatch.audit.models import AccessLogRow
from dispatch.calls.models import CallRecord
from dispatch.commands.models import RadioCommand
from dispatch.emergencies.models import Emergency, EmergencyState
from dispatch.live.models import Event
from dispatch.messages.models import Message, MessageState
from dispatch.positions.models import LatestPosition, Position
from dispatch.retention.limits import Kind
from dispatch.retention.models import RetentionHold, RetentionRun


@dataclass(frozen=True, slots=True)
class _Erasable:
    """How the records of one kind are found."""

    key: Any
    at: Any
    "Time that their age counts from."
    began: Any = None
    "Begin of what ended at `at`; None: it took no time."
    finished: ColumnElement[bool] | None = None
    "Holds for those that may go at all."

    def due(self, before: datetime, holds: Sequence[RetentionHold]) -> list[ColumnElement[bool]]:
        began = self.at if self.began is None else self.began
        held = [and_(began < hold.until, self.at >= hold.since) for hold in holds]
        due = [self.at < before]
        if self.finished is not None:
            due.append(self.finished)
        if held:
            due.append(not_(or_(*held)))
        return due


_ERASABLE: Final[Mapping[Kind, _Erasable]] = {
    Kind.POSITIONS: _Erasable(None, col(Position.heard_at)),
    Kind.LATEST_POSITIONS: _Erasable(col(LatestPosition.radio_id), col(LatestPosition.heard_at)),
    Kind.CALLS: _Erasable(col(CallRecord.id), col(CallRecord.started_at)),
    Kind.MESSAGES: _Erasable(
        col(Message.id),
        col(Message.created_at),
        finished=col(Message.state).not_in((MessageState.QUEUED, MessageState.SENT)),
    ),
    Kind.COMMANDS: _Erasable(col(RadioCommand.id), col(RadioCommand.created_at)),
    Kind.EMERGENCIES: _Erasable(
        col(Emergency.id),
        col(Emergency.closed_at),
        col(Emergency.raised_at),
        col(Emergency.state) == EmergencyState.CLOSED,
    ),
    Kind.EVENTS: _Erasable(col(Event.seq), col(Event.t)),
    Kind.ACCESS_LOG: _Erasable(col(AccessLogRow.id), col(AccessLogRow.at)),
}


class RetentionRepository:
    """Erasing within one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def erase(
        self, kind: Kind, before: datetime, holds: Sequence[RetentionHold], limit: int
    ) -> int:
        """Erase the oldest records that are due, at most `limit`; how many. Not for positions."""
        found = _ERASABLE[kind]
        oldest = (
            select(found.key)
            .where(*found.due(before, holds))
            .order_by(found.at, found.key)
            .limit(limit)
        )
        query = delete(found.key.class_).where(found.key.in_(oldest))
        done = await self._session.execute(query.execution_options(synchronize_session=False))
        return cast("CursorResult[Any]", done).rowcount

    async def erase_events(self, before: datetime, limit: int) -> int:
        """Erase the log's oldest events without leaving a hole; how many."""
        query = select(col(Event.seq), col(Event.t)).order_by(col(Event.seq)).limit(limit)
        last, count = 0, 0
        for seq, t in (await self._session.execute(query)).all():
            if t >= before:
                break
            last, count = seq, count + 1
        if count:
            await self._session.execute(delete(Event).where(col(Event.seq) <= last))
        return count

    async def count(self, kind: Kind, before: datetime, holds: Sequence[RetentionHold]) -> int:
        """How many records are due."""
        found = _ERASABLE[kind]
        query = select(func.count()).where(*found.due(before, holds))
        return (await self._session.execute(query)).scalar_one()

    async def run(self) -> RetentionRun | None:
        """The last look at the clock."""
        return (await self._session.execute(select(RetentionRun))).scalar_one_or_none()

    async def add(self, row: RetentionRun | RetentionHold) -> None:
        """Store a new row; its id is set."""
        self._session.add(row)
        await self._session.flush()

    async def holds(self) -> Sequence[RetentionHold]:
        """What is kept in spite of its age, oldest order first."""
        query = select(RetentionHold).order_by(col(RetentionHold.id))
        return (await self._session.execute(query)).scalars().all()

    async def end_hold(self, hold_id: int) -> RetentionHold | None:
        """Remove a hold; None if there is none of this number."""
        row = await self._session.get(RetentionHold, hold_id)
        if row is not None:
            await self._session.delete(row)
            await self._session.flush()
        return row
