"""From spool and memory to the bus, and back: receipts, repetition, what dispatch asks for."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

from radio_gateway.bus.errors import BusError
from radio_gateway.domain.events import is_urgent
from radio_gateway.domain.ports import GatewayBus
from radio_gateway.domain.wire import EventEnvelope, Receipt
from radio_gateway.lane import Lane
from radio_gateway.links.clock import Clock
from radio_gateway.shedding import LooseQueue
from radio_gateway.spool import Spool, SpoolError
from radio_gateway.spool.feed import Feed
from radio_gateway.spool.numbers import Span, merged

log = logging.getLogger(__name__)

BATCH: Final = 500
"Most events in one batch on the bus, and in one page read back from the spool."
TICK_S: Final = 0.5
GONE_TOLD_S: Final = 60.0
"Numbers that dispatch asks for in vain are told for this long after it asked last."
GONE_TOLD: Final = 100


class Sender:
    """Hands events to the bus until their receipt; alarms never wait for anything else."""

    def __init__(
        self,
        spool: Spool,
        bus: GatewayBus,
        gateway: str,
        clock: Clock,
        loose: LooseQueue,
        retry_s: float,
    ) -> None:
        self._spool = spool
        self._bus = bus
        self._gateway = gateway
        self._clock = clock
        self._loose = loose
        self._retry_s = retry_s
        self._epoch = spool.epoch
        self._urgent = Lane(Feed(spool, urgent=True), retry_s)
        self._ordinary = Lane(Feed(spool, urgent=False), retry_s)
        self._lanes = (self._urgent, self._ordinary)
        self._unstored: deque[EventEnvelope] = deque()
        self._publishing = 0
        self._looked = asyncio.Event()
        "Alarms of before the start were read from the spool."
        self._wake_urgent = asyncio.Event()
        self._wake = asyncio.Event()
        self._receipted: list[str] = []
        self._to_forget = asyncio.Event()
        self._gone: dict[Span, float] = {}
        self._away = False
        self._complaint: str | None = None
        self.on_change: Callable[[], None] = lambda: None
        self.on_progress: Callable[[], None] = lambda: None

    @property
    def idle(self) -> bool:
        """Whether the bus has taken all there is."""
        unsent = any(lane.unsent for lane in self._lanes)
        return not (self._unstored or unsent or len(self._loose) or self._publishing)

    @property
    def resent(self) -> int:
        """Events published again."""
        return sum(lane.resent for lane in self._lanes)

    @property
    def gone(self) -> tuple[Span, ...]:
        """Numbers that dispatch asked for lately and that the spool does not hold."""
        horizon = self._clock().mono - GONE_TOLD_S
        self._gone = {span: at for span, at in self._gone.items() if at > horizon}
        return tuple(merged(self._gone)[:GONE_TOLD])

    def stored(self, envelope: EventEnvelope) -> None:
        """Take an event that was committed just now."""
        if is_urgent(envelope.event):
            self._urgent.feed.put(envelope)
            self._wake_urgent.set()
        else:
            self._ordinary.feed.put(envelope)
            self._wake.set()

    def unstored(self, envelope: EventEnvelope) -> None:
        """Show an alarm at once although it is not stored; the stored copy follows."""
        self._unstored.append(envelope)
        self._wake_urgent.set()

    def loose_arrived(self) -> None:
        """Something waits in the loose queue."""
        self._wake.set()

    async def run(self) -> None:
        """Publish, take receipts and publish again, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._send_urgent(), name="send urgent")
            tasks.create_task(self._send(), name="send")
            tasks.create_task(self._take_receipts(), name="receipts")
            tasks.create_task(self._forget(), name="forget")
            tasks.create_task(self._tick(), name="send again")

    async def _send_urgent(self) -> None:
        while True:
            batch = [self._unstored.popleft() for _ in range(min(BATCH, len(self._unstored)))]
            if batch:
                if not await self._publish(batch):
                    self._unstored.extendleft(reversed(batch))
                continue
            if await self._send_lane(self._urgent):
                continue
            self._looked.set()
            self.on_progress()
            await self._wake_urgent.wait()
            self._wake_urgent.clear()

    async def _send(self) -> None:
        """Durable and loose events take turns, so that neither waits for the other's backlog."""
        await self._looked.wait()
        while True:
            sent = await self._send_lane(self._ordinary)
            loose = self._loose.take(BATCH)
            if loose and not await self._publish(loose):
                self._loose.put_back(loose)
            if not sent and not loose:
                self.on_progress()
                await self._wake.wait()
                self._wake.clear()

    async def _send_lane(self, lane: Lane) -> bool:
        self._publishing += 1
        try:
            batch = await lane.take(BATCH)
            if batch:
                taken = await self._publish(batch)
                if taken:
                    lane.published(batch, self._clock().mono)
                else:
                    lane.not_published(batch)
        except SpoolError as error:
            self._complain(error)
            return False
        finally:
            self._publishing -= 1
        return bool(batch)

    async def _publish(self, batch: Sequence[EventEnvelope]) -> bool:
        """Whether the bus took it; of refusals one after the other only the first is logged."""
        self._publishing += 1
        try:
            await self._bus.publish(batch)
        except BusError as error:
            if not self._away:
                log.warning("the bus takes nothing, events wait: %s", error)
            self._away = True
            await asyncio.sleep(min(TICK_S, self._retry_s))
            return False
        finally:
            self._publishing -= 1
        if self._away:
            log.info("the bus takes events again")
        self._away = False
        return True

    async def _take_receipts(self) -> None:
        async for receipt in self._bus.receipts(self._gateway):
            now = self._clock().mono
            for lane in self._lanes:
                lane.receipted(receipt.ids, now)
            if receipt.ids:
                self._receipted += receipt.ids
                self._to_forget.set()
                self._recall(now)
            if receipt.wanted and receipt.epoch == self._spool.epoch:
                await self._look_for(receipt)

    async def _look_for(self, receipt: Receipt) -> None:
        before = self.gone
        try:
            for span in receipt.wanted[:GONE_TOLD]:
                found = await self._spool.find(span, BATCH)
                now = self._clock().mono
                for lane, urgent in ((self._urgent, True), (self._ordinary, False)):
                    lane.wanted((e for e in found.envelopes if is_urgent(e.event) is urgent), now)
                self._gone.update((gone, now) for gone in found.gone)
        except SpoolError as error:
            self._complain(error)
        self._wake_both()
        if self.gone != before:
            log.warning("dispatch lacks events that it gave a receipt for: %s", self.gone)
            self.on_change()

    async def _forget(self) -> None:
        """Delete from the spool, in one transaction what came in while the last one ran."""
        while True:
            await self._to_forget.wait()
            self._to_forget.clear()
            ids, self._receipted = self._receipted, []
            try:
                await self._spool.acknowledge(ids)
            except SpoolError as error:
                self._complain(error)
                self._receipted = ids + self._receipted
                self._to_forget.set()
                await asyncio.sleep(TICK_S)
            else:
                self._complaint = None
                self.on_progress()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(min(TICK_S, self._retry_s))
            now = self._clock().mono
            if self._spool.epoch != self._epoch:
                self._epoch = self._spool.epoch
                self._gone.clear()
                for lane in self._lanes:
                    lane.restart()
            self._loose.settle(now)
            self._recall(now)

    def _complain(self, error: SpoolError) -> None:
        """Log a fault of the spool once, however often it is tried."""
        if str(error) != self._complaint:
            log.warning("the spool is tried again: %s", error)
        self._complaint = str(error)

    def _recall(self, now: float) -> None:
        for lane in self._lanes:
            lane.recall(now)
        self._wake_both()

    def _wake_both(self) -> None:
        if self._urgent.waiting:
            self._wake_urgent.set()
        if self._ordinary.waiting:
            self._wake.set()
