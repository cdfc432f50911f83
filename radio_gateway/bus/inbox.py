"""Events that came over the broker and wait for dispatch, with room for what must not wait.

Nothing in here has a receipt yet, so giving a durable event up costs time and no data: its
gateway sends it again.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from typing import Final

from radio_gateway.domain.events import is_durable, is_urgent
from radio_gateway.domain.wire import EventEnvelope

ROOM: Final = 20_000
"Events of one class that may wait."


class Inbox:
    """Emergencies first, then what is durable, then what may be shed; one reader."""

    def __init__(self, room: int = ROOM) -> None:
        self._urgent = _Lane(room)
        self._durable = _Lane(room)
        self._loose = _Lane(room)
        self._lanes = (self._urgent, self._durable, self._loose)
        self._changed = asyncio.Condition()
        self._closed = False

    async def offer(self, batch: Sequence[EventEnvelope]) -> int:
        """Add events of one kind; tells how many had to be given up.

        Of those that may be shed the oldest give way to the newest; durable ones are refused,
        so that those that came first are stored first.
        """
        first = batch[0].event
        async with self._changed:
            if is_durable(first):
                lane = self._urgent if is_urgent(first) else self._durable
                dropped = 0 if lane.add(batch) else len(batch)
            else:
                dropped = self._loose.push(batch)
            self._changed.notify_all()
        return dropped

    async def read(self) -> AsyncIterator[Sequence[EventEnvelope]]:
        """Batches as they come; ends when the inbox is closed and all are read."""
        while True:
            async with self._changed:
                while not any(self._lanes) and not self._closed:
                    await self._changed.wait()
                lane = next(filter(None, self._lanes), None)
                if lane is None:
                    return
                batch = lane.pop()
            yield batch

    async def close(self) -> None:
        """End the reader once it has read what waits."""
        async with self._changed:
            self._closed = True
            self._changed.notify_all()


class _Lane:
    """Batches of one class, at most so many events."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._batches: deque[Sequence[EventEnvelope]] = deque()
        self._events = 0

    def __len__(self) -> int:
        return len(self._batches)

    def add(self, batch: Sequence[EventEnvelope]) -> bool:
        if self._batches and self._events + len(batch) > self._room:
            return False
        self._batches.append(batch)
        self._events += len(batch)
        return True

    def push(self, batch: Sequence[EventEnvelope]) -> int:
        dropped = 0
        while not self.add(batch):
            dropped += len(self.pop())
        return dropped

    def pop(self) -> Sequence[EventEnvelope]:
        batch = self._batches.popleft()
        self._events -= len(batch)
        return batch
