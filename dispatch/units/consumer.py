"""Statuses from radios."""

from dispatch.ingest.batch import Batch
from dispatch.units.service import status_received
from radio_gateway.domain.events import StatusReceived


async def on_status(batch: Batch, event: StatusReceived) -> None:
    """A numbered status."""
    radio = batch.radios[event.radio]
    await status_received(
        batch.session,
        batch.shared,
        radio.id,
        radio.unit_id,
        radio.agency_id,
        event.status,
        event.at.utc,
    )
