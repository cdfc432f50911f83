"""Storing a batch of events in one transaction."""

from collections.abc import Iterator, Sequence
from typing import Final

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from dispatch.db.bulk import is_sqlite, iso_text, micros, time_text
from dispatch.db.database import after_commit
from dispatch.ingest.batch import Batch
from dispatch.ingest.consumers import consume
from dispatch.ingest.memory import Memory, RecentIds
from dispatch.ingest.repository import IngestRepository
from dispatch.live.hub import Passing
from dispatch.messages.service import radios_heard
from dispatch.positions.recording import Report, record
from dispatch.radios.hearing import KnownRadio, RadioBook
from dispatch.shared import Shared
from dispatch.talkgroups.hearing import TalkgroupBook
from radio_gateway.domain import events as e
from radio_gateway.domain.ids import RadioId, TalkgroupId
from radio_gateway.domain.wire import EventEnvelope

_NOT_LIFE: Final = (e.RadioDeregistered, e.TextProgress, e.CommandResult)
"Speak of a radio without its having spoken, or are its last word."
_PLAIN: Final = (e.PositionReported, e.RadioHeard)
"Of one radio and nothing else, and by the thousand: no consumer needs to see them."


async def store(
    session: AsyncSession,
    shared: Shared,
    envelopes: Sequence[EventEnvelope],
    memory: Memory | None = None,
) -> None:
    """Store what is new among these events, oldest first, and what follows from them.

    `memory` is the writer's between its transactions; it must forget all if this one fails.
    Without events what the memory still owes the database is written.
    """
    async with shared.log.gathering(session):
        await _store(session, shared, envelopes, Memory() if memory is None else memory)


async def _store(
    session: AsyncSession, shared: Shared, envelopes: Sequence[EventEnvelope], memory: Memory
) -> None:
    await memory.refresh(session)
    fresh = await _unseen(session, shared, envelopes, memory.recent)
    batch = Batch(
        session,
        shared,
        RadioBook(session, shared, memory.radios, memory.monotonic()),
        TalkgroupBook(session, shared, memory.talkgroups),
        shared.now(),
    )
    await batch.radios.load(_radios(fresh))
    await batch.talkgroups.load(_talkgroups(fresh))
    if reports := _notice(batch, fresh):
        batch.passing += await record(session, reports, memory.positions, batch.now)
    for envelope in fresh:
        if not isinstance(envelope.event, _PLAIN):
            batch.gateway = envelope.gateway
            await consume(batch, envelope.event)
    await batch.radios.save()
    if batch.radios.added or batch.talkgroups.added:
        await memory.added(session)
    await radios_heard(session, shared, batch.radios.heard)
    batch.passing += [_heard(radio) for radio in batch.radios.heard.values()]
    if batch.passing:
        after_commit(session, lambda: shared.hub.pass_on(batch.passing))


async def _unseen(
    session: AsyncSession, shared: Shared, envelopes: Sequence[EventEnvelope], recent: RecentIds
) -> list[EventEnvelope]:
    """Ids of what must not be lost are kept in the database, those of the rest in memory."""
    durable = {x.id: x for x in envelopes if e.is_durable(x.event)}
    new: set[str] = set()
    if durable:
        at = time_text(micros(shared.now())) if is_sqlite(session) else shared.now()
        new = await IngestRepository(session).claim(
            [(one.id, one.gateway, at) for one in durable.values()]
        )
    unseen = []
    for envelope in envelopes:
        if envelope.id in durable:
            if envelope.id in new:
                new.discard(envelope.id)
                unseen.append(envelope)
        elif recent.meet(envelope.id):
            unseen.append(envelope)
    return unseen


def _notice(batch: Batch, fresh: Sequence[EventEnvelope]) -> list[Report]:
    """Whoever is heard is on; the positions among these events."""
    reports = []
    for envelope in fresh:
        event = envelope.event
        if isinstance(event, e.PositionReported):
            at = batch.plausible(event.at.utc)
            known = batch.radios.alive(event.radio, at, event.link)
            reports.append(Report(event, known.id, known.unit_id, known.agency_id, at))
            continue
        radio = getattr(event, "radio", None)
        if isinstance(event, _NOT_LIFE) or not isinstance(radio, RadioId):
            continue
        at = batch.plausible(event.at.utc)
        batch.radios.alive(radio, at, event.link, getattr(event, "rssi_dbm", None))
    return reports


def _heard(radio: KnownRadio) -> Passing:
    """As `HeardView` writes it."""
    at = radio.last_heard_at
    json = orjson.dumps(
        {
            "radio_id": radio.id,
            "at": None if at is None else iso_text(micros(at)),
            "rssi_dbm": radio.rssi_dbm,
            "link": radio.link,
        }
    )
    return Passing("heard", radio.id, radio.agency_id, json)


def _radios(fresh: Sequence[EventEnvelope]) -> Iterator[RadioId]:
    for envelope in fresh:
        event = envelope.event
        if isinstance(event, _PLAIN):
            yield event.radio
            continue
        for name in ("radio", "called"):
            value = getattr(event, name, None)
            if isinstance(value, RadioId):
                yield value


def _talkgroups(fresh: Sequence[EventEnvelope]) -> Iterator[TalkgroupId]:
    for envelope in fresh:
        value = getattr(envelope.event, "talkgroup", None)
        if isinstance(value, TalkgroupId):
            yield value
