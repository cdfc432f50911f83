"""Storing a batch of events in one transaction."""

from collections.abc import Iterator, Sequence
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from dispatch.db.database import after_commit
from dispatch.ingest.batch import Batch
from dispatch.ingest.consumers import consume
from dispatch.ingest.repository import IngestRepository
from dispatch.live.hub import Passing
from dispatch.messages.service import radios_heard
from dispatch.positions.service import Report, record
from dispatch.radios.schemas import HeardView
from dispatch.radios.service import KnownRadio, RadioBook
from dispatch.shared import Shared
from dispatch.talkgroups.service import TalkgroupBook
from radio_gateway.domain import events as e
from radio_gateway.domain.ids import RadioId, TalkgroupId
from radio_gateway.domain.wire import EventEnvelope

_REPEATABLE: Final = (e.RadioHeard, e.LinkHealth)
"Storing them twice does no harm, so their ids are not kept."
_NOT_LIFE: Final = (e.RadioDeregistered, e.TextProgress, e.CommandResult)
"Speak of a radio without its having spoken, or are its last word."


async def store(session: AsyncSession, shared: Shared, envelopes: Sequence[EventEnvelope]) -> None:
    """Store what is new among these events, oldest first, and what follows from them."""
    fresh = await _unseen(session, shared, envelopes)
    if not fresh:
        return
    batch = Batch(session, shared, RadioBook(session, shared), TalkgroupBook(session, shared))
    await batch.radios.load({one for x in fresh for one in _radios(x.event)})
    await batch.talkgroups.load({one for x in fresh for one in _talkgroups(x.event)})
    for envelope in fresh:
        _notice(batch, envelope.event)
    await _positions(batch, fresh)
    for envelope in fresh:
        batch.gateway = envelope.gateway
        await consume(batch, envelope.event)
    await batch.radios.save()
    heard = batch.radios.heard()
    await radios_heard(session, shared, [radio.id for radio in heard])
    batch.passing += [_heard(radio) for radio in heard]
    if batch.passing:
        after_commit(session, lambda: shared.hub.pass_on(batch.passing))


async def _unseen(
    session: AsyncSession, shared: Shared, envelopes: Sequence[EventEnvelope]
) -> list[EventEnvelope]:
    kept = {x.id: x for x in envelopes if not isinstance(x.event, _REPEATABLE)}
    new: set[str] = set()
    if kept:
        at = shared.now()
        new = await IngestRepository(session).claim(
            [{"event_id": x.id, "gateway": x.gateway, "at": at} for x in kept.values()]
        )
    unseen = []
    for envelope in envelopes:
        if isinstance(envelope.event, _REPEATABLE):
            unseen.append(envelope)
        elif envelope.id in new:
            new.discard(envelope.id)
            unseen.append(envelope)
    return unseen


def _notice(batch: Batch, event: e.Event) -> None:
    """Whoever is heard is on."""
    radio = getattr(event, "radio", None)
    if isinstance(event, _NOT_LIFE) or not isinstance(radio, RadioId):
        return
    batch.radios[radio].alive(event.at.utc, event.link, getattr(event, "rssi_dbm", None))


async def _positions(batch: Batch, fresh: Sequence[EventEnvelope]) -> None:
    reports = []
    for envelope in fresh:
        event = envelope.event
        if isinstance(event, e.PositionReported):
            radio = batch.radios[event.radio]
            reports.append(Report(event, radio.id, radio.unit_id, radio.agency_id))
    if reports:
        batch.passing += await record(batch.session, reports)


def _heard(radio: KnownRadio) -> Passing:
    view = HeardView(
        radio_id=radio.id, at=radio.last_heard_at, rssi_dbm=radio.rssi_dbm, link=radio.link
    )
    return Passing("heard", radio.id, radio.agency_id, view.model_dump_json().encode())


def _radios(event: e.Event) -> Iterator[RadioId]:
    for name in ("radio", "called"):
        value = getattr(event, name, None)
        if isinstance(value, RadioId):
            yield value


def _talkgroups(event: e.Event) -> Iterator[TalkgroupId]:
    value = getattr(event, "talkgroup", None)
    if isinstance(value, TalkgroupId):
        yield value
