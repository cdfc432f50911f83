"""A bounded queue between two tasks that can be closed while both sides wait."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Generic, TypeVar

from radio_gateway.bus.errors import BusClosedError

_Item = TypeVar("_Item")


class Channel(Generic[_Item]):
    """First in, first out, but for those that overtake; one reader."""

    def __init__(self, limit: int) -> None:
        """`limit`: items that may wait; then `put` waits."""
        self._limit = limit
        self._ahead: deque[_Item] = deque()
        self._items: deque[_Item] = deque()
        self._changed = asyncio.Condition()
        self._closed = False

    def __len__(self) -> int:
        return len(self._ahead) + len(self._items)

    async def put(self, item: _Item, *, first: bool = False) -> None:
        """Add an item, waiting for room; BusClosedError once the channel is closed.

        `first`: it overtakes all others, and waits only for room among its like.
        """
        queue = self._ahead if first else self._items
        async with self._changed:
            await self._changed.wait_for(lambda: len(queue) < self._limit or self._closed)
            if self._closed:
                raise BusClosedError("the bus is closed")
            queue.append(item)
            self._changed.notify_all()

    async def offer(self, item: _Item) -> bool:
        """Add an item if there is room; tells whether there was."""
        async with self._changed:
            if self._closed or len(self._items) >= self._limit:
                return False
            self._items.append(item)
            self._changed.notify_all()
            return True

    async def replace(self, item: _Item, superseded: Callable[[_Item], bool]) -> None:
        """Add `item` in place of those that nobody has read yet and that it makes outdated."""
        async with self._changed:
            kept = [one for one in self._items if not superseded(one)]
            self._items.clear()
            self._items.extend([*kept, item])
            self._changed.notify_all()

    async def read(self) -> AsyncIterator[_Item]:
        """Items as they come; ends when the channel is closed and all are read."""
        while True:
            async with self._changed:
                await self._changed.wait_for(lambda: len(self) or self._closed)
                queue = self._ahead or self._items
                if not queue:
                    return
                item = queue.popleft()
                self._changed.notify_all()
            yield item

    async def close(self) -> None:
        """End the reader once it has read what waits; whoever writes gets BusClosedError."""
        async with self._changed:
            self._closed = True
            self._changed.notify_all()
