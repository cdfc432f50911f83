"""A dispatch side that is killed: ingests numbered texts and positions, prints each receipt."""

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence

from dispatch.db.database import Database
from dispatch.ingest.service import Ingest
from dispatch.links.catalogue import LinkCatalogue
from dispatch.shared import Shared
from radio_gateway.bus.memory import MemoryBus
from radio_gateway.domain.wire import EventEnvelope, Receipt, load_event

BATCH = 20


class PipeBus(MemoryBus):
    """Events come as lines of standard input, receipts go as lines of standard output."""

    async def events(self) -> AsyncIterator[Sequence[EventEnvelope]]:
        reader = asyncio.StreamReader(limit=1 << 20)
        loop = asyncio.get_running_loop()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        batch: list[EventEnvelope] = []
        while line := await reader.readline():
            batch.append(load_event(line))
            if len(batch) >= BATCH:
                yield batch
                batch = []
        if batch:
            yield batch

    async def acknowledge(self, receipt: Receipt) -> None:
        sys.stdout.write("".join(f"{one}\n" for one in receipt.ids))
        sys.stdout.flush()


async def main(url: str) -> None:
    database = Database.open(url)
    shared = Shared.of(database, LinkCatalogue())
    await shared.hub.start()
    await Ingest(shared, PipeBus()).run()
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
