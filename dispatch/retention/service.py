"""Erasing what is too old: hourly, in small steps that let others write in between."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from dispatch import clock
from dispatch.audit import service as access_log
from dispatch.audit.models import Action
from dispatch.db.database import Database
from dispatch.errors import NotFoundError
from dispatch.positions.days import drop_days
from dispatch.retention.clock_guard import Look, objection
from dispatch.retention.limits import Days, Kind, Limit, limits
from dispatch.retention.machine import Uptime, uptime
from dispatch.retention.models import RetentionHold, RetentionRun
from dispatch.retention.repository import RetentionRepository

log = logging.getLogger(__name__)

EVERY_S: Final = 3600.0
LOOK_S: Final = 30.0
STEP_S: Final = 0.1
"Pause after each transaction."
BATCH: Final = 500
"Records of one transaction: an emergency waits behind one of them at most."


class Retention:
    """The erasing of one process: that of the writer."""

    def __init__(
        self,
        database: Database,
        days: Days,
        now: Callable[[], datetime] = clock.now,
        machine: Callable[[], Uptime] = uptime,
    ) -> None:
        self._database = database
        self._days = days
        self._now = now
        self._machine = machine
        self._began_s: float | None = None
        self._work: Iterator[Limit] | None = None
        self._limit: Limit | None = None
        self._swept: Counter[Kind] = Counter()
        self.refusal: str | None = None
        "Why nothing is erased; None: the clock is believed."
        self.erased: Counter[Kind] = Counter()
        "Records since the start; whole days of positions."

    async def tick(self) -> bool:
        """Do at most one transaction's work, if any is due; whether there is more at once."""
        if self._work is None:
            seconds = self._machine().seconds
            if self._began_s is not None and seconds - self._began_s < EVERY_S:
                return False
            self._began_s = seconds
            if not await self._clock_is_right():
                return False
            self._work = iter(limits(self._days, self._now()))
            self._swept.clear()
        if self._limit is None:
            self._limit = next(self._work, None)
            if self._limit is None:
                self._end()
                return False
        kind = self._limit.kind
        if kind is Kind.POSITIONS:
            count, more = await self._drop_days(self._limit), False
        else:
            count = await self._erase(self._limit)
            more = count == BATCH
        self._swept[kind] += count
        self.erased[kind] += count
        if not more:
            self._limit = None
        return True

    async def run(self) -> None:
        """Tick until cancelled; a database in trouble is tried again."""
        while True:
            try:
                more = await self.tick()
            except (OperationalError, InterfaceError) as error:
                log.warning("erasing waits for the database: %s", error.orig)
                more = False
            await asyncio.sleep(STEP_S if more else LOOK_S)

    def numbers(self) -> Mapping[str, float]:
        """For `/metrics`."""
        return {
            "sardze_retention_erased": sum(self.erased.values()),
            "sardze_retention_refused": float(self.refusal is not None),
        }

    async def forecast(self) -> Sequence[tuple[Limit, int]]:
        """What the next run would erase, in records of each kind."""
        async with self._database.read() as session:
            repository = RetentionRepository(session)
            holds = await repository.holds()
            return [
                (limit, await repository.count(limit.kind, limit.before, holds))
                for limit in limits(self._days, self._now())
            ]

    async def objection(self) -> str | None:
        """What speaks against erasing now; None: nothing."""
        async with self._database.read() as session:
            run = await RetentionRepository(session).run()
        return None if run is None else objection(_look(run), self._look())

    async def confirm_clock(self) -> None:
        """An administrator says that the clock is right as it is."""
        async with self._database.write() as session:
            await self._note(session, await RetentionRepository(session).run())
            now = self._now()
            await access_log.record(
                session, None, Action.ALTERATION, "retention", {"clock": now}, 1
            )

    async def _clock_is_right(self) -> bool:
        """Look at the clocks; the very first look only notes them, and erases nothing."""
        async with self._database.write() as session:
            run = await RetentionRepository(session).run()
            self.refusal = None if run is None else objection(_look(run), self._look())
            if run is None or self.refusal is None:
                await self._note(session, run)
            else:
                run.refusal = self.refusal
        if self.refusal is not None:
            log.error(
                "nothing is erased: %s; if it is right now: dispatch retention --confirm-clock",
                self.refusal,
            )
        return run is not None and self.refusal is None

    async def _note(self, session: AsyncSession, run: RetentionRun | None) -> None:
        look = self._look()
        if run is None:
            run = RetentionRun(at=look.at, boot=look.uptime.boot, uptime_s=look.uptime.seconds)
            await RetentionRepository(session).add(run)
        run.at, run.boot, run.uptime_s = look.at, look.uptime.boot, look.uptime.seconds
        run.refusal = None

    async def _erase(self, limit: Limit) -> int:
        async with self._database.write() as session:
            repository = RetentionRepository(session)
            holds = await repository.holds()
            if limit.kind is Kind.EVENTS:
                return await repository.erase_events(limit.before, BATCH)
            if limit.kind is Kind.ACCESS_LOG:
                return await access_log.erase_older(
                    session, limit.before, BATCH, lambda at: _is_held(at, holds)
                )
            count = await repository.erase(limit.kind, limit.before, holds, BATCH)
            await _tell(session, limit, count)
            return count

    async def _drop_days(self, limit: Limit) -> int:
        async with self._database.read() as session:
            holds = await RetentionRepository(session).holds()
        keep = [(one.since.date(), one.until.date()) for one in holds]
        count = await drop_days(self._database, limit.before.date(), keep)
        async with self._database.write() as session:
            await _tell(session, limit, count)
        return count

    def _end(self) -> None:
        self._work = None
        told = {kind.value: count for kind, count in self._swept.items() if count}
        if told:
            log.info("erased: %s", ", ".join(f"{count} {kind}" for kind, count in told.items()))

    def _look(self) -> Look:
        return Look(self._now(), self._machine())


async def hold(
    session: AsyncSession, since: datetime, until: datetime, reason: str, at: datetime
) -> RetentionHold:
    """Keep all records of an interval, since <= time < until, until the hold ends."""
    row = RetentionHold(since=since, until=until, reason=reason, at=at)
    await RetentionRepository(session).add(row)
    scope = {"hold": row.id, "since": since, "until": until}
    await access_log.record(session, None, Action.ALTERATION, "retention", scope, 1, reason)
    return row


async def end_hold(session: AsyncSession, hold_id: int) -> None:
    """Let what is too old go again; raises NotFoundError."""
    row = await RetentionRepository(session).end_hold(hold_id)
    if row is None:
        raise NotFoundError(f"There is no hold {hold_id}; dispatch retention holds lists them.")
    scope = {"hold": hold_id, "ended": True}
    await access_log.record(session, None, Action.ALTERATION, "retention", scope, 1, row.reason)


async def holds(session: AsyncSession) -> Sequence[RetentionHold]:
    """All holds in force."""
    return await RetentionRepository(session).holds()


async def _tell(session: AsyncSession, limit: Limit, count: int) -> None:
    if count:
        scope = {"before": limit.before}
        await access_log.record(session, None, Action.ERASURE, limit.kind.value, scope, count)


def _is_held(at: datetime, holds: Sequence[RetentionHold]) -> bool:
    return any(hold.since <= at < hold.until for hold in holds)


def _look(run: RetentionRun) -> Look:
    return Look(run.at, Uptime(run.boot, run.uptime_s))
