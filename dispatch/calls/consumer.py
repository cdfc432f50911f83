"""Calls from gateways."""

from collections.abc import Iterable
from typing import Any

from dispatch.calls.recording import CallEvent, Heard, record
from dispatch.ingest.batch import Batch
from radio_gateway.domain.events import TalkerAliasHeard


async def on_calls(batch: Batch, events: Iterable[tuple[str, CallEvent]]) -> None:
    """Transmissions began or ended, or their talkers' aliases are complete; by which gateway."""
    heard = [Heard(event, _rows(batch, gateway, event)) for gateway, event in events]
    await record(batch.session, batch.shared, heard)


def _rows(batch: Batch, gateway: str, event: CallEvent) -> dict[str, Any]:
    if isinstance(event, TalkerAliasHeard):
        return {}
    radio = batch.radios[event.radio]
    group = batch.talkgroups[event.talkgroup] if event.talkgroup is not None else None
    return {
        "gateway": gateway,
        "radio_id": radio.id,
        "unit_id": radio.unit_id,
        "talkgroup_id": group.id if group else None,
        "called_radio_id": batch.radios.id_of(event.called),
        "agency_id": radio.agency_id or (group.agency_id if group else None),
    }
