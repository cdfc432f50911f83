"""HTTP: emergencies."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from dispatch.answers import Page
from dispatch.audit.models import Action
from dispatch.audit.service import record
from dispatch.auth.dependencies import CurrentUser
from dispatch.auth.identity import SignedIn
from dispatch.consultation import note_look
from dispatch.db.sessions import Reading
from dispatch.emergencies import service
from dispatch.emergencies.models import EmergencyState
from dispatch.emergencies.schemas import Acknowledgement, Closing, EmergencyAnswer, EmergencyView
from dispatch.emergencies.service import Outcome
from dispatch.errors import ConflictError
from dispatch.idempotency.service import IdempotencyKey, once
from dispatch.live.scope import visible_to
from dispatch.paging import RowId
from dispatch.problems import problems
from dispatch.querying import QueryTime
from dispatch.shared import Shared, SharedParts

router = APIRouter(prefix="/api/emergencies", tags=["emergencies"])


@router.get("")
async def list_emergencies(
    user: CurrentUser,
    session: Reading,
    shared: SharedParts,
    state: EmergencyState | None = None,
    since: QueryTime | None = None,
    until: QueryTime | None = None,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Page[EmergencyView]:
    """Emergencies with their histories, newest first."""
    page = await service.search(session, visible_to(user), state, since, until, cursor, limit)
    asked = {"state": state, "since": since, "until": until}
    await note_look(shared, user, "emergencies", asked, len(page.items))
    return page


@router.post("/{emergency_id}/acknowledge", responses=problems(404, 409))
async def acknowledge_emergency(
    emergency_id: RowId,
    user: CurrentUser,
    shared: SharedParts,
    body: Acknowledgement | None = None,
    idempotency_key: IdempotencyKey = None,
) -> EmergencyAnswer:
    """Take charge of an alarm. The first wins; others get 409 with who and when."""
    return await _step(
        shared,
        user,
        idempotency_key,
        f"POST /api/emergencies/{emergency_id}/acknowledge",
        body or Acknowledgement(),
        lambda session: service.acknowledge(session, shared, emergency_id, user),
    )


@router.post("/{emergency_id}/close", responses=problems(404, 409))
async def close_emergency(
    emergency_id: RowId,
    body: Closing,
    user: CurrentUser,
    shared: SharedParts,
    idempotency_key: IdempotencyKey = None,
) -> EmergencyAnswer:
    """End an acknowledged emergency, saying why."""
    return await _step(
        shared,
        user,
        idempotency_key,
        f"POST /api/emergencies/{emergency_id}/close",
        body,
        lambda session: service.close(session, shared, emergency_id, user, body.reason, body.note),
    )


class _RefusedError(Exception):
    """Carries a refusal out of `once`, so that it is not kept as the answer to the key."""

    def __init__(self, error: ConflictError) -> None:
        super().__init__(error.code)
        self.error = error


async def _step(
    shared: Shared,
    user: SignedIn,
    key: str | None,
    route: str,
    body: BaseModel,
    step: Callable[[AsyncSession], Awaitable[Outcome]],
) -> EmergencyAnswer:
    # not a `Writing` session: a refused attempt is answered with an error and yet committed
    async with shared.database.write() as session:

        async def effect() -> EmergencyAnswer:
            outcome = await step(session)
            view = outcome.emergency
            action = Action.REFUSED if outcome.refused else Action.ALTERATION
            scope = {"request": route}
            await record(session, user, action, "emergency", scope, 1, agency_id=view.agency_id)
            if outcome.refused is not None:
                raise _RefusedError(outcome.refused)
            return EmergencyAnswer(emergency=view, seq=outcome.seq)

        try:
            return await once(
                session, user, key, route, body, effect, EmergencyAnswer, shared.now()
            )
        except _RefusedError as refusal:
            error = refusal.error
    raise error
