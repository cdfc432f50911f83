"""Alarms from radios."""

from collections.abc import Iterable

from dispatch.emergencies.alarms import Alarm, clear, raise_alarms
from dispatch.ingest.batch import Batch
from radio_gateway.domain.events import EmergencyCleared, EmergencyRaised


async def on_raised(batch: Batch, events: Iterable[EmergencyRaised]) -> None:
    """Officers pressed the emergency key."""
    await raise_alarms(batch.session, batch.shared, [_alarm(batch, event) for event in events])


async def on_cleared(batch: Batch, event: EmergencyCleared) -> None:
    """A radio ended its emergency."""
    await clear(batch.session, batch.shared, batch.radios[event.radio].id, event.at.utc)


def _alarm(batch: Batch, event: EmergencyRaised) -> Alarm:
    radio = batch.radios[event.radio]
    group = batch.talkgroups[event.talkgroup] if event.talkgroup is not None else None
    return Alarm(
        event,
        radio.id,
        radio.unit_id,
        radio.agency_id or (group.agency_id if group else None),
        group.id if group else None,
    )
