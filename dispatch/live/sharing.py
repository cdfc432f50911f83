"""Work that many ask for at once, done once for all of them."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Written:
    """A snapshot as it is sent, and what the access log says of it."""

    seq: int
    positions: int
    json: bytes


class OneAtATime(Generic[Key, Result]):
    """For each key at most one piece of work runs; who asks meanwhile shares the next one.

    What one gets was begun after one asked, so it is never older than the question.
    """

    def __init__(self) -> None:
        self._running: dict[Key, asyncio.Task[Result]] = {}
        self._next: dict[Key, asyncio.Task[Result]] = {}

    async def get(self, key: Key, work: Callable[[], Awaitable[Result]]) -> Result:
        """The result of the next run; its errors reach all who share it."""
        task = self._next.get(key)
        if task is None:
            task = asyncio.create_task(self._after(key, self._running.get(key), work))
            task.add_done_callback(_seen)
            self._next[key] = task
        # who no longer wants it must not take it from the others
        return await asyncio.shield(task)

    async def _after(
        self,
        key: Key,
        before: "asyncio.Task[Result] | None",
        work: Callable[[], Awaitable[Result]],
    ) -> Result:
        if before is not None:
            await asyncio.wait({before})
        task = self._running[key] = self._next.pop(key)
        try:
            return await work()
        finally:
            if self._running.get(key) is task:
                del self._running[key]


def _seen(task: "asyncio.Task[Result]") -> None:
    """An error that nobody waited for is none."""
    if not task.cancelled():
        task.exception()
