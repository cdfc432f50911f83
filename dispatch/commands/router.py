"""HTTP: commands to one radio."""

from typing import Final

from fastapi import APIRouter

from dispatch.audit.models import Action
from dispatch.audit.service import record
from dispatch.auth.dependencies import CurrentUser
from dispatch.auth.errors import RoleRequiredError
from dispatch.auth.identity import Role
from dispatch.commands.models import CommandKind
from dispatch.commands.schemas import CommandAnswer, NewCommand
from dispatch.commands.service import Order, issue
from dispatch.db.sessions import Writing
from dispatch.idempotency.service import IdempotencyKey, once
from dispatch.live.scope import visible_to
from dispatch.paging import RowId
from dispatch.problems import problems
from dispatch.radios.service import radio
from dispatch.shared import SharedParts

router = APIRouter(prefix="/api/radios", tags=["commands"])

FOR_SUPERVISORS: Final = (CommandKind.DISABLE, CommandKind.ENABLE)
"They take a radio off the air, or put a found one back."


@router.post("/{radio_id}/commands", status_code=201, responses=problems(404, 409))
async def command_radio(
    radio_id: RowId,
    body: NewCommand,
    user: CurrentUser,
    session: Writing,
    shared: SharedParts,
    idempotency_key: IdempotencyKey = None,
) -> CommandAnswer:
    """Ask something of one radio; what comes of it arrives as `command.changed` events."""
    if body.kind in FOR_SUPERVISORS and not user.role.at_least(Role.SUPERVISOR):
        raise RoleRequiredError(Role.SUPERVISOR)

    async def effect() -> CommandAnswer:
        row = await radio(session, radio_id, visible_to(user))
        order = Order(body.kind, body.interval_s)
        view, seq = await issue(session, shared, row, order, user.name)
        scope = {"radio_id": radio_id, "kind": body.kind}
        await record(
            session, user, Action.ALTERATION, "radio_command", scope, 1, agency_id=row.agency_id
        )
        return CommandAnswer(command=view, seq=seq)

    route = f"POST /api/radios/{radio_id}/commands"
    return await once(
        session, user, idempotency_key, route, body, effect, CommandAnswer, shared.now()
    )
