"""Which consumer takes which event. A new kind of event fails `mypy` until it is named here."""

from collections.abc import Iterable
from itertools import groupby
from typing import assert_never

from dispatch.calls import consumer as calls
from dispatch.commands import consumer as commands
from dispatch.emergencies import consumer as emergencies
from dispatch.ingest.batch import Batch
from dispatch.links import consumer as links
from dispatch.messages import consumer as messages
from dispatch.units import consumer as units
from radio_gateway.domain import events as e
from radio_gateway.domain.wire import EventEnvelope


async def consume_all(batch: Batch, envelopes: Iterable[EventEnvelope]) -> None:
    """Hand events to their features in this order; texts in a row are one piece of work."""
    for are_texts, run in groupby(envelopes, lambda one: isinstance(one.event, e.TextReceived)):
        if are_texts:
            texts = (one.event for one in run)
            await messages.on_texts(
                batch, [one for one in texts if isinstance(one, e.TextReceived)]
            )
            continue
        for envelope in run:
            batch.gateway = envelope.gateway
            await consume(batch, envelope.event)


async def consume(batch: Batch, event: e.Event) -> None:  # noqa: C901  one line per event
    """Hand one event to its feature."""
    match event:
        case e.EmergencyRaised():
            await emergencies.on_raised(batch, event)
        case e.EmergencyCleared():
            await emergencies.on_cleared(batch, event)
        case e.CallStarted():
            await calls.on_started(batch, event)
        case e.TalkerAliasHeard():
            await calls.on_alias(batch, event)
        case e.CallEnded():
            await calls.on_ended(batch, event)
        case e.TextReceived():
            await messages.on_texts(batch, [event])
        case e.TextProgress():
            await messages.on_progress(batch, event)
        case e.StatusReceived():
            await units.on_status(batch, event)
        case e.CommandResult():
            await commands.on_result(batch, event)
        case e.LinkChanged():
            await links.on_link_changed(batch, event)
        case e.LinkHealth():
            await links.on_link_health(batch, event)
        case e.RadioDeregistered():
            batch.radios[event.radio].gone(batch.plausible(event.at.utc))
        case e.RadioRegistered() | e.RadioHeard() | e.PositionReported() | e.TelemetryReceived():
            pass  # signs of life, and positions that go in together: see `store`
        case _:
            assert_never(event)
