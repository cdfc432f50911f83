"""HTTP: where radios are and where units were."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import StringConstraints

from dispatch.answers import Page
from dispatch.auth.dependencies import CurrentUser
from dispatch.auth.identity import Role
from dispatch.consultation import note_look
from dispatch.db.sessions import Reading
from dispatch.live.scope import visible_to
from dispatch.paging import AfterId, PageLimit, RowId
from dispatch.positions.area import Area
from dispatch.positions.schemas import Nearby, PositionView, Track
from dispatch.positions.service import check_near, check_span, latest, near, track
from dispatch.problems import problems
from dispatch.querying import QueryTime
from dispatch.shared import SharedParts
from dispatch.units.service import unit

router = APIRouter(prefix="/api", tags=["positions"])

Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]


@router.get("/positions/latest")
async def list_latest_positions(
    user: CurrentUser,
    session: Reading,
    shared: SharedParts,
    cursor: AfterId = 0,
    limit: PageLimit = 1000,
) -> Page[PositionView]:
    """The newest position of each radio that the user may see."""
    rows = await latest(session, visible_to(user), cursor, limit + 1)
    items = rows[:limit]
    await note_look(shared, user, "positions", {"cursor": cursor}, len(items))
    return Page(items=items, next=str(items[-1].radio_id) if len(rows) > limit else None)


Latitude = Annotated[float, Query(ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, Query(ge=-180, le=180, allow_inf_nan=False)]


@router.get("/positions", responses=problems(403, 422))
async def positions_near(
    since: QueryTime,
    until: QueryTime,
    south: Latitude,
    west: Longitude,
    north: Latitude,
    east: Longitude,
    user: CurrentUser,
    session: Reading,
    shared: SharedParts,
    limit: Annotated[int, Query(ge=1, le=5000)] = 5000,
    reason: Reason | None = None,
) -> Nearby:
    """Who was in an area within a day, oldest first; needs a supervisor's reason."""
    check_near(since, until, supervisor=user.role.at_least(Role.SUPERVISOR), reason=reason)
    area = Area(south, west, north, east)
    found = await near(session, area, since, until, visible_to(user), limit)
    scope = {"since": since, "until": until, **asdict(area)}
    await note_look(shared, user, "positions_near", scope, len(found.items), reason)
    return found


@router.get("/units/{unit_id}/track", responses=problems(404))
async def unit_track(
    unit_id: RowId,
    since: QueryTime,
    until: QueryTime,
    user: CurrentUser,
    session: Reading,
    shared: SharedParts,
    limit: Annotated[int, Query(ge=2, le=5000)] = 5000,
    reason: Reason | None = None,
) -> Track:
    """Where a unit was, oldest first; more than 8 hours need a supervisor's reason."""
    supervisor = user.role.at_least(Role.SUPERVISOR)
    row = await unit(session, unit_id, visible_to(user))
    check_span(since, until, supervisor=supervisor, reason=reason)
    found = await track(session, row.id, since, until, limit)
    scope = {"unit_id": unit_id, "since": since, "until": until}
    await note_look(shared, user, "track", scope, len(found.points), reason)
    return found
