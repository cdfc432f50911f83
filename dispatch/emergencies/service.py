"""What people do about emergencies: exactly one wins each step, every attempt is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from dispatch.answers import Page, cursor_of, read_cursor
from dispatch.auth.identity import SignedIn
from dispatch.commands.models import CommandKind
from dispatch.commands.service import NEEDS, Order, issue
from dispatch.emergencies.errors import (
    AlreadyAcknowledgedError,
    AlreadyClosedError,
    NotAcknowledgedError,
)
from dispatch.emergencies.models import Action, CloseReason, Emergency, EmergencyState
from dispatch.emergencies.repository import EmergencyRepository
from dispatch.emergencies.schemas import EmergencyView
from dispatch.emergencies.views import tell, views
from dispatch.errors import ConflictError, NotFoundError
from dispatch.live.log import logged_event
from dispatch.live.scope import EVERYTHING, Scope, visible_to
from dispatch.radios.service import radio, reach_of
from dispatch.shared import Shared

SHOWN_CLOSED: Final = 20
_ALARMS: Final = frozenset({"emergency.raised", "emergency.repeated"})
"Events that make a console sound."


@dataclass(frozen=True, slots=True)
class Outcome:
    """A step done, or refused. A refusal is raised after the commit: its history line stays."""

    emergency: EmergencyView
    seq: int = 0
    refused: ConflictError | None = None


async def acknowledge(
    session: AsyncSession, shared: Shared, emergency_id: int, user: SignedIn
) -> Outcome:
    """Take charge of an alarm; the radio is told if it can be.

    Raises:
        NotFoundError: there is none, or not for this user.
    """
    row = await _get(session, emergency_id, visible_to(user))
    now = shared.now()
    repository = EmergencyRepository(session)
    done = await repository.step(
        row.id,
        row.version,
        EmergencyState.RAISED,
        {
            "state": EmergencyState.ACKNOWLEDGED.value,
            "acknowledged_at": now,
            "acknowledged_by": user.name,
        },
    )
    row = await _get(session, emergency_id, visible_to(user))
    if not done:
        return await _refuse(session, row, user, now, "acknowledge")
    await repository.note(row.id, Action.ACKNOWLEDGED, now, user.name, None)
    view, seq = await tell(session, shared, "emergency.acknowledged", row)
    await _tell_radio(session, shared, row, user)
    return Outcome(view, seq)


async def close(
    session: AsyncSession,
    shared: Shared,
    emergency_id: int,
    user: SignedIn,
    reason: CloseReason,
    note: str | None,
) -> Outcome:
    """End an acknowledged emergency; raises NotFoundError."""
    row = await _get(session, emergency_id, visible_to(user))
    now = shared.now()
    repository = EmergencyRepository(session)
    done = await repository.step(
        row.id,
        row.version,
        EmergencyState.ACKNOWLEDGED,
        {
            "state": EmergencyState.CLOSED.value,
            "closed_at": now,
            "closed_by": user.name,
            "close_reason": reason.value,
        },
    )
    row = await _get(session, emergency_id, visible_to(user))
    if not done:
        return await _refuse(session, row, user, now, "close")
    text = reason.value if not note else f"{reason.value}: {note}"
    await repository.note(row.id, Action.CLOSED, now, user.name, text[:300])
    view, seq = await tell(session, shared, "emergency.closed", row)
    return Outcome(view, seq)


async def shown(session: AsyncSession, shared: Shared, seq: int, user: SignedIn) -> bool:
    """A console shows the alarm that this event tells of; whether it is the first to say so.

    Numbers of other events, and alarms that this user may not see, mean nothing.
    """
    event = await logged_event(session, seq)
    if event is None or event.type not in _ALARMS:
        return False
    emergency_id = orjson.loads(event.data)["id"]
    now = shared.now()
    repository = EmergencyRepository(session)
    if not await repository.mark_shown(emergency_id, now, visible_to(user)):
        return False
    await repository.note(emergency_id, Action.SHOWN, now, user.name, None)
    await tell(session, shared, "emergency.shown", await _get(session, emergency_id, EVERYTHING))
    return True


async def unshown(session: AsyncSession) -> Sequence[int]:
    """Ids of alarms that nobody took charge of and no console has said to show."""
    return await EmergencyRepository(session).unshown()


async def open_emergencies(session: AsyncSession, scope: Scope) -> list[EmergencyView]:
    """All that are not closed, oldest first."""
    return await views(session, await EmergencyRepository(session).open(scope))


async def recent(session: AsyncSession, scope: Scope) -> list[EmergencyView]:
    """All open ones and the newest closed ones."""
    repository = EmergencyRepository(session)
    closed = await repository.search(scope, EmergencyState.CLOSED, None, None, None, SHOWN_CLOSED)
    return await views(session, [*await repository.open(scope), *closed])


async def search(
    session: AsyncSession,
    scope: Scope,
    state: EmergencyState | None,
    since: datetime | None,
    until: datetime | None,
    cursor: str | None,
    limit: int,
) -> Page[EmergencyView]:
    """One page of emergencies, newest first."""
    rows = await EmergencyRepository(session).search(
        scope, state, since, until, read_cursor(cursor), limit + 1
    )
    shown = rows[:limit]
    more = len(rows) > limit
    return Page(
        items=await views(session, shown),
        next=cursor_of(shown[-1].raised_at, shown[-1].id) if more else None,
    )


async def _refuse(
    session: AsyncSession, row: Emergency, user: SignedIn, now: datetime, attempt: str
) -> Outcome:
    await EmergencyRepository(session).note(row.id, Action.REFUSED, now, user.name, attempt)
    (view,) = await views(session, [row])
    shown = view.model_dump(mode="json")
    kind: type[ConflictError] = NotAcknowledgedError
    by: str | None = None
    at: str | None = None
    if view.state is EmergencyState.CLOSED:
        kind, by, at = AlreadyClosedError, view.closed_by, shown["closed_at"]
    elif view.state is EmergencyState.ACKNOWLEDGED:
        kind, by, at = AlreadyAcknowledgedError, view.acknowledged_by, shown["acknowledged_at"]
    return Outcome(view, refused=kind(None, by=by, at=at, emergency=shown))


async def _tell_radio(
    session: AsyncSession, shared: Shared, row: Emergency, user: SignedIn
) -> None:
    alarmed = await radio(session, row.radio_id)
    if reach_of(alarmed, shared).can(NEEDS[CommandKind.ACKNOWLEDGE_EMERGENCY]):
        order = Order(CommandKind.ACKNOWLEDGE_EMERGENCY)
        await issue(session, shared, alarmed, order, user.name)


async def _get(session: AsyncSession, emergency_id: int, scope: Scope) -> Emergency:
    row = await EmergencyRepository(session).get(emergency_id, scope)
    if row is None:
        raise NotFoundError("There is no such emergency, or it belongs to another agency.")
    return row
