"""PostgreSQL's LISTEN: the words that other processes gave with their commits."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from dispatch.db.database import CONNECT_S, Database

log = logging.getLogger(__name__)

RETRY_S: Final = 1.0
ALIVE_S: Final = 5.0
"A connection that does not answer within this time is given up."

Heard = Callable[[str], None]
"Takes the payload of a notice from another process."


class Listener:
    """Hears notices over a connection of its own, made again whenever it breaks.

    What was told while it was broken is not heard: `connected` is called after each LISTEN, for
    whoever has to look by himself then.
    """

    def __init__(
        self,
        database: Database,
        channels: Mapping[str, Heard],
        connected: Callable[[], None] = lambda: None,
    ) -> None:
        self._database = database
        self._channels = channels
        self._connected = connected
        self.listening = False

    async def run(self) -> None:
        """Listen until cancelled."""
        while True:
            try:
                await self._listen()
            except (SQLAlchemyError, OSError) as error:
                log.warning("notices of other processes are not heard: %s", _why(error))
            await asyncio.sleep(RETRY_S)

    async def _listen(self) -> None:
        engine = create_async_engine(
            self._database.url,
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            connect_args={"timeout": CONNECT_S, "command_timeout": ALIVE_S},
        )
        try:
            async with engine.connect() as connection:
                driver: Any = (await connection.get_raw_connection()).driver_connection
                broken = asyncio.Event()
                driver.add_termination_listener(lambda _connection: broken.set())
                for channel in self._channels:
                    await driver.add_listener(channel, self._on_notice)
                self.listening = True
                self._connected()
                while not broken.is_set():
                    try:
                        async with asyncio.timeout(ALIVE_S):
                            await broken.wait()
                    except TimeoutError:
                        await driver.execute("SELECT 1")
        finally:
            self.listening = False
            await engine.dispose()

    def _on_notice(self, _connection: object, _pid: int, channel: str, words: str) -> None:
        process, _, payload = words.partition(" ")
        if process == self._database.process:
            return
        try:
            self._channels[channel](payload)
        except Exception:
            log.exception("notice %r on %s", payload, channel)


def _why(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error) or type(error).__name__
