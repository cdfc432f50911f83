"""A gateway in a process of its own, to be killed: `-m tests.radio_gateway.killable DIR PORT`.

Its dispatch side appends every event to DIR/ledger.jsonl, syncs it, and only then sends receipts.
"""

import asyncio
import os
import sys
from pathlib import Path

from radio_gateway.bus.memory import MemoryBus
from radio_gateway.domain.wire import Receipt, dump_event
from radio_gateway.supervisor import Gateway
from tests.radio_gateway.conftest import settings_for, talk_link


async def keep_ledger(bus: MemoryBus, path: Path) -> None:
    with path.open("ab") as ledger:  # on disk before the receipt
        async for batch in bus.events():
            ledger.writelines(dump_event(item) + b"\n" for item in batch if item.seq is not None)
            ledger.flush()
            os.fsync(ledger.fileno())
            ids = tuple(item.id for item in batch if item.seq is not None)
            await bus.acknowledge(Receipt("coast", ids))


async def main(directory: Path, port: int) -> None:
    bus = MemoryBus()
    gateway = Gateway(settings_for(directory, [talk_link(port=port)]), bus, retry_s=0.5)
    gateway.links[0].backoff = type(gateway.links[0].backoff)(first=0.01, longest=0.1)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(keep_ledger(bus, directory / "ledger.jsonl"))
        tasks.create_task(gateway.run(asyncio.Event()))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
