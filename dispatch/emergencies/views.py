"""Emergencies as clients see them, and telling of them."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from dispatch.emergencies.models import Action, Emergency, EmergencyAction
from dispatch.emergencies.repository import EmergencyRepository
from dispatch.emergencies.schemas import EmergencyCaller, EmergencyStep, EmergencyView
from dispatch.shared import Shared


async def views(session: AsyncSession, rows: Sequence[Emergency]) -> list[EmergencyView]:
    """With their histories."""
    repository = EmergencyRepository(session)
    histories = await repository.history([row.id for row in rows])
    levels = {row.id: escalation(histories.get(row.id, ())) for row in rows}
    escalated = [row for row in rows if levels[row.id]]
    callers = await repository.callers(escalated) if escalated else {}
    return [
        EmergencyView.model_validate(
            {
                **row.model_dump(),
                "escalation": levels[row.id],
                "caller": EmergencyCaller.model_validate(callers[row.id])
                if row.id in callers
                else None,
                "history": [
                    EmergencyStep.model_validate({**line.model_dump(), "user": line.user_name})
                    for line in histories.get(row.id, [])
                ],
            }
        )
        for row in rows
    ]


async def tell(
    session: AsyncSession, shared: Shared, type_: str, row: Emergency
) -> tuple[EmergencyView, int]:
    """Log what happened; the emergency and the event's number.

    What is escalated is everybody's from then on: its acknowledgement and its end are, too.
    """
    (view,) = await views(session, [row])
    agency_id = None if view.escalation else row.agency_id
    return view, await shared.log.append(session, type_, view, agency_id)


def escalation(history: Sequence[EmergencyAction]) -> int:
    """How far an alarm was escalated: 0, 1 or 2."""
    return sum(line.action == Action.ESCALATED for line in history)
