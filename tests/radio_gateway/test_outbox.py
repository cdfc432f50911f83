"""Storing before acknowledging, with a real spool that runs full."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from radio_gateway import lane, sending
from radio_gateway.bus.memory import MemoryBus
from radio_gateway.domain.events import (
    EmergencyRaised,
    EmergencySource,
    Event,
    RadioHeard,
    StatusReceived,
)
from radio_gateway.domain.ids import RadioId
from radio_gateway.domain.wire import EventEnvelope, Receipt
from radio_gateway.links import clock
from radio_gateway.outbox import WAITING, NotStoredError, Outbox
from radio_gateway.spool import Spool, SpoolFullError, feed, open_spool
from tests.radio_gateway.support import eventually, moment

RADIO = RadioId("liepaja", 101)


def status(number: int) -> StatusReceived:
    return StatusReceived(link="east", at=moment(), radio=RADIO, status=number)


def emergency() -> EmergencyRaised:
    return EmergencyRaised(link="east", at=moment(), radio=RADIO, source=EmergencySource.ALARM)


class Working:
    def __init__(self, outbox: Outbox, spool: Spool, bus: MemoryBus) -> None:
        self.outbox = outbox
        self.spool = spool
        self.bus = bus
        self.got: list[EventEnvelope] = []

    async def read(self) -> None:
        async for batch in self.bus.events():
            self.got += batch

    async def fill_up(self) -> None:
        """Take all room of the spool, emergencies' reserve included."""
        for event in (status(0), emergency()):
            try:
                while True:
                    await self.spool.append([event] * 20)
            except SpoolFullError:
                continue

    async def make_room(self) -> None:
        for urgent in (True, False):
            rows = await self.spool.pending(urgent=urgent, limit=10_000)
            await self.spool.acknowledge([row.id for row in rows])


@asynccontextmanager
async def working(
    path: Path, *, reading: bool = True, retry_s: float = 0.05
) -> AsyncIterator[Working]:
    bus = MemoryBus()
    async with open_spool(path / "spool.db", "coast", 150_000) as spool:
        outbox = Outbox(spool, bus, "coast", clock.now, retry_s=retry_s)
        work = Working(outbox, spool, bus)
        tasks = [asyncio.create_task(outbox.run())]
        if reading:
            tasks.append(asyncio.create_task(work.read()))
        yield work
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_only_durable_events_are_waited_for(tmp_path: Path) -> None:
    async with working(tmp_path) as work:
        loose: list[Event] = [RadioHeard(link="east", at=moment(), radio=RADIO)]
        assert work.outbox.submit(loose) is None
        assert work.outbox.submit([]) is None
        stored = work.outbox.submit([*loose, status(1), emergency()])
        assert stored is not None
        await stored
        assert (await work.spool.stats()).depth == 2
        await work.outbox.drain()
        assert work.outbox.idle
        await eventually(lambda: len(work.got) >= 4)


async def test_a_full_spool_holds_acknowledgements_until_there_is_room(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with working(tmp_path) as work:
        await work.fill_up()
        waiting = work.outbox.submit([status(7)])
        assert waiting is not None
        await eventually(lambda: "nothing is acknowledged" in caplog.text)
        assert not waiting.done()
        state = await work.outbox.status()
        assert state.unstored == 1
        assert state.fault is not None
        assert "used up" in state.fault
        await work.make_room()
        async with asyncio.timeout(10):
            await waiting
        assert (await work.outbox.status()).fault is None
        await eventually(lambda: any(item.event == status(7) for item in work.got))
    assert caplog.text.count("nothing is acknowledged") == 1, "one line per fault"


async def test_an_emergency_is_shown_at_once_even_when_it_cannot_be_stored(
    tmp_path: Path,
) -> None:
    async with working(tmp_path) as work:
        await work.fill_up()
        alarm = emergency()
        waiting = work.outbox.submit([alarm])
        assert waiting is not None
        await eventually(lambda: any(item.seq is None for item in work.got))
        (shown,) = [item for item in work.got if item.seq is None]
        assert shown.event == alarm
        assert not waiting.done(), "but the radio is told nothing yet"
        await work.make_room()
        async with asyncio.timeout(10):
            await waiting
        await eventually(
            lambda: any(item.id == shown.id and item.seq is not None for item in work.got)
        )


async def test_memory_is_bounded_while_the_spool_takes_nothing(tmp_path: Path) -> None:
    async with working(tmp_path) as work:
        await work.fill_up()
        for _ in range(0, WAITING + 2000, 1000):
            work.outbox.submit([status(1)] * 1000)
        last = work.outbox.submit([status(2)])
        assert last is not None
        with pytest.raises(NotStoredError):
            await last
        assert (await work.outbox.status()).lost >= 1


async def test_what_memory_does_not_hold_is_read_back_from_the_spool(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lane, "WINDOW", 400)
    monkeypatch.setattr(sending, "BATCH", 20)
    monkeypatch.setattr(feed, "READY", 200)
    bus = MemoryBus()
    async with open_spool(tmp_path / "spool.db", "coast", 500_000_000) as spool:
        outbox = Outbox(spool, bus, "coast", clock.now, retry_s=0.2)
        running = asyncio.create_task(outbox.run())
        total = 3000  # the bus holds 64 batches of 20
        for start in range(0, total, 20):
            stored = outbox.submit([status(start + n) for n in range(20)])
            assert stored is not None
            await stored
        seen: set[int] = set()
        async for batch in bus.events():
            seen |= {item.event.status for item in batch if isinstance(item.event, StatusReceived)}
            await bus.acknowledge(Receipt("coast", tuple(item.id for item in batch)))
            if len(seen) == total:
                break
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
