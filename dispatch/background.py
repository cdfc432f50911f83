"""Tasks that run as long as the server does; a bug in one is logged and it starts again."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

from dispatch.clock import monotonic

log = logging.getLogger(__name__)

_RESTART_S: Final = 1.0
_LONGEST_RESTART_S: Final = 5.0
"What fails again and again is tried less and less often."

Work = Callable[[], Awaitable[object]]


class Background:
    """Named tasks of one app."""

    def __init__(self) -> None:
        self.faults: dict[str, int] = {}
        "How often each task has failed since the start."
        self.running: set[str] = set()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self, name: str, work: Work) -> None:
        """Run `work` until the end of the app, again whenever it fails."""
        self.faults[name] = 0
        self._tasks.append(asyncio.create_task(self._keep(name, work), name=name))

    def every(self, name: str, seconds: float, work: Work) -> None:
        """Run `work` again and again with a pause before each."""

        async def paced() -> None:
            while True:
                await asyncio.sleep(seconds)
                await work()

        self.start(name, paced)

    async def stop(self) -> None:
        """Cancel all tasks, newest first, each one ended before the next."""
        while self._tasks:
            task = self._tasks.pop()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _keep(self, name: str, work: Work) -> None:
        pause = _RESTART_S
        while True:
            self.running.add(name)
            began = monotonic()
            try:
                await work()
            except Exception:
                self.faults[name] += 1
                log.exception("%s failed; it starts again", name)
            else:
                return
            finally:
                self.running.discard(name)
            if monotonic() - began > _LONGEST_RESTART_S:
                pause = _RESTART_S
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_RESTART_S)


@asynccontextmanager
async def background() -> AsyncIterator[Background]:
    """Tasks that end with the block."""
    tasks = Background()
    try:
        yield tasks
    finally:
        await tasks.stop()
