"""Windows, receipts, losses on the way, and a bus that takes nothing."""

import asyncio
import gc
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from radio_gateway.bus.memory import BATCHES, MemoryBus
from radio_gateway.domain.events import (
    EmergencyRaised,
    Event,
    PositionReported,
    PositionSource,
    StatusReceived,
    TextReceived,
)
from radio_gateway.domain.geo import GeoPoint
from radio_gateway.domain.ids import RadioId
from radio_gateway.domain.wire import EventEnvelope, Receipt
from radio_gateway.lane import WINDOW
from radio_gateway.links import clock
from radio_gateway.outbox import Outbox
from radio_gateway.shedding import LIMIT
from radio_gateway.spool import Spool, open_spool
from tests.radio_gateway.support import eventually, moment
from tests.radio_gateway.test_outbox import RADIO, emergency, status

SPOOL = 500_000_000


class Dispatch:
    """Reads the bus as told, and remembers what came."""

    def __init__(self, bus: MemoryBus, spool: Spool, outbox: Outbox) -> None:
        self.bus = bus
        self.spool = spool
        self.outbox = outbox
        self.got: list[EventEnvelope] = []
        self.loses: Callable[[EventEnvelope], bool] = lambda _: False
        self.answers = True

    async def read(self) -> None:
        async for batch in self.bus.events():
            arrived = [x for x in batch if not self.loses(x)]
            self.got += arrived
            ids = tuple(x.id for x in arrived if x.seq is not None)
            if self.answers and ids:
                await self.bus.acknowledge(Receipt("coast", ids))

    def numbers(self) -> list[int]:
        return [x.seq for x in self.got if x.seq is not None]

    async def emptied(self) -> None:
        async with asyncio.timeout(60):
            while (await self.spool.stats()).depth:  # noqa: ASYNC110  # the file tells nobody
                await asyncio.sleep(0.01)


