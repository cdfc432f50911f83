"""Taking events from the bus: batches into the database, receipts after the commit."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Final, TypeAlias

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from dispatch import clock
from dispatch.db.types import storable
from dispatch.ingest.gaps import Gaps
from dispatch.ingest.inbox import Inbox
from dispatch.ingest.latency import CommitLatency
from dispatch.ingest.memory import Memory
from dispatch.ingest.models import RejectedEvent
from dispatch.ingest.repository import IngestRepository
from dispatch.ingest.store import store
from dispatch.shared import Shared
from radio_gateway.bus.errors import BusError
from radio_gateway.domain.events import EmergencyRaised, EmergencySource, is_urgent
from radio_gateway.domain.ports import DispatchBus
from radio_gateway.domain.report import GatewayReport
from radio_gateway.domain.wire import EventEnvelope, Receipt, dump_event, kind_of

log = logging.getLogger(__name__)

FLUSH_S: Final = 0.05
"Events that may be shed wait so long for company; everything else goes at once."
ALONE_S: Final = 0.01
"The same where the last transaction had less than `COMPANY`: little is to be expected."
COMPANY: Final = 4
"Two radios that happen to report together do not make others wait."
TICK_S: Final = 1.0
RETRY_S: Final = (0.1, 0.3, 1.0, 3.0, 10.0)
"Pauses while the database is in trouble."
_TROUBLE: Final = (OperationalError, InterfaceError, OSError)
"Locked, full, gone: the events are not at fault."

Guard: TypeAlias = Callable[[AsyncSession], Awaitable[None]]


class Ingest:
    """The one writer of what gateways report.

    Alarms go first, at once and apart from everything else; a flood of them takes turns with the
    rest. A batch that fails is taken apart, and the event at fault is put aside, so that it
    blocks nothing; of an alarm its radio is raised nevertheless. A database in trouble is waited
    for, and no receipt is given meanwhile: what must not be lost stays with the gateways, of the
    rest the newest is kept.
    """

    def __init__(
        self,
        shared: Shared,
        bus: DispatchBus,
        monotonic: Callable[[], float] = clock.monotonic,
        guard: Guard | None = None,
    ) -> None:
        """`guard` is called at the start of each transaction: may this process still write?

        It raises a ConnectionError if not; then events wait as they do for an absent database.
        """
        self._shared = shared
        self._bus = bus
        self._monotonic = monotonic
        self._guard = guard
        self._inbox = Inbox()
        self._storing = 0
        self._wake = asyncio.Event()
        self._progress = asyncio.Event()
        self._memory = Memory(monotonic)
        self.gaps = Gaps(monotonic)
        self.latency = CommitLatency(monotonic)
        "From being heard to the commit."
        self.stored = 0
        self.rejected = 0
        self.trouble: str | None = None
        "Why nothing can be stored at the moment; for health pages."

    @property
    def waiting(self) -> int:
        """Events taken from the bus and not yet stored."""
        return len(self._inbox) + self._storing

    @property
    def shed(self) -> Mapping[str, int]:
        """Events let go for want of room, by kind; never one that must not be lost."""
        return self._inbox.shed

    async def run(self) -> None:
        """Take and store until cancelled, or until the bus is closed and all is stored."""
        self._memory.forget()
        self.gaps.forget()
        async with asyncio.TaskGroup() as tasks:
            writer = tasks.create_task(self._write(), name="ingest writer")
            ticker = tasks.create_task(self._tick(), name="ingest ticker")
            await self._take()
            while self.waiting:
                await self._next_progress()
            ticker.cancel()
            writer.cancel()

    async def report(self, report: GatewayReport) -> None:
        """Take note of what a gateway says that it does not have any more."""
        if self.gaps.closes(report):
            async with self._transaction() as session:
                await self.gaps.close(session, report, self._shared.now())

    async def _take(self) -> None:
        async for envelopes in self._bus.events():
            self._shared.unstored.on_waiting(envelopes)
            self._inbox.put(envelopes)
            self._wake.set()
            while self._inbox.full:
                if self.trouble is not None:
                    self._inbox.make_room()
                if self._inbox.full:
                    await self._next_progress()

    async def _next_progress(self) -> None:
        self._progress.clear()
        await self._progress.wait()

    async def _tick(self) -> None:
        """Ask for what did not come; see that nothing is owed to the database for long."""
        while True:
            await asyncio.sleep(TICK_S)
            for receipt in self.gaps.due():
                with contextlib.suppress(BusError):
                    await self._bus.acknowledge(receipt)
            if self._memory.radios.due(self._monotonic()):
                self._wake.set()

    async def _write(self) -> None:
        last, pause = -FLUSH_S, FLUSH_S
        while True:
            await self._wake.wait()
            await self._gather(last + pause)
            last = self._monotonic()
            await self._store_urgent()
            group = self._inbox.take()
            pause = FLUSH_S if len(group) >= COMPANY else ALONE_S
            if group or self._memory.radios.due(last):
                self._storing += len(group)
                await self._store(group)
                self._storing -= len(group)
            if len(self._inbox):
                self._wake.set()
            else:
                self._wake.clear()
            self._progress.set()

    async def _gather(self, until: float) -> None:
        """Let events that can wait come together, if there was a flush just now."""
        while not self._inbox.hurry and not self._inbox.batch_full:
            rest = until - self._monotonic()
            if rest <= 0:
                return
            self._wake.clear()
            try:
                async with asyncio.timeout(rest):
                    await self._wake.wait()
            except TimeoutError:
                return

    async def _store_urgent(self) -> None:
        if group := self._inbox.take_urgent():
            self._storing += len(group)
            await self._store(group)
            self._storing -= len(group)

    async def _store(self, envelopes: Sequence[EventEnvelope]) -> None:
        """Commit and acknowledge; returns when these events are stored or put aside."""
        try:
            await self._patiently(lambda: self._commit(envelopes))
        except Exception as error:
            if len(envelopes) > 1:
                log.warning("a batch of %d events is taken apart: %s", len(envelopes), error)
                await self._store_parts(envelopes)
                return
            if not envelopes:
                log.exception("what radios were heard last cannot be stored")
                return
            log.exception("event %s cannot be stored and is put aside", envelopes[0].id)
            if isinstance(envelopes[0].event, EmergencyRaised):
                await self._store_bare(envelopes[0], envelopes[0].event)
            row = self._rejection(envelopes[0], error)
            await self._patiently(lambda: self._reject(envelopes[0], row))
        await self._acknowledge(envelopes)

    async def _store_parts(self, envelopes: Sequence[EventEnvelope]) -> None:
        """Store two halves; alarms that came meanwhile go before each."""
        middle = len(envelopes) // 2
        for part in (envelopes[:middle], envelopes[middle:]):
            await self._store_urgent()
            await self._store(part)

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

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[AsyncSession]:
        """One that this process may write; after a failure nothing is taken for known."""
        try:
            async with self._shared.database.write() as session:
                if self._guard is not None:
                    await self._guard(session)
                yield session
        except BaseException:
            self._memory.forget()
            raise

    async def _commit(self, envelopes: Sequence[EventEnvelope]) -> None:
        async with self._transaction() as session:
            await store(session, self._shared, envelopes, self._memory)
            await self.gaps.note(session, envelopes, self._shared.now())
        self.stored += len(envelopes)
        self._shared.unstored.on_stored([one.id for one in envelopes if is_urgent(one.event)])
        self.latency.note(envelopes, self._shared.now())

    async def _reject(self, envelope: EventEnvelope, row: RejectedEvent) -> None:
        async with self._transaction() as session:
            await IngestRepository(session).reject(RejectedEvent(**row.model_dump()))
            # it has come, for all that: it must not be asked for again
            await self.gaps.note(session, [envelope], self._shared.now())
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
            with contextlib.suppress(BusError):
                await self._bus.acknowledge(Receipt(gateway, tuple(events)))

    def _note_trouble(self, error: Exception) -> None:
        reason = str(getattr(error, "orig", None) or error)
        if self.trouble != reason:
            log.error("events wait, the database refuses them: %s", reason)
        self.trouble = reason
        self._progress.set()


def _written(envelope: EventEnvelope) -> str:
    try:
        return storable(dump_event(envelope).decode())
    except (UnicodeError, ValueError):
        # what cannot be written as JSON is at fault just for that
        return storable(repr(envelope))


async def forget_ids(session: AsyncSession, before: datetime) -> None:
    """Forget event ids that no gateway sends again."""
    await IngestRepository(session).forget_before(before)
