"""Calls from gateways."""

from typing import Any

from dispatch.calls.service import alias_heard, ended, started
from dispatch.ingest.batch import Batch
from radio_gateway.domain.events import CallEnded, CallStarted, TalkerAliasHeard


async def on_started(batch: Batch, event: CallStarted) -> None:
    """A transmission began."""
    await started(batch.session, batch.shared, event, _rows(batch, event))


async def on_alias(batch: Batch, event: TalkerAliasHeard) -> None:
    """A talker alias is complete."""
    await alias_heard(batch.session, batch.shared, event.call, event.alias)


async def on_ended(batch: Batch, event: CallEnded) -> None:
    """A transmission ended."""
    await ended(batch.session, batch.shared, event, _rows(batch, event))


def _rows(batch: Batch, event: CallStarted | CallEnded) -> dict[str, Any]:
    radio = batch.radios[event.radio]
    group = batch.talkgroups[event.talkgroup] if event.talkgroup is not None else None
    return {
        "gateway": batch.gateway,
        "radio_id": radio.id,
        "unit_id": radio.unit_id,
        "talkgroup_id": group.id if group else None,
        "called_radio_id": batch.radios.id_of(event.called),
        "agency_id": radio.agency_id or (group.agency_id if group else None),
    }
