"""Units and their status, as set by dispatchers or sent by radios."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from dispatch.errors import NotFoundError
from dispatch.live.scope import EVERYTHING, Scope
from dispatch.shared import Shared, StatusMeaning
from dispatch.units.models import Unit, UnitStatus
from dispatch.units.repository import UnitRepository
from dispatch.units.schemas import StatusView, UnitView


async def units(
    session: AsyncSession, scope: Scope, after: int = 0, limit: int | None = None
) -> list[UnitView]:
    """The units that the scope shows, by id."""
    return await _views(session, await UnitRepository(session).all(scope, after, limit))


async def unit(session: AsyncSession, unit_id: int, scope: Scope = EVERYTHING) -> Unit:
    """One unit; raises NotFoundError."""
    row = await UnitRepository(session).get(unit_id, scope)
    if row is None:
        raise NotFoundError("There is no such unit, or it belongs to another agency.")
    return row


async def set_status(
    session: AsyncSession,
    shared: Shared,
    row: Unit,
    status: UnitStatus,
    note: str | None,
    at: datetime,
) -> tuple[UnitView, int | None]:
    """Change a unit's status; its number in the log, None when a later status is known."""
    changed = await UnitRepository(session).set_status(row.id, status, note, at)
    await session.refresh(row)
    (view,) = await _views(session, [row])
    if not changed:
        return view, None
    return view, await shared.log.append(session, "unit.changed", view, row.agency_id)


async def status_received(
    session: AsyncSession,
    shared: Shared,
    radio_id: int,
    unit_id: int | None,
    agency_id: int | None,
    number: int,
    at: datetime,
) -> None:
    """Tell of a radio's status; where its number means one, the unit takes it over."""
    meaning = shared.statuses.get(number, StatusMeaning(f"status {number}"))
    told = StatusView(radio_id=radio_id, unit_id=unit_id, status=number, label=meaning.label, at=at)
    await shared.log.append(session, "status.received", told, agency_id)
    if unit_id is not None and meaning.unit_status is not None:
        row = await unit(session, unit_id)
        await set_status(session, shared, row, meaning.unit_status, None, at)


async def _views(session: AsyncSession, rows: Sequence[Unit]) -> list[UnitView]:
    officers = await UnitRepository(session).officers([row.id for row in rows])
    return [
        UnitView.model_validate({**row.model_dump(), "officers": officers.get(row.id, [])})
        for row in rows
    ]
