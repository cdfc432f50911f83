"""HTTP: units."""

from fastapi import APIRouter

from dispatch.answers import Page
from dispatch.audit.models import Action
from dispatch.audit.service import record
from dispatch.auth.dependencies import CurrentUser
from dispatch.db.sessions import Reading, Writing
from dispatch.errors import ConflictError
from dispatch.live.scope import visible_to
from dispatch.paging import AfterId, PageLimit, RowId, page_by_id
from dispatch.problems import problems
from dispatch.shared import SharedParts
from dispatch.units.schemas import UnitAnswer, UnitChange, UnitView
from dispatch.units.service import set_status, unit, units

router = APIRouter(prefix="/api/units", tags=["units"])


@router.get("")
async def list_units(
    user: CurrentUser, session: Reading, cursor: AfterId = 0, limit: PageLimit = 1000
) -> Page[UnitView]:
    """The units that the user may see."""
    rows = await units(session, visible_to(user), cursor, limit + 1)
    return page_by_id(rows, limit)


@router.patch("/{unit_id}", responses=problems(404, 409))
async def change_unit(
    unit_id: RowId, change: UnitChange, user: CurrentUser, session: Writing, shared: SharedParts
) -> UnitAnswer:
    """Set a unit's status on behalf of its crew."""
    row = await unit(session, unit_id, visible_to(user))
    now = shared.now()
    view, seq = await set_status(session, shared, row, change.status, change.status_note, now)
    if seq is None:
        raise ConflictError("The unit has sent a later status; look again.")
    scope = {"unit_id": unit_id, "status": change.status}
    await record(session, user, Action.ALTERATION, "unit", scope, 1, agency_id=row.agency_id)
    return UnitAnswer(unit=view, seq=seq)
