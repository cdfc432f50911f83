"""The bus of the all-in-one process: bounded queues between gateway and dispatch."""

import asyncio
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, Final, Generic, TypeVar

from radio_gateway.bus.errors import BusClosedError
from radio_gateway.domain.report import GatewayReport
from radio_gateway.domain.wire import CommandEnvelope, EventEnvelope, Receipt

BATCHES: Final = 64
"Batches of events that may wait for dispatch; then `publish` waits."
SMALL: Final = 10_000
"Receipts or commands that may wait for a gateway."

_Item = TypeVar("_Item")


class MemoryBus:
    """Implements `radio_gateway.domain.ports.Bus` within one event loop.

    Nothing is dropped: who publishes faster than dispatch takes waits. One reader of events and
    one reader per gateway of receipts and of commands. Commands for `*` go to every gateway that
    has read commands so far.
    """

    def __init__(self) -> None:
        self._events: _Channel[Sequence[EventEnvelope]] = _Channel(BATCHES)
        self._receipts: dict[str, _Channel[Receipt]] = defaultdict(lambda: _Channel(SMALL))
        self._commands: dict[str, _Channel[CommandEnvelope]] = defaultdict(lambda: _Channel(SMALL))
        self._reports: _Channel[GatewayReport] = _Channel(SMALL)
        self._closed = False

    async def publish(self, events: Sequence[EventEnvelope]) -> None:
        """Hand a batch on; waits while dispatch has `BATCHES` of them before it."""
        if events:
            self._check()
            await self._events.put(tuple(events))

    def events(self) -> AsyncIterator[Sequence[EventEnvelope]]:
        """Batches as they come; ends when the bus is closed and all are read."""
        return self._events.read()

    async def acknowledge(self, receipt: Receipt) -> None:
        """Tell the gateway that these events are committed."""
        self._check()
        await self._receipts[receipt.gateway].put(receipt)

    def receipts(self, gateway: str) -> AsyncIterator[Receipt]:
        """Receipts for one gateway."""
        return self._receipts[gateway].read()

    async def send(self, command: CommandEnvelope) -> None:
        """Hand a command to one gateway, or to all of them."""
        self._check()
        names = list(self._commands) if command.gateway == "*" else [command.gateway]
        for name in names:
            await self._commands[name].put(command)

    def commands(self, gateway: str) -> AsyncIterator[CommandEnvelope]:
        """Commands for one gateway."""
        return self._commands[gateway].read()

    async def report(self, report: GatewayReport) -> None:
        """Replace what dispatch knows of this gateway."""
        self._check()
        await self._reports.replace(report, lambda one: one.gateway == report.gateway)

    def reports(self) -> AsyncIterator[GatewayReport]:
        """Reports as they come; one that was not read yet gives way to a newer one."""
        return self._reports.read()

    async def close(self) -> None:
        """End all readers once they have read what waits; whoever writes gets BusClosedError."""
        self._closed = True
        channels: list[_Channel[Any]] = [self._events, self._reports]
        channels += [*self._receipts.values(), *self._commands.values()]
        for channel in channels:
            await channel.close()

    def _check(self) -> None:
        if self._closed:
            raise BusClosedError("the bus is closed")


class _Channel(Generic[_Item]):
    """A bounded queue that can be closed while both sides wait."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._items: deque[_Item] = deque()
        self._changed = asyncio.Condition()
        self._closed = False

    async def put(self, item: _Item) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: len(self._items) < self._limit or self._closed)
            if self._closed:
                raise BusClosedError("the bus is closed")
            self._items.append(item)
            self._changed.notify_all()

    async def replace(self, item: _Item, superseded: Callable[[_Item], bool]) -> None:
        """Add `item` in place of those that nobody has read yet and that it makes outdated."""
        async with self._changed:
            self._items = deque(one for one in self._items if not superseded(one))
            self._items.append(item)
            self._changed.notify_all()

    async def read(self) -> AsyncIterator[_Item]:
        while True:
            async with self._changed:
                await self._changed.wait_for(lambda: self._items or self._closed)
                if not self._items:
                    return
                item = self._items.popleft()
                self._changed.notify_all()
            yield item

    async def close(self) -> None:
        async with self._changed:
            self._closed = True
            self._changed.notify_all()
