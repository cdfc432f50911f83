"""What stands beside ingest may fail; what gateways report is stored all the same."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from dispatch.radio_side.writer import Writer
from radio_gateway.bus.memory import MemoryBus
from radio_gateway.domain.events import StatusReceived
from radio_gateway.domain.ports import DispatchBus
from tests.dispatch.world import LINK, OURS, World, envelope, moment


async def test_a_fault_beside_ingest_stops_neither_ingest_nor_its_neighbour(world: World) -> None:
    bus, neighbour = MemoryBus(), asyncio.Event()

    async def fail() -> None:
        raise TypeError("retention met a row that it cannot read")

    async def stand_by() -> None:
        neighbour.set()
        await asyncio.Event().wait()

    @asynccontextmanager
    async def opened() -> AsyncIterator[DispatchBus]:
        yield bus

    writer = Writer(world.shared, opened, None, lambda _: {"bad": fail, "good": stand_by})
    running = asyncio.create_task(writer.run())
    status = StatusReceived(link=LINK, at=moment(1), radio=OURS, status=1)
    await bus.publish([envelope(status)])
    async with asyncio.timeout(10):
        await neighbour.wait()
        receipt = await anext(bus.receipts("gw"))
    assert len(receipt.ids) == 1
    await bus.close()
    await running
    assert writer.faults >= 1
