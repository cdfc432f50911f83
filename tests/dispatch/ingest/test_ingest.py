"""From the bus into the database: once, whatever happens on the way."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Any

import orjson
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from dispatch.emergencies.service import recent
from dispatch.ingest import service as ingest_service
from dispatch.ingest.memory import Memory
from dispatch.ingest.service import Ingest
from dispatch.ingest.store import store
from dispatch.live.hub import Passing
from dispatch.live.scope import EVERYTHING
from dispatch.radios.service import radios
from dispatch.shared import Shared
from radio_gateway.bus.memory import MemoryBus
from radio_gateway.domain.events import (
    CallKind,
    CallStarted,
    EmergencyRaised,
    EmergencySource,
    Event,
    PositionReported,
    PositionSource,
    RadioDeregistered,
    RadioHeard,
    RadioRegistered,
    StatusReceived,
    TextReceived,
)
from radio_gateway.domain.geo import GeoPoint
from radio_gateway.domain.ids import RadioId
from radio_gateway.domain.wire import EventEnvelope
from tests.dispatch.world import LINK, OURS, THEIRS, World, envelope, every_event, moment


def position(second: float, radio: RadioId = OURS, lat: float = 56.5) -> PositionReported:
    return PositionReported(
        link=LINK,
        at=moment(second),
        radio=radio,
        point=GeoPoint(lat, 21.0),
        source=PositionSource.TRIGGERED,
    )


@asynccontextmanager
async def ingesting(world: World) -> AsyncIterator[tuple[MemoryBus, Ingest]]:
    bus = MemoryBus()
    ingest = Ingest(world.shared, bus)
    task = asyncio.create_task(ingest.run())
    try:
        yield bus, ingest
    finally:
        await bus.close()
        async with asyncio.timeout(10):
            await task


async def receipts(bus: MemoryBus, count: int) -> list[str]:
    ids: list[str] = []
    async with asyncio.timeout(10):
        async for receipt in bus.receipts("gw"):
            ids += receipt.ids
            if len(ids) >= count:
                break
    return ids


async def test_a_receipt_comes_after_the_commit_for_each_durable_event(world: World) -> None:
    events = [envelope(one) for one in every_event()]
    async with ingesting(world) as (bus, ingest):
        await bus.publish(events)
        got = await receipts(bus, len(events))
        async with world.database.read() as session:
            assert (await session.execute(text("SELECT count(*) FROM call_record"))).scalar() == 1
    assert sorted(got) == sorted(one.id for one in events)
    assert ingest.stored == len(events)
    assert ingest.rejected == 0


async def test_an_alarm_overtakes_what_waits(world: World) -> None:
    async with ingesting(world) as (bus, _):
        alarm = EmergencyRaised(link=LINK, at=moment(), radio=OURS, source=EmergencySource.ALARM)
        await bus.publish([envelope(TextReceived(link=LINK, at=moment(), radio=OURS, text="x"))])
        await bus.publish([envelope(alarm)])
        await receipts(bus, 2)
    kinds = [one for one in world.types() if one in ("emergency.raised", "message.created")]
    assert kinds == ["emergency.raised", "message.created"]


async def test_an_event_at_fault_is_put_aside_and_blocks_nothing(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    # a number that only the database refuses
    bad = envelope(
        CallStarted(link=LINK, at=moment(), call="c", kind=CallKind.ALL, radio=OURS, slot=2**70)
    )
    good = [envelope(StatusReceived(link=LINK, at=moment(n), radio=OURS, status=n)) for n in (1, 2)]
    async with ingesting(world) as (bus, ingest):
        await bus.publish([good[0], bad, good[1]])
        got = await receipts(bus, 3)
    assert sorted(got) == sorted([bad.id, *(one.id for one in good)])
    assert (ingest.stored, ingest.rejected) == (2, 1)
    assert "put aside" in caplog.text
    async with world.database.read() as session:
        rows = (await session.execute(text("SELECT event_id, kind FROM rejected_event"))).all()
    assert [tuple(row) for row in rows] == [(bad.id, "call_started")]


async def test_a_position_that_no_column_takes_blocks_no_other(world: World) -> None:
    bad = envelope(replace(position(1), speed_kmh=1e300))
    good = [envelope(position(second, THEIRS)) for second in (2, 3)]
    async with ingesting(world) as (bus, _):
        await bus.publish([good[0], bad, good[1]])
        await receipts(bus, 3)
    async with world.database.read() as session:
        query = "SELECT count(*) FROM position WHERE radio_id = 2"
        assert (await session.execute(text(query))).scalar() == 2


async def test_text_that_no_database_takes_is_mended_and_kept(world: World) -> None:
    await world.hear(TextReceived(link=LINK, at=moment(), radio=OURS, text="a\0b\ud800c"))
    assert world.told("message")[0]["data"]["text"] == "a\ufffdb?c"


async def test_a_database_in_trouble_is_waited_for(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = store
    failures = 2

    async def failing(session: AsyncSession, shared: Shared, events: Any, memory: Memory) -> None:
        nonlocal failures
        await whole(session, shared, events, memory)
        if failures:
            failures -= 1
            raise OperationalError("INSERT", {}, Exception("database is locked"))

    monkeypatch.setattr(ingest_service, "store", failing)
    monkeypatch.setattr(ingest_service, "RETRY_S", (0.0,))
    one = envelope(TextReceived(link=LINK, at=moment(), radio=OURS, text="x"))
    async with ingesting(world) as (bus, ingest):
        await bus.publish([one])
        assert await receipts(bus, 1) == [one.id]
        assert ingest.trouble is None
    assert world.types("message") == ["message.created"]


async def test_unknown_radios_get_a_row_and_are_told(world: World) -> None:
    new = RadioId("liepaja", 2340199)
    await world.hear(RadioHeard(link=LINK, at=moment(1), radio=new))
    (told,) = world.told("radio.changed")
    data = told["data"]
    assert (data["label"], data["presence"], data["link"]) == ("2340199", "on", LINK)
    assert data["last_heard_at"] == "2026-03-01T08:00:01.000Z"
    assert "text_to_radio" in data["abilities"]


async def test_presence_goes_by_the_time_of_hearing(world: World) -> None:
    await world.hear(RadioRegistered(link=LINK, at=moment(10), radio=OURS))
    await world.hear(RadioDeregistered(link=LINK, at=moment(20), radio=OURS))
    await world.hear(RadioHeard(link=LINK, at=moment(15), radio=OURS))
    assert [one["data"]["presence"] for one in world.told("radio.changed")] == ["on", "off"]
    await world.hear(RadioHeard(link=LINK, at=moment(21), radio=OURS))
    await world.hear(RadioDeregistered(link=LINK, at=moment(20), radio=OURS))
    assert [one["data"]["presence"] for one in world.told("radio.changed")][2:] == ["on"]


async def test_a_status_moves_the_unit_and_a_late_one_does_not(world: World) -> None:
    def status(second: float, number: int) -> StatusReceived:
        return StatusReceived(link=LINK, at=moment(second), radio=OURS, status=number)

    await world.hear(status(10, 2))
    await world.hear(status(5, 4))
    await world.hear(status(11, 77))
    assert [one["data"]["label"] for one in world.told("status")] == [
        "on the way",
        "off duty",
        "status 77",
    ]
    assert [one["data"]["status"] for one in world.told("unit.changed")] == ["busy"]


async def test_positions_are_shown_by_age_and_kept_all(world: World) -> None:
    passed: list[Passing] = []
    world.shared.hub.relay = passed.extend
    await world.hear(position(10, lat=56.1), position(30, lat=56.3), position(20, lat=56.2))
    await world.hear(position(25, lat=56.25))
    shown = [orjson.loads(one.json) for one in passed if one.type == "positions"]
    assert [(one["lat"], one["radio_id"], one["unit_id"]) for one in shown] == [(56.3, 1, 1)]
    async with world.database.read() as session:
        assert (await session.execute(text("SELECT count(*) FROM position"))).scalar() == 4
        lat = (await session.execute(text("SELECT lat_e7 FROM latest_position"))).scalar()
    assert lat == 563_000_000


@pytest.mark.parametrize("seed", range(4))
async def test_duplicates_and_disorder_give_the_same_final_state(world: World, seed: int) -> None:
    """Compared with what the events say, not with another run."""
    dice = random.Random(seed)
    events: list[Event] = [
        one
        for one in every_event()
        # informs about an open alarm only, so it has to come after it
        if type(one).__name__ != "EmergencyCleared"
    ]
    events += [position(100 + n, dice.choice((OURS, THEIRS)), 50 + n) for n in range(20)]
    envelopes = [envelope(one) for one in events]
    envelopes += dice.sample(envelopes, 12)
    dice.shuffle(envelopes)
    while envelopes:
        size = dice.randrange(1, 9)
        await world.store(envelopes[:size])
        envelopes = envelopes[size:]
    newest = {
        radio: max(
            (one for one in events if isinstance(one, PositionReported) and one.radio == radio),
            key=lambda one: one.at.mono,
        )
        for radio in (OURS, THEIRS)
    }
    async with world.database.read() as session:
        state = {
            name: (await session.execute(text(query))).all()
            for name, query in {
                "calls": "SELECT call, duration_s, end_reason, talker_alias FROM call_record",
                "latest": "SELECT radio_id, lat_e7 FROM latest_position ORDER BY radio_id",
                "messages": "SELECT kind, text, state FROM message ORDER BY kind",
                "unit": "SELECT status FROM unit WHERE id = 1",
                "positions": "SELECT count(*) FROM position",
            }.items()
        }
        known = await radios(session, world.shared, EVERYTHING)
        alarms = await recent(session, EVERYTHING)
    assert [tuple(row)[:3] for row in state["calls"]] == [("c1", 2.0, "terminator")]
    assert [tuple(row) for row in state["latest"]] == [
        (1, round(newest[OURS].point.lat * 1e7)),
        (2, round(newest[THEIRS].point.lat * 1e7)),
    ]
    assert [tuple(row) for row in state["messages"]] == [
        ("call_alert", "", "received"),
        ("text", "Klausos", "received"),
    ]
    assert [tuple(row) for row in state["unit"]] == [("free",)]
    assert [tuple(row) for row in state["positions"]] == [(21,)]
    assert [(one.state, one.repeats) for one in alarms] == [("raised", 0)]
    assert {one.id: one.last_heard_at for one in known if one.id < 3} == {
        1: newest[OURS].at.utc,
        2: newest[THEIRS].at.utc,
    }


async def test_what_can_wait_is_gathered_and_what_cannot_is_not(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    whole = store

    async def counting(session: AsyncSession, shared: Shared, events: Any, memory: Memory) -> None:
        sizes.append(len(events))
        await whole(session, shared, events, memory)

    monkeypatch.setattr(ingest_service, "store", counting)
    # the clock stands still: what can wait would wait for ever
    async with ingesting_at(world, lambda: 0.0) as (bus, ingest):
        await bus.publish([envelope(position(1), seq=None)])
        await until(lambda: ingest.stored == 1)
        await bus.publish([envelope(position(2), seq=None)])
        await bus.publish([envelope(position(3), seq=None)])
        await until(lambda: ingest.waiting == 2)
        await bus.publish([envelope(TextReceived(link=LINK, at=moment(), radio=OURS, text="x"))])
        await until(lambda: ingest.stored == 4)
    assert sizes == [1, 3]


@asynccontextmanager
async def ingesting_at(
    world: World, monotonic: Callable[[], float]
) -> AsyncIterator[tuple[MemoryBus, Ingest]]:
    bus = MemoryBus()
    ingest = Ingest(world.shared, bus, monotonic)
    task: asyncio.Task[None] = asyncio.create_task(_forever(ingest.run))
    try:
        yield bus, ingest
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _forever(work: Callable[[], Awaitable[None]]) -> None:
    await work()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110  what is waited for has no event of its own
            await asyncio.sleep(0)


def test_every_kind_of_event_is_in_the_mix() -> None:
    from typing import get_args

    assert {type(one) for one in every_event()} == set(get_args(Event))


def test_envelopes_of_the_mix_differ() -> None:
    ids: list[EventEnvelope] = [envelope(one) for one in every_event()]
    assert len({one.id for one in ids}) == len(ids)
