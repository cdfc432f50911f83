"""What other processes commit, brought to this process's consoles."""

import asyncio
import contextlib
import logging
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from dispatch.auth.sessions import SESSION_CHANNEL, Sessions
from dispatch.db.database import Database
from dispatch.db.notify import Heard, Listener
from dispatch.live.hub import Hub
from dispatch.live.log import EVENT_CHANNEL
from dispatch.live.repository import EventRepository

log = logging.getLogger(__name__)

POLL_S: Final = 1.0
"The log is looked at so often, whether anybody gave notice or not."


class Following:
    """Keeps a hub and the sockets up with the database.

    PostgreSQL gives notice of each commit; the poll is for notices that were missed, and for
    SQLite, whose other writers are the commands of an administrator.
    """

    def __init__(self, database: Database, hub: Hub, sessions: Sessions) -> None:
        self._database = database
        self._hub = hub
        self._look = asyncio.Event()
        channels: dict[str, Heard] = {
            EVENT_CHANNEL: lambda payload: hub.behind(int(payload)),
            SESSION_CHANNEL: lambda payload: sessions.ended(int(payload)),
        }
        self._listener = (
            None if database.is_sqlite else Listener(database, channels, connected=self._look.set)
        )

    async def run(self) -> None:
        """Follow until cancelled; a database that is away is asked again."""
        async with asyncio.TaskGroup() as tasks:
            if self._listener is not None:
                tasks.create_task(self._listener.run(), name="notices")
            tasks.create_task(self._poll(), name="event poll")

    async def _poll(self) -> None:
        while True:
            self._look.clear()
            try:
                async with self._database.read() as session:
                    newest = (await EventRepository(session).stream()).seq
            except (SQLAlchemyError, OSError) as error:
                log.debug("the event log cannot be read: %s", error)
            else:
                self._hub.behind(newest)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POLL_S):
                    await self._look.wait()
