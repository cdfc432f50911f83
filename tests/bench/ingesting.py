"""A database that is written to as in operation, while something is measured."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from itertools import count
from typing import Final

from dispatch.db.database import Database
from dispatch.ingest.service import Ingest
from dispatch.shared import Shared
from radio_gateway.bus.memory import MemoryBus
from radio_gateway.domain.events import PositionReported, PositionSource
from radio_gateway.domain.geo import GeoPoint
from radio_gateway.domain.ids import RadioId
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.wire import EventEnvelope

EVERY_S: Final = 0.05
"Between two batches, as a gateway publishes them."


@asynccontextmanager
async def ingesting(database: Database) -> AsyncIterator[tuple[Ingest, MemoryBus]]:
    """An ingest in this process and the bus that it takes from; all is stored at the end."""
    shared = Shared.of(database)
    await shared.hub.start()
    bus = MemoryBus()
    ingest = Ingest(shared, bus)
    task = asyncio.create_task(ingest.run())
    yield ingest, bus
    await bus.close()
    await task


@asynccontextmanager
async def reporting(
    database: Database, rate: int, network: str, radios: int, began: datetime
) -> AsyncIterator[Ingest]:
    """Radios 1..`radios` of a network report their positions, `rate` a second of all, in turns.

    `began`: the wall clock that they go by.
    """
    async with ingesting(database) as (ingest, bus):
        work = asyncio.create_task(_report(bus, rate, network, radios, began))
        try:
            yield ingest
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)


async def _report(bus: MemoryBus, rate: int, network: str, radios: int, began: datetime) -> None:
    numbers, start = count(), time.monotonic()
    each, due = round(rate * EVERY_S), start
    while True:
        at = began + timedelta(seconds=time.monotonic() - start)
        batch = [
            EventEnvelope(
                f"report-{number}",
                "gw",
                None,
                PositionReported(
                    link="rimi",
                    at=Moment(0.0, at + timedelta(microseconds=place)),
                    radio=RadioId(network, number % radios + 1),
                    point=GeoPoint(56.5 + number % 97 / 1e4, 21.0),
                    source=PositionSource.TRIGGERED,
                ),
            )
            for place, number in zip(range(each), numbers, strict=False)
        ]
        await bus.publish(batch)
        due += EVERY_S
        await asyncio.sleep(max(0.0, due - time.monotonic()))
