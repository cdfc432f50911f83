"""Texts and call alerts from radios, and how far our texts have come."""

from collections.abc import Iterable

from dispatch.ingest.batch import Batch
from dispatch.messages.receiving import Incoming, Said, received
from dispatch.messages.service import progress
from radio_gateway.domain.events import TextProgress, TextReceived


async def on_texts(batch: Batch, events: Iterable[Said]) -> None:
    """Radios have written, or asked to be called back."""
    await received(batch.session, batch.shared, [_incoming(batch, event) for event in events])


async def on_progress(batch: Batch, event: TextProgress) -> None:
    """A text of ours was sent, delivered or given up."""
    await progress(batch.session, batch.shared, event)


def _incoming(batch: Batch, event: Said) -> Incoming:
    radio = batch.radios[event.radio]
    talkgroup = event.talkgroup if isinstance(event, TextReceived) else None
    group = batch.talkgroups[talkgroup] if talkgroup is not None else None
    return Incoming(
        event,
        radio.id,
        radio.unit_id,
        radio.agency_id or (group.agency_id if group else None),
        group.id if group else None,
        batch.radios.id_of(event.called),
    )
