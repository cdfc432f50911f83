"""From events to the bus: durable ones through the spool until their receipt, others at once."""

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from radio_gateway.bus.errors import BusError
from radio_gateway.domain.events import Event, is_durable, is_urgent
from radio_gateway.domain.ports import GatewayBus
from radio_gateway.domain.wire import EventEnvelope
from radio_gateway.links.clock import Clock
from radio_gateway.shedding import LooseQueue
from radio_gateway.spool import Spool, SpoolError
from radio_gateway.spool.ids import new_id

log = logging.getLogger(__name__)

RETRY_S: Final = 5.0
"Without a receipt for this long an event is published again."
LONGEST_RETRY_S: Final = 60.0
BATCH: Final = 500
"Most events in one batch on the bus, and in one page read back from the spool."
READY: Final = 5000
"Committed events held in memory for the bus; further ones are read back from the spool."
WAITING: Final = 50_000
"Durable events held while the spool takes none; further ones are lost and counted."
REMEMBERED: Final = 20_000


class NotStoredError(Exception):
    """A turn's events were given up; its acknowledgements must not be sent."""


@dataclass(slots=True)
class _Turn:
    """What one turn of an adapter waits for."""

    stored: asyncio.Future[None]
    open: int

    def settle(self) -> None:
        self.open -= 1
        if self.open == 0 and not self.stored.done():
            self.stored.set_result(None)


@dataclass(slots=True)
class _Draft:
    id: str
    event: Event
    turn: _Turn
    told: bool = False
    "Published before it was stored: an emergency while the spool is in trouble."


@dataclass(frozen=True, slots=True)
class OutboxStatus:
    """For health pages."""

    depth: int
    "Durable events without receipt."
    oldest_heard_at: datetime | None
    size: int
    "Octets of the spool in use."
    limit: int
    unstored: int
    "Durable events that the spool has not taken yet."
    lost: int
    "Durable events given up because the spool took none for too long."
    resent: int
    shed: dict[str, int]
    "Positions and the like given up under overload, by kind."
    fault: str | None
    "What the spool's trouble is."


