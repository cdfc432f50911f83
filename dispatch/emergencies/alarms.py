"""What radios say: alarms raised, repeated and cleared."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from dispatch.emergencies.models import Action, Emergency, EmergencyState
from dispatch.emergencies.repository import EmergencyRepository
from dispatch.emergencies.views import tell
from dispatch.positions.service import latest_of
from dispatch.shared import Shared
from radio_gateway.domain.events import EmergencyRaised

AFTER_CLOSE: Final = timedelta(minutes=5)
"An alarm so soon after a closed one may be its echo; people decide."
TELL_EVERY: Final = timedelta(seconds=5)
"Radios repeat an alarm many times a minute; consoles hear of it once in so long."


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose alarm it is."""

    radio_id: int
    unit_id: int | None
    agency_id: int | None
    talkgroup_id: int | None


async def raise_alarm(
    session: AsyncSession, shared: Shared, event: EmergencyRaised, caller: Caller
) -> None:
    """An alarm: the first opens an emergency, others add to the open one."""
    row = await EmergencyRepository(session).open_of(caller.radio_id)
    if row is None:
        await _open(session, shared, event, caller)
    else:
        await _repeat(session, shared, event, row)


async def clear(session: AsyncSession, shared: Shared, radio_id: int, at: datetime) -> None:
    """The radio ended its emergency. That informs: only people close it."""
    repository = EmergencyRepository(session)
    row = await repository.open_of(radio_id)
    if row is None or at < row.last_heard_at or row.cleared_at is not None:
        return
    row.cleared_at = at
    await repository.save()
    await repository.note(row.id, Action.CLEARED, at, None, None)
    await tell(session, shared, "emergency.cleared", row)


async def _open(
    session: AsyncSession, shared: Shared, event: EmergencyRaised, caller: Caller
) -> None:
    repository = EmergencyRepository(session)
    at = event.at.utc
    closed_at = await repository.last_closed_at(caller.radio_id)
    row = Emergency(
        radio_id=caller.radio_id,
        unit_id=caller.unit_id,
        agency_id=caller.agency_id,
        talkgroup_id=caller.talkgroup_id,
        source=event.source.value,
        state=EmergencyState.RAISED.value,
        raised_at=at,
        last_heard_at=at,
        told_at=shared.now(),
        after_close=closed_at is not None and at - closed_at < AFTER_CLOSE,
        raw=event.raw.hex()[:512],
    )
    await _place(session, row, event)
    row.raised_seq = await shared.log.next_number(session)
    await repository.add(row)
    await repository.note(row.id, Action.RAISED, at, None, event.source.value)
    await tell(session, shared, "emergency.raised", row)


async def _repeat(
    session: AsyncSession, shared: Shared, event: EmergencyRaised, row: Emergency
) -> None:
    repository = EmergencyRepository(session)
    at, now = event.at.utc, shared.now()
    row.repeats += 1
    row.raised_at = min(row.raised_at, at)
    if at >= row.last_heard_at:
        row.last_heard_at = at
        # the key was pressed again after the radio had ended its emergency
        row.cleared_at = None
        await _place(session, row, event)
    tells = now - row.told_at >= TELL_EVERY
    if tells:
        row.told_at = now
    await repository.save()
    await repository.note(row.id, Action.REPEATED, at, None, event.source.value)
    if tells:
        await tell(session, shared, "emergency.repeated", row)


async def _place(session: AsyncSession, row: Emergency, event: EmergencyRaised) -> None:
    """The alarm's own point, or else where the radio was heard last."""
    if event.point is not None:
        row.lat, row.lon = event.point.lat, event.point.lon
        row.position_heard_at, row.error_m = event.at.utc, None
        return
    known = await latest_of(session, row.radio_id)
    if known is not None:
        row.lat, row.lon = known.lat, known.lon
        row.position_heard_at, row.error_m = known.heard_at, known.error_m
