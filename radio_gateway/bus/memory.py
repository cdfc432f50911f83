"""The bus of the all-in-one process: bounded queues between gateway and dispatch."""

import asyncio
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Sequence
from typing import Any, Final

from radio_gateway.bus.channel import Channel
from radio_gateway.bus.errors import BusClosedError
from radio_gateway.domain.events import is_urgent
from radio_gateway.domain.report import GatewayReport
from radio_gateway.domain.wire import CommandEnvelope, EventEnvelope, Receipt

BATCHES: Final = 64
"Batches of events that may wait for dispatch; then `publish` waits."
SMALL: Final = 10_000
"Receipts or commands that may wait for a gateway."


class MemoryBus:
    """Implements `radio_gateway.domain.ports.Bus` within one event loop.

    Nothing is dropped: who publishes faster than dispatch takes waits; batches of alarms alone
    overtake all others and have room of their own. One reader of events and
    one reader per gateway of receipts and of commands. Commands for `*` go to every gateway that
    has read commands so far.
    """

    def __init__(self) -> None:
        self._events = _Batches()
        self._receipts: dict[str, Channel[Receipt]] = defaultdict(lambda: Channel(SMALL))
        self._commands: dict[str, Channel[CommandEnvelope]] = defaultdict(lambda: Channel(SMALL))
        self._reports: Channel[GatewayReport] = Channel(SMALL)
        self._closed = False

    async def publish(self, events: Sequence[EventEnvelope]) -> None:
        """Hand a batch on; waits while dispatch has `BATCHES` of them before it."""
        if events:
            self._check()
            alarms = all(is_urgent(envelope.event) for envelope in events)
            await self._events.put(tuple(events), alarms=alarms)

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
        await self._events.close()
        channels: list[Channel[Any]] = [
            self._reports,
            *self._receipts.values(),
            *self._commands.values(),
        ]
        for channel in channels:
            await channel.close()

    def _check(self) -> None:
        if self._closed:
            raise BusClosedError("the bus is closed")


class _Batches:
    """Two bounded queues with one reader: alarms, and all else after them."""

    def __init__(self) -> None:
        self._alarms: deque[Sequence[EventEnvelope]] = deque()
        self._others: deque[Sequence[EventEnvelope]] = deque()
        self._changed = asyncio.Condition()
        self._closed = False

    async def put(self, batch: Sequence[EventEnvelope], *, alarms: bool) -> None:
        queue = self._alarms if alarms else self._others
        async with self._changed:
            await self._changed.wait_for(lambda: len(queue) < BATCHES or self._closed)
            if self._closed:
                raise BusClosedError("the bus is closed")
            queue.append(batch)
            self._changed.notify_all()

    async def read(self) -> AsyncIterator[Sequence[EventEnvelope]]:
        while True:
            async with self._changed:
                await self._changed.wait_for(lambda: self._alarms or self._others or self._closed)
                queue = self._alarms or self._others
                if not queue:
                    return
                batch = queue.popleft()
                self._changed.notify_all()
            yield batch

    async def close(self) -> None:
        async with self._changed:
            self._closed = True
            self._changed.notify_all()
