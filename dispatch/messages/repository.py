"""All SQL of messages."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from dispatch.db.bulk import Bulk, fetch, is_sqlite, next_ids, stored_time
from dispatch.db.newest import NewestFirst, exactly, unindexed
from dispatch.db.words import Sought, indexed, lexemes
from dispatch.live.scope import Scope
from dispatch.messages.filters import MessageFilter
from dispatch.messages.models import (
    Direction,
    Message,
    MessageState,
    MessageStateChange,
    WaitingFor,
)

_PLAIN: Final = (
    *("direction", "text", "radio_id", "talkgroup_id", "called_radio_id", "unit_id"),
    *("agency_id", "state", "reference", "kind"),
)
"Columns of a text from a radio that both drivers take as they are."
_RECEIVE: Final = Bulk(
    f"INSERT INTO message (id, state_at, created_at, words, {', '.join(_PLAIN)}) {{rows}}",
    (
        *("bigint", "timestamptz", "timestamptz", "tsvector"),
        *("text", "text", "int", "int", "int", "int", "int", "text", "text", "text"),
    ),
    exact=True,
)
_STEP: Final = Bulk(
    "INSERT INTO message_state (message_id, state, at) {rows}",
    ("bigint", "text", "timestamptz"),
    exact=True,
)


class MessageRepository:
    """Messages within one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, row: Message) -> Message:
        """Store a message; its id is set."""
        row.words = indexed(row.text)
        self._session.add(row)
        await self._session.flush()
        return row

    async def save(self) -> None:
        """Write what changed in rows of this session."""
        await self._session.flush()

    async def note(
        self,
        message_id: int,
        state: str,
        at: datetime,
        detail: str | None = None,
        reason: str | None = None,
    ) -> MessageStateChange:
        """Add a step to the history."""
        step = MessageStateChange(
            message_id=message_id, state=state, at=at, detail=detail, reason=reason
        )
        self._session.add(step)
        await self._session.flush()
        return step

    async def get(self, message_id: int, scope: Scope) -> Message | None:
        """One message, if the scope shows it."""
        query = select(Message).where(
            col(Message.id) == message_id, scope.where(col(Message.agency_id))
        )
        return (await self._session.execute(query)).scalar_one_or_none()

    async def by_command(self, command: str) -> Message | None:
        """The message of a SendText command."""
        query = select(Message).where(col(Message.command) == command)
        return (await self._session.execute(query)).scalar_one_or_none()

    async def steps(self, message_ids: Sequence[int]) -> dict[int, list[MessageStateChange]]:
        """Histories by message, oldest first."""
        query = (
            select(MessageStateChange)
            .where(col(MessageStateChange.message_id).in_(message_ids))
            .order_by(col(MessageStateChange.at), col(MessageStateChange.id))
        )
        found: dict[int, list[MessageStateChange]] = {}
        for step in (await self._session.execute(query)).scalars():
            found.setdefault(step.message_id, []).append(step)
        return found

    async def add_received(self, rows: Sequence[dict[str, Any]]) -> Sequence[int]:
        """Store texts from radios, each with its one state; their ids in this order.

        `rows`: columns by name, each row the same ones, without `id` and `words`.
        """
        session, stored = self._session, stored_time(self._session)
        worded = indexed if is_sqlite(session) else _lexemes_of
        ids = await next_ids(session, "message", len(rows))
        values, steps = [], []
        for key, row in zip(ids, rows, strict=True):
            at = stored(row["state_at"])
            values.append(
                (
                    key,
                    at,
                    stored(row["created_at"]),
                    worded(row["text"]),
                    *(row[name] for name in _PLAIN),
                )
            )
            steps.append((key, row["state"], at))
        await _RECEIVE.run(session, values)
        await _STEP.run(session, steps)
        return ids

    async def references(
        self, radio_ids: Iterable[int], references: Iterable[str], since: datetime, until: datetime
    ) -> list[tuple[int, str, datetime]]:
        """Sender, number and time of stored texts with any of these senders and numbers."""
        query = select(_MESSAGE.c.radio_id, _MESSAGE.c.reference, _MESSAGE.c.created_at).where(
            _MESSAGE.c.radio_id.in_(list(radio_ids)),
            _MESSAGE.c.direction == Direction.IN,
            _MESSAGE.c.reference.in_(list(references)),
            _MESSAGE.c.created_at >= since,
            _MESSAGE.c.created_at <= until,
        )
        return [(row[0], row[1], row[2]) for row in await self._session.execute(query)]

    async def waited_for(self) -> set[int]:
        """Radios that some text waits for."""
        query = (
            "SELECT radio_id FROM message WHERE state IN ('queued', 'sent') AND state = 'queued' "
            "AND direction = 'out' AND waiting_for IS NOT NULL AND radio_id IS NOT NULL"
        )
        return {row[0] for row in await fetch(self._session, query)}

    async def waiting(
        self,
        radio_ids: Iterable[int] = (),
        talkgroup_ids: Iterable[int] = (),
        waiting_for: WaitingFor | None = None,
    ) -> Sequence[Message]:
        """Messages to these radios or talkgroups that wait for something, oldest first."""
        query = (
            select(Message)
            .where(
                col(Message.state) == MessageState.QUEUED,
                col(Message.direction) == Direction.OUT,
                or_(
                    col(Message.radio_id).in_(list(radio_ids)),
                    col(Message.talkgroup_id).in_(list(talkgroup_ids)),
                ),
                col(Message.waiting_for).is_not(None)
                if waiting_for is None
                else col(Message.waiting_for) == waiting_for,
            )
            .order_by(col(Message.id))
        )
        return (await self._session.execute(query)).scalars().all()

    async def queued(self) -> Sequence[Message]:
        """All messages that no gateway has spoken of, oldest first."""
        query = (
            select(Message)
            .where(col(Message.state) == MessageState.QUEUED)
            .order_by(col(Message.id))
        )
        return (await self._session.execute(query)).scalars().all()

    async def search(
        self, wanted: MessageFilter, scope: Scope, before: tuple[datetime, int] | None, limit: int
    ) -> Sequence[Message]:
        """Messages, newest first; `before`: created_at and id of the last one already shown."""
        where: list[Any] = [
            col(getattr(Message, name)) == value
            for name in ("unit_id", "radio_id", "talkgroup_id")
            if (value := getattr(wanted, name)) is not None
        ]
        if wanted.state is not None:
            where.append(exactly(col(Message.state), wanted.state.value))
        if wanted.since is not None:
            where.append(col(Message.created_at) >= wanted.since)
        if wanted.until is not None:
            where.append(col(Message.created_at) < wanted.until)
        few = wanted.state not in (None, MessageState.RECEIVED, MessageState.DELIVERED)
        agency = unindexed(Message.agency_id) if few else col(Message.agency_id)
        if wanted.unit_id is None and wanted.radio_id is None:
            either = scope.each(agency)
        else:
            either = (scope.where(agency),)
        rows = NewestFirst(self._session, Message, "created_at")
        if wanted.q:
            return await rows.search(Sought.of(wanted.q), where, either, before, limit)
        return await rows.page(where, either, before, limit)

    async def unfinished(self, scope: Scope) -> Sequence[Message]:
        """Messages that are queued or on their way."""
        query = select(Message).where(
            scope.where(col(Message.agency_id)),
            col(Message.state).in_((MessageState.QUEUED, MessageState.SENT)),
        )
        return (await self._session.execute(query)).scalars().all()


_MESSAGE = Message.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it


def _lexemes_of(text: str) -> str:
    return lexemes(indexed(text))
