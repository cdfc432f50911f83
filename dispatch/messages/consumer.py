"""Texts from radios, and how far ours have come."""

from dispatch.ingest.batch import Batch
from dispatch.messages.service import progress, received
from radio_gateway.domain.events import TextProgress, TextReceived


async def on_text(batch: Batch, event: TextReceived) -> None:
    """A radio has written."""
    radio = batch.radios[event.radio]
    group = batch.talkgroups[event.talkgroup] if event.talkgroup is not None else None
    await received(
        batch.session,
        batch.shared,
        event,
        radio.id,
        radio.unit_id,
        radio.agency_id or (group.agency_id if group else None),
        group.id if group else None,
        batch.radios.id_of(event.called),
    )


async def on_progress(batch: Batch, event: TextProgress) -> None:
    """A text of ours was sent, delivered or given up."""
    await progress(batch.session, batch.shared, event)
