"""Taking events from the bus: batches into the database, receipts after the commit."""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from dispatch import clock
from dispatch.db.types import storable
from dispatch.ingest.models import RejectedEvent
from dispatch.ingest.repository import IngestRepository
from dispatch.ingest.store import store
from dispatch.shared import Shared
from radio_gateway.bus.errors import BusClosedError
from radio_gateway.domain.events import EmergencyRaised, EmergencySource, is_durable, is_urgent
from radio_gateway.domain.ports import DispatchBus
from radio_gateway.domain.wire import EventEnvelope, Receipt, dump_event, kind_of

log = logging.getLogger(__name__)

FLUSH_S: Final = 0.05
"Events that may be shed wait so long for company; everything else goes at once."
BATCH: Final = 1000
"Events of one transaction."
SLOW: Final = 16
"Durable events of one transaction: alarms and dispatchers' orders wait until it ends."
QUEUE: Final = 20_000
"Events in memory; beyond that the bus has to wait."
RETRY_S: Final = (0.1, 0.3, 1.0, 3.0, 10.0)
"Pauses while the database is in trouble."
_TROUBLE: Final = (OperationalError, InterfaceError, OSError)
"Locked, full, gone: the events are not at fault."


class Ingest:
    """The one writer of what gateways report.

    Alarms go first, each in a transaction of its own. A batch that fails is taken apart, and
    the event at fault is put aside, so that it blocks nothing; of an alarm its radio is raised
    nevertheless. A database in trouble is waited for, and no receipt is given meanwhile.
    """

    def __init__(
        self, shared: Shared, bus: DispatchBus, monotonic: Callable[[], float] = clock.monotonic
    ) -> None:
        self._shared = shared
        self._bus = bus
        self._monotonic = monotonic
        self._urgent: deque[EventEnvelope] = deque()
        self._queue: deque[EventEnvelope] = deque()
        self._wake = asyncio.Event()
        self._progress = asyncio.Event()
        self._hurry = False
        self.stored = 0
        self.rejected = 0
        self.trouble: str | None = None
        "Why nothing can be stored at the moment; for health pages."

    @property
    def waiting(self) -> int:
        """Events taken from the bus and not yet stored."""
        return len(self._urgent) + len(self._queue)

    async def run(self) -> None:
        """Take and store until cancelled, or until the bus is closed and all is stored."""
        async with asyncio.TaskGroup() as tasks:
            writer = tasks.create_task(self._write(), name="ingest writer")
            await self._take()
            while self.waiting:
                await self._next_progress()
            writer.cancel()

    async def _take(self) -> None:
        async for envelopes in self._bus.events():
            self._shared.unstored.on_waiting(envelopes)
            for envelope in envelopes:
                if is_urgent(envelope.event):
                    self._urgent.append(envelope)
                else:
                    self._queue.append(envelope)
                self._hurry |= is_durable(envelope.event)
            self._wake.set()
            while len(self._queue) >= QUEUE:
                await self._next_progress()

    async def _next_progress(self) -> None:
        self._progress.clear()
        await self._progress.wait()

    async def _write(self) -> None:
        last = -FLUSH_S
        while True:
            await self._wake.wait()
            await self._gather(last + FLUSH_S)
            last = self._monotonic()
            self._hurry = False
            while self._urgent:
                await self._store([self._urgent[0]])
                self._urgent.popleft()
            if group := self._group():
                await self._store(group)
                for _ in group:
                    self._queue.popleft()
            if self.waiting:
                self._wake.set()
            else:
                self._wake.clear()
            self._progress.set()

    def _group(self) -> list[EventEnvelope]:
        """The next transaction's events, oldest first."""
        group: list[EventEnvelope] = []
        slow = 0
        for envelope in self._queue:
            slow += is_durable(envelope.event)
            if slow > SLOW or len(group) == BATCH:
                break
            group.append(envelope)
        return group

    async def _gather(self, until: float) -> None:
        """Let events that can wait come together, if there was a flush just now."""
        while not self._hurry and len(self._queue) < BATCH:
            rest = until - self._monotonic()
            if rest <= 0:
                return
            self._wake.clear()
            try:
                async with asyncio.timeout(rest):
                    await self._wake.wait()
            except TimeoutError:
                return

    async def _store(self, envelopes: Sequence[EventEnvelope]) -> None:
        """Commit and acknowledge; returns when these events are stored or put aside."""
        try:
            await self._patiently(lambda: self._commit(envelopes))
        except Exception as error:
            if len(envelopes) > 1:
                log.warning("a batch of %d events is stored one by one: %s", len(envelopes), error)
                for envelope in envelopes:
                    await self._store([envelope])
                return
            log.exception("event %s cannot be stored and is put aside", envelopes[0].id)
            if isinstance(envelopes[0].event, EmergencyRaised):
                await self._store_bare(envelopes[0], envelopes[0].event)
            row = self._rejection(envelopes[0], error)
            await self._patiently(lambda: self._reject(row))
        await self._acknowledge(envelopes)

    async def _store_bare(self, envelope: EventEnvelope, alarm: EmergencyRaised) -> None:
        """Raise an alarm by its radio alone: whatever else is wrong, somebody needs help."""
        bare = EmergencyRaised(
            link=alarm.link, at=alarm.at, radio=alarm.radio, source=EmergencySource.ALARM
        )
        try:
            await self._patiently(lambda: self._commit([replace(envelope, event=bare)]))
        except Exception:
            log.exception("emergency of %s: not even its radio could be stored", alarm.radio)
        else:
            log.error("emergency of %s is raised without what could not be stored", alarm.radio)

    async def _patiently(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do it again while the database is in trouble."""
        attempt = 0
        while True:
            try:
                await work()
            except _TROUBLE as error:
                self._note_trouble(error)
                await asyncio.sleep(RETRY_S[min(attempt, len(RETRY_S) - 1)])
                attempt += 1
            else:
                self.trouble = None
                return

    async def _commit(self, envelopes: Sequence[EventEnvelope]) -> None:
        async with self._shared.database.write() as session:
            await store(session, self._shared, envelopes)
        self.stored += len(envelopes)
        self._shared.unstored.on_stored([envelope.id for envelope in envelopes])

    async def _reject(self, row: RejectedEvent) -> None:
        async with self._shared.database.write() as session:
            await IngestRepository(session).reject(RejectedEvent(**row.model_dump()))
        self.rejected += 1

    def _rejection(self, envelope: EventEnvelope, error: Exception) -> RejectedEvent:
        return RejectedEvent(
            event_id=envelope.id[:64],
            gateway=envelope.gateway[:64],
            kind=kind_of(envelope.event),
            body=_written(envelope),
            error=storable(f"{type(error).__name__}: {error}")[:500],
            at=self._shared.now(),
        )

    async def _acknowledge(self, envelopes: Sequence[EventEnvelope]) -> None:
        ids: dict[str, list[str]] = {}
        for envelope in envelopes:
            if envelope.seq is not None:
                ids.setdefault(envelope.gateway, []).append(envelope.id)
        for gateway, events in ids.items():
            # without a receipt the gateway sends them again, which has no second effect
            with contextlib.suppress(BusClosedError):
                await self._bus.acknowledge(Receipt(gateway, tuple(events)))

    def _note_trouble(self, error: Exception) -> None:
        reason = str(getattr(error, "orig", None) or error)
        if self.trouble != reason:
            log.error("events wait, the database refuses them: %s", reason)
        self.trouble = reason


def _written(envelope: EventEnvelope) -> str:
    try:
        return storable(dump_event(envelope).decode())
    except (UnicodeError, ValueError):
        # what cannot be written as JSON is at fault just for that
        return storable(repr(envelope))


async def forget_ids(session: AsyncSession, before: datetime) -> None:
    """Forget event ids that no gateway sends again."""
    await IngestRepository(session).forget_before(before)
