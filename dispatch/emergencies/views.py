"""Emergencies as clients see them, and telling of them."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from dispatch.emergencies.models import Emergency
from dispatch.emergencies.repository import EmergencyRepository
from dispatch.emergencies.schemas import EmergencyStep, EmergencyView
from dispatch.shared import Shared


async def views(session: AsyncSession, rows: Sequence[Emergency]) -> list[EmergencyView]:
    """With their histories."""
    histories = await EmergencyRepository(session).history([row.id for row in rows])
    return [
        EmergencyView.model_validate(
            {
                **row.model_dump(),
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
    """Log what happened; the emergency and the event's number."""
    (view,) = await views(session, [row])
    return view, await shared.log.append(session, type_, view, row.agency_id)
