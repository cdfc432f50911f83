"""Looks at the live view whose row of the access log has to wait: alarms are shown first."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from dispatch.db.away import is_away, reason_of

log = logging.getLogger(__name__)

PATIENCE_S: Final = 1.0
"So long a console waits for the row."
RETRY_S: Final = 2.0


class LateLooks:
    """Rows of this process that are still to be written; each is tried until it is."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    async def note(self, write: Callable[[], Awaitable[None]]) -> None:
        """Write a row; returns when it is written, or after `PATIENCE_S` while it is tried on."""
        task = asyncio.create_task(_keep_trying(write), name="late look")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        done, _ = await asyncio.wait({task}, timeout=PATIENCE_S)
        if not done:
            log.warning("a look at the live view is written to the access log later")

    async def written(self) -> None:
        """Wait until no row is owed."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    @property
    def waiting(self) -> int:
        """Rows that are not written yet."""
        return len(self._tasks)


async def _keep_trying(write: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await write()
        except Exception as error:
            if not is_away(error):
                log.exception("a look at the live view could not be written to the access log")
                return
            log.info("the access log has to wait: %s", reason_of(error))
            await asyncio.sleep(RETRY_S)
        else:
            return
