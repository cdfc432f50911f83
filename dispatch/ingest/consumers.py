"""Which consumer takes which event. A new kind of event fails `mypy` until it is named here."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias, assert_never

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

_Alone: TypeAlias = (
    e.EmergencyCleared
    | e.TextProgress
    | e.StatusReceived
    | e.CommandResult
    | e.LinkChanged
    | e.LinkHealth
)


@dataclass(slots=True)
class _Together:
    """Events that are stored many at a time, each kind in the order of its coming."""

    alarms: list[e.EmergencyRaised] = field(default_factory=list)
    calls: list[tuple[str, CallEvent]] = field(default_factory=list)
    "By which gateway, and what it says."
    texts: list[e.TextReceived | e.CallAlertReceived] = field(default_factory=list)

    async def consume(self, batch: Batch) -> None:
        """Hand them to their features, alarms first."""
        if self.alarms:
            await emergencies.on_raised(batch, self.alarms)
        if self.calls:
            await calls.on_calls(batch, self.calls)
        if self.texts:
            await messages.on_texts(batch, self.texts)
        self.alarms, self.calls, self.texts = [], [], []


async def consume_all(batch: Batch, envelopes: Iterable[EventEnvelope]) -> None:
    """Hand events to their features in this order.

    Texts and call alerts are one piece of work, so are alarms, and so is what is said of calls,
    until an event comes that is stored by itself; signs of life between them do not count.
    """
    together = _Together()
    for envelope in envelopes:
        batch.gateway = envelope.gateway
        await _consume(batch, envelope.event, together)
    await together.consume(batch)


async def _consume(batch: Batch, event: e.Event, together: _Together) -> None:
    match event:
        case e.EmergencyRaised():
            together.alarms.append(event)
        case e.CallStarted() | e.TalkerAliasHeard() | e.CallEnded():
            together.calls.append((batch.gateway, event))
        case e.TextReceived() | e.CallAlertReceived():
            together.texts.append(event)
        case e.RadioDeregistered():
            batch.radios[event.radio].gone(batch.plausible(event.at.utc))
        case e.RadioRegistered() | e.RadioHeard() | e.PositionReported() | e.TelemetryReceived():
            pass  # signs of life, and positions that go in together: see `store`
        case _:
            await together.consume(batch)
            await _consume_alone(batch, event)


async def _consume_alone(batch: Batch, event: _Alone) -> None:
    match event:
        case e.EmergencyCleared():
            await emergencies.on_cleared(batch, event)
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
        case _:
            assert_never(event)
