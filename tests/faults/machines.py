"""A system on several machines: gateway, broker, PostgreSQL, `dispatch serve`: each a process."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from dispatch.db.migrate import upgrade
from tests.fakes.broker import Mosquitto, running_broker
from tests.faults.postgres import Postgres, postgres
from tests.faults.program import Program, ending, module
from tests.faults.smalldisk import small_disk
from tests.faults.town import Town

COMMAND = "from radio_gateway.cli import main; main()"


@dataclass
class Machines:
    """Everything that can be hurt, and the town whose radios and desk use it."""

    town: Town
    server: Postgres
    mosquitto: Mosquitto
    gateway: Program
    serve: Program

    async def kill_gateway(self) -> None:
        self.gateway.kill()
        self.gateway.start()

    async def kill_serve(self) -> None:
        self.serve.kill()
        self.serve.start()

    async def kill_broker(self) -> None:
        """kill -9, and what it had stored is gone."""
        self.mosquitto.kill()
        self.mosquitto.wipe()
        await asyncio.to_thread(self.mosquitto.start)


@asynccontextmanager
async def machines(folder: Path, gateway_disk: int | None = None) -> AsyncIterator[Machines]:
    """All of them, running, until the block ends.

    Args:
        folder: where they are installed.
        gateway_disk: octets of a disk of its own for the gateway's data.
    """
    town = Town(folder)
    async with postgres() as server, contextlib.AsyncExitStack() as stack:
        mosquitto = stack.enter_context(running_broker())
        town.database = server.url
        town.more = f'[mqtt]\nhost = "127.0.0.1"\nport = {mosquitto.port}\n'
        town.write()
        await upgrade(town.database)
        (folder / "site").mkdir()
        (folder / "site" / "gateway.toml").write_text(
            f'[gateway]\nid = "palanga"\ndata_dir = "data"\n{town.more}\n{town.link()}',
            encoding="utf-8",
        )
        gateway = Program(
            [sys.executable, "-c", COMMAND, "run", "--config", "gateway.toml"],
            folder / "site",
            "gateway",
        )
        if gateway_disk is not None:
            gateway.words = small_disk(gateway.words, folder / "site" / "data", gateway_disk)
        serve = Program(module("dispatch", "serve"), folder, "serve", address=town.address)
        await stack.enter_async_context(ending(gateway, serve))
        await serve.started()
        gateway.start()
        yield Machines(town, server, mosquitto, gateway, serve)
