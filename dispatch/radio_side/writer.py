"""Ingest and timers, in the one process that holds the writer's lease."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Final

from sqlalchemy.exc import InterfaceError, OperationalError

from dispatch.background import Work, background
from dispatch.election.service import ASK_S, RENEW_S, Lease
from dispatch.ingest.chores import Chores
from dispatch.ingest.service import Ingest
from dispatch.shared import Shared
from radio_gateway.domain.ports import DispatchBus

log = logging.getLogger(__name__)

AGAIN_S: Final = 1.0
_TROUBLE: Final = (OperationalError, InterfaceError, OSError)


class Writer:
    """Writes while it is this process's part; stands by otherwise.

    The lease is given up by the database's word alone: while the database is away nobody else can
    have taken it, and alarms that cannot be stored are still shown.
    """

    def __init__(
        self,
        shared: Shared,
        open_bus: Callable[[], AbstractAsyncContextManager[DispatchBus]],
        lease: Lease | None,
        beside: Callable[[Shared], Mapping[str, Work]],
    ) -> None:
        """Prepare.

        Args:
            shared: this process's.
            open_bus: where events come from, opened for as long as this process writes.
            lease: None for SQLite, whose one process always writes.
            beside: what else the writer does until cancelled, by name, given the writer's own
                `shared`; a fault in one of these stops neither ingest nor another.
        """
        self._shared = shared
        self._open_bus = open_bus
        self._lease = lease
        self._beside = beside
        self.ingest: Ingest | None = None
        "The present one, or the last one."
        self._timers: Chores | None = None
        self.writing = False
        self.faults = 0
        "How often something beside ingest has failed."
        self.terms = 0
        "How often this process became the writer."
        self.other = ""
        "Who writes meanwhile: machine and process."

    @property
    def trouble(self) -> str | None:
        """Why nothing can be stored at the moment."""
        return self.ingest.trouble if self.writing and self.ingest else None

    @property
    def waiting(self) -> int:
        """Events taken from the bus and not yet stored."""
        return self.ingest.waiting if self.writing and self.ingest else 0

    @property
    def unshown(self) -> int:
        """Alarms of this moment that should be on a screen and are not known to be."""
        return self._timers.alarms.overdue if self.writing and self._timers else 0

    async def run(self) -> None:
        """Stand by and write in turns until cancelled, or until the bus is closed."""
        if self._lease is None:
            await self._work(self._shared)
            return
        while True:
            await self._elected(self._lease)
            try:
                await self._hold(self._lease)
            finally:
                await self._release(self._lease)
            await asyncio.sleep(AGAIN_S)

    async def _elected(self, lease: Lease) -> None:
        while True:
            try:
                if await lease.take():
                    return
                self.other = await lease.holder()
            except _TROUBLE as error:
                log.debug("the writer's lease cannot be had: %s", error)
            await asyncio.sleep(ASK_S)

    async def _hold(self, lease: Lease) -> None:
        """Write until the lease is lost, or the bus is closed."""
        log.info("this process writes what gateways report, term %s", lease.term)
        shared = replace(self._shared, database=self._shared.database.guarded(lease.guard))
        work = asyncio.create_task(self._work(shared), name="writer's work")
        try:
            while await _keeps(lease):
                done, _ = await asyncio.wait({work}, timeout=RENEW_S)
                if done:
                    work.result()
                    return
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
        log.warning("another process writes what gateways report; this one stands by")

    async def _work(self, shared: Shared) -> None:
        async with self._open_bus() as bus:
            self.ingest, self._timers = Ingest(shared, bus), Chores(shared)
            self.writing, self.other, self.terms = True, "", self.terms + 1
            timers, ingest = self._timers, self.ingest
            async with background() as tasks:
                tasks.start("timers", lambda: _timers(timers))
                for name, work in self._beside(shared).items():
                    tasks.start(name, work)
                try:
                    await ingest.run()
                finally:
                    self.writing = False
                    self.faults += sum(tasks.faults.values())

    async def _release(self, lease: Lease) -> None:
        try:
            await lease.release()
        except _TROUBLE as error:
            log.warning("the writer's lease ends by itself: %s", error)


async def _keeps(lease: Lease) -> bool:
    """Whether it is still held; an absent database cannot give it to anybody else."""
    try:
        return await lease.renew()
    except _TROUBLE as error:
        log.warning("the writer's lease could not be renewed: %s", error)
        return lease.term is not None


async def _timers(chores: Chores) -> None:
    while True:
        try:
            await chores.start()
            await chores.run()
        except _TROUBLE as error:
            log.warning("timers wait for the database: %s", error)
        await asyncio.sleep(AGAIN_S)