@asynccontextmanager
async def sending(
    path: Path, *, reading: bool = True, retry_s: float = 5.0
) -> AsyncIterator[Dispatch]:
    bus = MemoryBus()
    async with open_spool(path / "spool.db", "coast", SPOOL) as spool:
        outbox = Outbox(spool, bus, "coast", clock.now, retry_s=retry_s)
        dispatch = Dispatch(bus, spool, outbox)
        tasks = [asyncio.create_task(outbox.run())]
        if reading:
            tasks.append(asyncio.create_task(dispatch.read()))
        yield dispatch
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def resident() -> int:
    """Octets of memory that this process has."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def position(number: int) -> PositionReported:
    return PositionReported(
        link="east",
        at=moment(),
        radio=RadioId("liepaja", number),
        point=GeoPoint(56.5, 21.0),
        source=PositionSource.TRIGGERED,
    )


def text(number: int) -> TextReceived:
    return TextReceived(link="east", at=moment(), radio=RADIO, text=f"text {number}")


async def stored(outbox: Outbox, events: list[Event]) -> None:
    done = outbox.submit(events)
    assert done is not None
    async with asyncio.timeout(30):
        await done


async def test_a_message_lost_on_the_way_goes_again_once_later_ones_have_receipts(
    tmp_path: Path,
) -> None:
    lost = {3, 4, 17}

    def loses(envelope: EventEnvelope) -> bool:
        if envelope.seq in lost:
            lost.remove(envelope.seq)
            return True
        return False

    async with sending(tmp_path, retry_s=0.2) as dispatch:
        dispatch.loses = loses
        for number in range(30):
            await stored(dispatch.outbox, [status(number)])
        await dispatch.emptied()
        assert sorted(dispatch.numbers()) == list(range(1, 31)), "each of them once"


async def test_what_dispatch_asks_for_comes_at_once_and_nothing_else(tmp_path: Path) -> None:
    async with sending(tmp_path, retry_s=600.0) as dispatch:
        dispatch.answers = False
        await stored(dispatch.outbox, [status(n) for n in range(10)])
        await eventually(lambda: len(dispatch.got) == 10)
        later = clock.now().mono + 1.1  # an event that left just now is not taken for lost
        await eventually(lambda: clock.now().mono > later)
        await dispatch.bus.acknowledge(
            Receipt("coast", (), dispatch.spool.epoch, wanted=((2, 3), (9, 9)))
        )
        await eventually(lambda: len(dispatch.got) == 13)
        assert [x.seq for x in dispatch.got[10:]] == [2, 3, 9]
        assert dispatch.got[10:] == [dispatch.got[n] for n in (1, 2, 8)]


async def test_what_the_spool_does_not_hold_is_told_and_blocks_nothing(tmp_path: Path) -> None:
    changes: list[str] = []
    async with sending(tmp_path) as dispatch:
        dispatch.outbox.on_change = lambda: changes.append("changed")
        await stored(dispatch.outbox, [status(n) for n in range(10)])
        await dispatch.emptied()
        epoch = dispatch.spool.epoch
        await dispatch.bus.acknowledge(Receipt("coast", (), "another", wanted=((1, 4),)))
        await dispatch.bus.acknowledge(Receipt("coast", (), epoch, wanted=((2, 3), (8, 99))))
        await eventually(lambda: changes)
        told = await dispatch.outbox.status()
        assert told.gone == ((2, 3), (8, 10)), "11 and later were never given"
        assert told.epoch == epoch
        await stored(dispatch.outbox, [status(10)])
        await eventually(lambda: dispatch.numbers()[-1] == 11)


async def test_a_silent_dispatch_is_probed_and_not_flooded(tmp_path: Path) -> None:
    async with sending(tmp_path, retry_s=0.05) as dispatch:
        dispatch.answers = False
        await stored(dispatch.outbox, [status(n) for n in range(1000)])
        await eventually(lambda: len(dispatch.got) > 1040)
        assert len(dispatch.got) < 1100
        dispatch.answers = True
        await dispatch.emptied()
        assert set(dispatch.numbers()) == set(range(1, 1001))


async def test_a_backlog_drains_in_order_while_a_new_alarm_overtakes(tmp_path: Path) -> None:
    total = 20_000
    async with open_spool(tmp_path / "spool.db", "coast", SPOOL) as spool:
        for start in range(0, total, 1000):
            await spool.append([status(start + n) for n in range(1000)])
    async with sending(tmp_path, reading=False) as dispatch:
        await eventually(lambda: len(dispatch.bus._events._others) > 1)
        await stored(dispatch.outbox, [emergency()])
        await eventually(lambda: dispatch.bus._events._alarms)
        reader = asyncio.create_task(dispatch.read())
        await dispatch.emptied()
        reader.cancel()
        numbers = dispatch.numbers()
        assert numbers[0] == total + 1, "the alarm, stored last"
        assert isinstance(dispatch.got[0].event, EmergencyRaised)
        assert numbers[1:] == list(range(1, total + 1)), "oldest first, each once"


async def test_a_bus_that_takes_nothing_ends_in_shedding_and_not_in_memory(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """100 000 positions, 5 000 texts and 50 alarms while nobody reads the bus."""
    async with sending(tmp_path, reading=False) as dispatch:
        outbox = dispatch.outbox
        await stored(outbox, [status(0)])
        gc.collect()
        before = resident()
        done = []
        for round_ in range(1000):
            outbox.submit([position(n % 2000) for n in range(round_ * 100, round_ * 100 + 100)])
            done.append(outbox.submit([text(round_ * 5 + n) for n in range(5)]))
            if round_ % 20 == 0:
                done.append(outbox.submit([emergency()]))
            if round_ % 10 == 0:
                await asyncio.sleep(0)
        async with asyncio.timeout(60):
            await asyncio.gather(*(each for each in done if each is not None))
        state = await outbox.status()
        assert (state.depth, state.lost, state.unstored) == (5051, 0, 0)
        shed = state.shed["position_reported"]
        assert shed > 100_000 - LIMIT - 500 * (BATCHES + 1)
        assert state.shedding_since is not None
        grown = resident() - before
        assert grown < 100_000_000, f"{grown:,} octets"
        reader = asyncio.create_task(dispatch.read())
        await dispatch.emptied()
        await outbox.drain()
        await eventually(
            lambda: (
                sum(isinstance(x.event, PositionReported) for x in dispatch.got) == 100_000 - shed
            )
        )
        reader.cancel()
    first = next(n for n, x in enumerate(dispatch.got) if isinstance(x.event, EmergencyRaised))
    assert first == 0, "alarms had a way of their own"
    texts = [x.event.text for x in dispatch.got if isinstance(x.event, TextReceived)]
    assert sorted(set(texts)) == sorted(f"text {n}" for n in range(5000))
    newest = {x.event.radio for x in dispatch.got if isinstance(x.event, PositionReported)}
    assert len(newest) == 2000, "every radio is on the map"
    assert caplog.text.count("overload: ") == 1


async def test_a_crowded_spool_takes_no_positions_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    bus = MemoryBus()
    changes: list[bool] = []
    async with open_spool(tmp_path / "spool.db", "coast", 200_000) as spool:
        outbox = Outbox(spool, bus, "coast", clock.now)
        outbox.on_change = lambda: changes.append(True)
        running = asyncio.create_task(outbox.run())
        while spool.fill < 0.8:
            await stored(outbox, [status(1)] * 20)
        await eventually(lambda: changes)
        outbox.submit([position(1)])
        state = await outbox.status()
        assert state.shed == {"position_reported": 1}
        assert state.shedding_since is not None
        await stored(outbox, [status(2)])
        for urgent in (False, True):
            rows = await spool.pending(urgent=urgent, limit=100_000)
            await bus.acknowledge(Receipt("coast", tuple(row.id for row in rows)))
        await eventually(lambda: spool.fill < 0.7 and len(changes) > 2)
        outbox.submit([position(1)])
        assert (await outbox.status()).shed == {"position_reported": 1}
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert caplog.text.count("positions are no longer taken") == 1
    assert caplog.text.count("positions are taken again") == 1


async def test_a_spool_that_is_made_anew_is_sent_again_under_its_new_numbers(
    tmp_path: Path,
) -> None:
    async with sending(tmp_path, retry_s=0.1) as dispatch:
        dispatch.answers = False
        await stored(dispatch.outbox, [status(n) for n in range(5)])
        await eventually(lambda: len(dispatch.got) >= 5)
        before = dispatch.spool.epoch
        (tmp_path / "spool.db").unlink()
        await stored(dispatch.outbox, [status(5)])
        dispatch.answers = True
        await dispatch.emptied()
        new = {x.seq: x.event for x in dispatch.got if x.epoch not in ("", before)}
        assert new == {n + 1: status(n) for n in range(6)}
        assert {x.event.status for x in dispatch.got if isinstance(x.event, StatusReceived)} == {
            *range(6)
        }


@pytest.mark.slow
async def test_a_hundred_thousand_waiting_events_drain_in_less_than_a_minute(
    tmp_path: Path,
) -> None:
    total = 20 * WINDOW
    async with open_spool(tmp_path / "spool.db", "coast", SPOOL) as spool:
        for start in range(0, total, 1000):
            await spool.append([status(start + n) for n in range(1000)])
    began = clock.now().mono
    async with sending(tmp_path) as dispatch:
        await dispatch.emptied()
        assert clock.now().mono - began < 60
        assert dispatch.numbers() == list(range(1, total + 1))
