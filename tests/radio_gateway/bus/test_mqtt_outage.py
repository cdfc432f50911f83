"""A broker that stops, dies or forgets everything: what a gateway has stored still arrives."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from radio_gateway.bus.errors import BusError
from radio_gateway.bus.mqtt_dispatch import DispatchMqttBus
from radio_gateway.domain.events import Event, StatusReceived
from radio_gateway.domain.wire import Receipt
from radio_gateway.links import clock
from radio_gateway.outbox import Outbox
from radio_gateway.spool import open_spool
from tests.fakes.broker import Mosquitto, running_broker
from tests.radio_gateway.bus.world import (
    MOMENT,
    PATIENCE_S,
    RADIO,
    connected,
    dispatch_at,
    gateway_at,
)


@pytest.fixture
def broker() -> Iterator[Mosquitto]:
    with running_broker() as started:
        yield started


class Site:
    """A gateway's outbox that hears one numbered status after the other."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self.heard = 0

    async def hear(self, count: int) -> None:
        """Commit so many events more, a few at a time."""
        while count > 0:
            size = min(count, 50)
            stored = self._outbox.submit([self._next() for _ in range(size)])
            assert stored is not None
            await stored
            count -= size

    def _next(self) -> Event:
        self.heard += 1
        return StatusReceived(link="east", at=MOMENT, radio=RADIO, status=self.heard)


class Centre:
    """Dispatch: commits what is new, in memory, and gives receipts."""

    def __init__(self, bus: DispatchMqttBus) -> None:
        self._bus = bus
        self._changed = asyncio.Condition()
        self._ids: set[str] = set()
        self.order: list[int] = []
        "Numbers of the statuses as they came first."

    async def run(self) -> None:
        async for batch in self._bus.events():
            for one in batch:
                if one.id not in self._ids and isinstance(one.event, StatusReceived):
                    self._ids.add(one.id)
                    self.order.append(one.event.status)
            async with self._changed:
                self._changed.notify_all()
            receipt = Receipt(batch[0].gateway, tuple(one.id for one in batch))
            while not await self._told(receipt):
                await connected(self._bus)

    async def has(self, count: int) -> None:
        """Wait until so many events are here."""
        async with asyncio.timeout(PATIENCE_S), self._changed:
            await self._changed.wait_for(lambda: len(self.order) >= count)

    async def _told(self, receipt: Receipt) -> bool:
        try:
            await self._bus.acknowledge(receipt)
        except BusError:
            return False
        return True


@asynccontextmanager
async def site_and_centre(
    broker: Mosquitto, folder: Path
) -> AsyncIterator[tuple[Site, Centre, Outbox]]:
    async with (
        dispatch_at(broker) as dispatch,
        gateway_at(broker) as gateway,
        open_spool(folder / "spool.db", "coast", 100_000_000) as spool,
        asyncio.TaskGroup() as tasks,
    ):
        outbox = Outbox(spool, gateway, "coast", clock.now, retry_s=0.5)
        centre = Centre(dispatch)
        work = [tasks.create_task(outbox.run()), tasks.create_task(centre.run())]
        yield Site(outbox), centre, outbox
        for task in work:
            task.cancel()


async def test_a_broker_that_dies_and_forgets_under_load_costs_nothing(
    broker: Mosquitto, tmp_path: Path
) -> None:
    async with site_and_centre(broker, tmp_path) as (site, centre, _):
        for _ in range(3):
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(site.hear(400))
                await centre.has(site.heard // 2 + 100)
                broker.kill()
                broker.wipe()
                broker.start()
        await centre.has(1200)
        assert sorted(centre.order) == list(range(1, 1201))


async def test_what_is_heard_without_a_broker_comes_in_order_afterwards(
    broker: Mosquitto, tmp_path: Path
) -> None:
    async with site_and_centre(broker, tmp_path) as (site, centre, outbox):
        await site.hear(10)
        await centre.has(10)
        broker.stop()
        await site.hear(2000)
        assert (await outbox.status()).depth >= 2000
        assert len(centre.order) == 10
        broker.wipe()
        broker.start()
        await centre.has(2010)
        assert centre.order == list(range(1, 2011))


async def test_a_broker_that_stands_still_is_noticed_and_left(broker: Mosquitto) -> None:
    async with gateway_at(broker, keepalive_s=2) as gateway:
        loop = asyncio.get_running_loop()
        os.kill(broker.pid, signal.SIGSTOP)
        try:
            began = loop.time()
            await connected(gateway, wanted=False)
            assert loop.time() - began < 8
        finally:
            os.kill(broker.pid, signal.SIGCONT)
        await connected(gateway)