class Outbox:
    """Takes turns of events; `run` stores and publishes them until cancelled."""

    def __init__(
        self, spool: Spool, bus: GatewayBus, gateway: str, clock: Clock, *, retry_s: float = RETRY_S
    ) -> None:
        self._spool = spool
        self._bus = bus
        self._gateway = gateway
        self._clock = clock
        self._retry_s = retry_s
        self._urgent: deque[_Draft] = deque()
        self._durable: deque[_Draft] = deque()
        self._storing = 0
        self._first: deque[EventEnvelope] = deque()
        self._ready: deque[EventEnvelope] = deque()
        self._loose = LooseQueue()
        self._publishing = False
        self._published: dict[str, float] = {}
        self._changed = asyncio.Condition()
        self._new_urgent = asyncio.Event()
        self._new_durable = asyncio.Event()
        self._to_publish = asyncio.Event()
        self._receipt = asyncio.Event()
        self._lost = 0
        self._resent = 0
        self._fault: str | None = None

    def submit(self, events: Sequence[Event]) -> asyncio.Future[None] | None:
        """Take one turn's events, oldest first.

        Returns a future that is done once the durable ones are committed; None when there are
        none. It raises NotStoredError when they had to be given up.
        """
        durable = [event for event in events if is_durable(event)]
        for event in events:
            if not is_durable(event):
                envelope = EventEnvelope(new_id(event.at.utc), self._gateway, None, event)
                self._loose.put(envelope)
                self._to_publish.set()
        if not durable:
            return None
        turn = _Turn(asyncio.get_running_loop().create_future(), len(durable))
        for event in durable:
            self._draft(_Draft(new_id(event.at.utc), event, turn))
        return turn.stored

    async def run(self) -> None:
        """Store, publish, take receipts and publish again, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._store(self._urgent, self._new_urgent), name="store urgent")
            tasks.create_task(self._store(self._durable, self._new_durable), name="store")
            tasks.create_task(self._publish(), name="publish")
            tasks.create_task(self._take_receipts(), name="receipts")
            tasks.create_task(self._resend(), name="resend")

    async def drain(self) -> None:
        """Wait until all that was submitted is stored and handed to the bus."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.idle)

    @property
    def idle(self) -> bool:
        """Whether nothing waits for the spool or for the bus."""
        unstored = self._urgent or self._durable or self._storing
        unpublished = self._first or self._ready or len(self._loose) or self._publishing
        return not unstored and not unpublished

    async def status(self) -> OutboxStatus:
        """Counters and depth of the spool."""
        stats = await self._spool.stats()
        return OutboxStatus(
            depth=stats.depth,
            oldest_heard_at=stats.oldest_heard_at,
            size=stats.size,
            limit=stats.limit,
            unstored=len(self._urgent) + len(self._durable) + self._storing,
            lost=self._lost,
            resent=self._resent,
            shed=dict(self._loose.shed),
            fault=self._fault,
        )

    def _draft(self, draft: _Draft) -> None:
        if is_urgent(draft.event):
            self._urgent.append(draft)
            self._new_urgent.set()
        elif len(self._durable) < WAITING:
            self._durable.append(draft)
            self._new_durable.set()
        else:
            self._lost += 1
            if self._lost % 1000 == 1:
                log.error("%d events lost: the spool takes none (%s)", self._lost, self._fault)
            self._give_up(draft)

    def _give_up(self, draft: _Draft) -> None:
        if not draft.turn.stored.done():
            draft.turn.stored.set_exception(NotStoredError("the spool did not take all of it"))
            draft.turn.stored.exception()  # seen: not every turn has somebody who waits

    async def _store(self, waiting: deque[_Draft], arrived: asyncio.Event) -> None:
        """Commit what waits, group by group; a failing spool is tried again and again."""
        pause = 0.1
        while True:
            await arrived.wait()
            arrived.clear()
            while waiting:
                group = [waiting.popleft() for _ in range(min(len(waiting), BATCH))]
                self._storing += len(group)
                while not await self._commit(group):
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, self._retry_s)
                pause = 0.1
                self._storing -= len(group)
                await self._tell()

    async def _commit(self, group: Sequence[_Draft]) -> bool:
        try:
            stored = await self._spool.append(
                [draft.event for draft in group], [draft.id for draft in group]
            )
        except SpoolError as error:
            if str(error) != self._fault:
                self._fault = str(error)
                log.error("nothing is acknowledged: %s", error)  # noqa: TRY400  # no bug of ours
            self._tell_unstored(group)
            return False
        except (TypeError, ValueError):
            return await self._commit_singly(group)
        if self._fault is not None:
            log.warning("the spool takes events again")
            self._fault = None
        for draft, envelope in zip(group, stored, strict=True):
            draft.turn.settle()
            if is_urgent(envelope.event):
                self._first.append(envelope)
            elif len(self._ready) < READY:
                self._ready.append(envelope)
            else:
                continue
            self._note_published([envelope])  # about to be: not due again at once
        self._to_publish.set()
        return True

    async def _commit_singly(self, group: Sequence[_Draft]) -> bool:
        """One event of an adapter cannot be written as JSON: find it and leave it out."""
        if len(group) == 1:
            log.error("event lost: it cannot be written: %r", group[0].event)
            self._lost += 1
            self._give_up(group[0])
            return True
        while group and await self._commit(group[:1]):
            group = group[1:]
        for draft in group:  # the spool failed meanwhile: again, in order, later
            self._draft(draft)
        return True

    def _tell_unstored(self, group: Sequence[_Draft]) -> None:
        """Show emergencies at once although they are not stored; the stored copy follows."""
        for draft in group:
            if is_urgent(draft.event) and not draft.told:
                draft.told = True
                self._first.append(EventEnvelope(draft.id, self._gateway, None, draft.event))
                self._to_publish.set()

    async def _publish(self) -> None:
        while True:
            await self._to_publish.wait()
            self._to_publish.clear()
            while batch := self._next_batch():
                self._publishing = True
                await self._hand_over(batch)
                self._publishing = False
            await self._tell()

    def _next_batch(self) -> list[EventEnvelope]:
        """Emergencies alone, then what is durable, then what may be lost."""
        for queue in (self._first, self._ready):
            if queue:
                return [queue.popleft() for _ in range(min(len(queue), BATCH))]
        return self._loose.take(BATCH)

    async def _hand_over(self, batch: Sequence[EventEnvelope]) -> bool:
        try:
            await self._bus.publish(batch)
        except BusError as error:
            log.warning("%d events wait in the spool: %s", len(batch), error)
            await asyncio.sleep(min(1.0, self._retry_s))
            return False
        self._note_published(batch)
        return True

    def _note_published(self, batch: Sequence[EventEnvelope]) -> None:
        now = self._clock().mono
        for envelope in batch:
            if envelope.seq is not None:
                self._published[envelope.id] = now
        while len(self._published) > REMEMBERED:
            del self._published[next(iter(self._published))]

    async def _take_receipts(self) -> None:
        async for receipt in self._bus.receipts(self._gateway):
            try:
                await self._spool.acknowledge(receipt.ids)
            except SpoolError as error:
                log.warning("receipt not noted, its events will be sent again: %s", error)
                continue
            for key in receipt.ids:
                self._published.pop(key, None)
            self._receipt.set()

    async def _resend(self) -> None:
        """Publish again what has no receipt: at start, then whenever none came for a while."""
        pause = self._retry_s
        while True:
            try:
                answered = await self._resend_due()
            except SpoolError as error:
                log.warning("cannot read the spool: %s", error)
                answered = False
            pause = self._retry_s if answered else min(pause * 2, LONGEST_RETRY_S)
            await asyncio.sleep(pause)

    async def _resend_due(self) -> bool:
        """One pass, emergencies first; gives up when a page brings no receipt."""
        for urgent in (True, False):
            after = 0
            while page := await self._spool.pending(urgent=urgent, after_seq=after, limit=BATCH):
                after = page[-1].seq or after
                due = [envelope for envelope in page if self._is_due(envelope.id)]
                if not due:
                    continue
                self._receipt.clear()
                if not await self._hand_over(due):
                    return False
                self._resent += len(due)
                try:
                    async with asyncio.timeout(self._retry_s):
                        await self._receipt.wait()
                except TimeoutError:
                    if not urgent:
                        return False
        return True

    def _is_due(self, key: str) -> bool:
        published = self._published.get(key)
        return published is None or published + self._retry_s <= self._clock().mono

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()
