"""Storing a batch of events in one transaction."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from dispatch.db.bulk import is_sqlite, iso_text, micros, time_text
from dispatch.db.database import after_commit
from dispatch.ingest.batch import Batch
from dispatch.ingest.consumers import consume_all
from dispatch.ingest.memory import Memory, RecentIds
from dispatch.ingest.repository import IngestRepository
from dispatch.live.hub import Passing
from dispatch.messages.service import radios_heard
from dispatch.positions.recording import Recorded, Report, record
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
    plain = [one for one in envelopes if isinstance(one.event, _PLAIN)]
    rest = [one for one in envelopes if not isinstance(one.event, _PLAIN)]
    plain = memory.recent.unmet(plain)
    rest = await _unseen(session, shared, rest, memory.recent)
    batch = Batch(
        session,
        shared,
        RadioBook(session, shared, memory.radios, memory.monotonic()),
        TalkgroupBook(session, shared, memory.talkgroups),
        shared.now(),
    )
    await batch.radios.load(_radios(plain, rest))
    await batch.talkgroups.load(_talkgroups(rest))
    positions: Recorded | None = None
    if reports := _notice(batch, plain):
        positions = await record(session, reports, memory.positions, batch.now)
    _notice_others(batch, rest)
    await consume_all(batch, rest)
    await batch.radios.save()
    if batch.radios.added or batch.talkgroups.added:
        await memory.added(session)
    await radios_heard(session, shared, batch.radios.heard)
    after_commit(session, lambda: _tell(batch, positions))


async def _unseen(
    session: AsyncSession, shared: Shared, envelopes: Sequence[EventEnvelope], recent: RecentIds
) -> list[EventEnvelope]:
    """Ids of what must not be lost are kept in the database, those of the rest in memory."""
    durable = {x.id: x for x in envelopes if e.is_durable(x.event)}
    unmet = {x.id for x in recent.unmet([x for x in envelopes if x.id not in durable])}
    if durable:
        at = time_text(micros(shared.now())) if is_sqlite(session) else shared.now()
        unmet |= await IngestRepository(session).claim(
            [(one.id, one.gateway, at) for one in durable.values()]
        )
    fresh = []
    for envelope in envelopes:
        if envelope.id in unmet:
            unmet.discard(envelope.id)
            fresh.append(envelope)
    return fresh


def _notice(batch: Batch, plain: Sequence[EventEnvelope]) -> list[Report]:
    """Whoever is heard is on; the positions among these events."""
    reports: list[Report] = []
    append, alive, known = reports.append, batch.radios.alive, batch.radios.known
    earliest, latest = batch.earliest, batch.latest
    for envelope in plain:
        event: Any = envelope.event
        at = event.at.utc
        if not earliest <= at <= latest:
            at = batch.now
        radio = known[event.radio]
        if type(event) is e.PositionReported:
            alive(radio, at, event.link)
            append((event, radio, micros(at)))
        else:
            alive(radio, at, event.link, event.rssi_dbm)
    return reports


def _notice_others(batch: Batch, rest: Sequence[EventEnvelope]) -> None:
    for envelope in rest:
        event = envelope.event
        radio = getattr(event, "radio", None)
        if not isinstance(event, _NOT_LIFE) and isinstance(radio, RadioId):
            at, rssi_dbm = batch.plausible(event.at.utc), getattr(event, "rssi_dbm", None)
            batch.radios.alive(batch.radios[radio], at, event.link, rssi_dbm)


def _tell(batch: Batch, positions: Recorded | None) -> None:
    """Hand consoles what is not logged; nothing is written that nobody follows."""
    hub = batch.shared.hub
    if not hub.listened:
        return
    values = [*batch.passing, *map(_heard, batch.radios.heard.values())]
    if positions is not None:
        values = positions.told() + values
    if values:
        hub.pass_on(values)


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


def _radios(plain: Iterable[EventEnvelope], rest: Iterable[EventEnvelope]) -> Iterator[RadioId]:
    for envelope in plain:
        event: Any = envelope.event
        yield event.radio
    for envelope in rest:
        for name in ("radio", "called"):
            value = getattr(envelope.event, name, None)
            if isinstance(value, RadioId):
                yield value


def _talkgroups(rest: Iterable[EventEnvelope]) -> Iterator[TalkgroupId]:
    for envelope in rest:
        value = getattr(envelope.event, "talkgroup", None)
        if isinstance(value, TalkgroupId):
            yield value
