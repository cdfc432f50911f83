"""Emergencies as clients see them, and telling of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from dispatch.emergencies.models import Action, Emergency
from dispatch.emergencies.repository import EmergencyRepository, Step
from dispatch.emergencies.schemas import EmergencyCaller, EmergencyView
from dispatch.shared import Shared


async def views(session: AsyncSession, rows: Sequence[Emergency]) -> list[EmergencyView]:
    """With their histories."""
    histories = await EmergencyRepository(session).history([row.id for row in rows])
    callers = await callers_of(session, histories)
    return [view(row.model_dump(), histories.get(row.id, []), callers.get(row.id)) for row in rows]


async def callers_of(
    session: AsyncSession, histories: Mapping[int, Sequence[Step]]
) -> dict[int, EmergencyCaller]:
    """Who calls, of those that are escalated, by id."""
    escalated = [id_ for id_, history in histories.items() if escalation(history)]
    if not escalated:
        return {}
    found = await EmergencyRepository(session).callers(escalated)
    return {id_: EmergencyCaller.model_validate(row) for id_, row in found.items()}


def view(
    row: Mapping[str, Any], history: Sequence[Step], caller: EmergencyCaller | None
) -> EmergencyView:
    """One emergency with its history, from the columns of its row."""
    return EmergencyView.model_validate(
        {
            **row,
            "escalation": escalation(history),
            "caller": caller,
            "history": [
                {"action": line.action, "at": line.at, "user": line.user, "note": line.note}
                for line in history
            ],
        }
    )


async def tell(
    session: AsyncSession, shared: Shared, type_: str, row: Emergency
) -> tuple[EmergencyView, int]:
    """Log what happened; the emergency and the event's number."""
    (shown,) = await views(session, [row])
    return shown, await shared.log.append(session, type_, shown, audience(shown))


def audience(shown: EmergencyView) -> int | None:
    """The agency that is told; None: all.

    What is escalated is everybody's from then on: its acknowledgement and its end are, too.
    """
    return None if shown.escalation else shown.agency_id


def escalation(history: Sequence[Step]) -> int:
    """How far an alarm was escalated: 0, 1 or 2."""
    return sum(line.action == Action.ESCALATED for line in history)
