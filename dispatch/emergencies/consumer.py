"""Alarms from radios."""

from dispatch.emergencies.alarms import Caller, clear, raise_alarm
from dispatch.ingest.batch import Batch
from radio_gateway.domain.events import EmergencyCleared, EmergencyRaised


async def on_raised(batch: Batch, event: EmergencyRaised) -> None:
    """An officer pressed the emergency key."""
    radio = batch.radios[event.radio]
    group = batch.talkgroups[event.talkgroup] if event.talkgroup is not None else None
    caller = Caller(
        radio.id,
        radio.unit_id,
        radio.agency_id or (group.agency_id if group else None),
        group.id if group else None,
    )
    await raise_alarm(batch.session, batch.shared, event, caller)


async def on_cleared(batch: Batch, event: EmergencyCleared) -> None:
    """A radio ended its emergency."""
    await clear(batch.session, batch.shared, batch.radios[event.radio].id, event.at.utc)
