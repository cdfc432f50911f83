"""Which consumer takes which event. A new kind of event fails `mypy` until it is named here."""

from collections.abc import Iterable
from itertools import groupby
from typing import Literal, assert_never

from dispatch.calls import consumer as calls
from dispatch.calls.recording import CallEvent
from dispatch.commands import consumer as commands
from dispatch.emergencies import consumer as emergencies
from dispatch.ingest.batch import Batch
from dispatch.links import consumer as links
from dispatch.messages import consumer as messages
from dispatch.units import consumer as units
from radio_gateway.domain import events as e
from radio_gateway.domain.wire import EventEnvelope


async def consume_all(batch: Batch, envelopes: Iterable[EventEnvelope]) -> None:
    """Hand events to their features in this order.

    Texts in a row are one piece of work; so are alarms, and what is said of calls.
    """
    for nature, run in groupby(envelopes, lambda one: _nature(one.event)):
        events = [(one.gateway, one.event) for one in run]
        match nature:
            case "calls":
                said = [(gateway, one) for gateway, one in events if isinstance(one, CallEvent)]
                await calls.on_calls(batch, said)
            case "texts":
                texts = [one for _, one in events if isinstance(one, e.TextReceived)]
                await messages.on_texts(batch, texts)
            case "alarms":
                alarms = [one for _, one in events if isinstance(one, e.EmergencyRaised)]
                await emergencies.on_raised(batch, alarms)
            case None:
                for gateway, event in events:
                    batch.gateway = gateway
                    await consume(batch, event)


def _nature(event: e.Event) -> Literal["calls", "texts", "alarms"] | None:
    """Names what events in a row are stored together by; None: one by one."""
    if isinstance(event, CallEvent):
        return "calls"
    if isinstance(event, e.TextReceived):
        return "texts"
    return "alarms" if isinstance(event, e.EmergencyRaised) else None


async def consume(batch: Batch, event: e.Event) -> None:
    """Hand one event to its feature."""
    match event:
        case e.EmergencyRaised():
            await emergencies.on_raised(batch, [event])
        case e.EmergencyCleared():
            await emergencies.on_cleared(batch, event)
        case e.CallStarted() | e.TalkerAliasHeard() | e.CallEnded():
            await calls.on_calls(batch, [(batch.gateway, event)])
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
