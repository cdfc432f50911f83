"""What has to be done from time to time: expiry, late ends, forgetting."""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from sqlalchemy.exc import OperationalError

from dispatch import clock
from dispatch.calls.service import close_overdue
from dispatch.commands.service import give_up
from dispatch.emergencies.escalation import Escalation
from dispatch.emergencies.watch import ShownWatch
from dispatch.idempotency.service import forget_old
from dispatch.ingest.service import forget_ids
from dispatch.messages.service import send_again
from dispatch.messages.timer import ExpiryTimer
from dispatch.shared import Shared

log = logging.getLogger(__name__)

TICK_S: Final = 1.0
RESEND_S: Final = 30.0
"A gateway that was away gets what it may have missed."
HOURLY_S: Final = 3600.0
IDS_KEPT: Final = timedelta(days=14)
"Longer than any gateway's spool."


class Chores:
    """The timers of the radio features; one task per process."""

    def __init__(self, shared: Shared, monotonic: Callable[[], float] = clock.monotonic) -> None:
        self._shared = shared
        self._monotonic = monotonic
        self._expiry = ExpiryTimer(shared, monotonic)
        self.alarms = ShownWatch(shared, monotonic)
        self.escalation = Escalation(shared, monotonic)
        self._resent_at = monotonic()
        self._tidied_at: float | None = None

    async def start(self) -> None:
        """After a restart: hand over again what no gateway has spoken of."""
        async with self._shared.database.write() as session:
            count = await send_again(session, self._shared, self._shared.now())
        if count:
            log.info("%d messages are handed to the gateways again", count)

    async def run(self) -> None:
        """Tick until cancelled; a database in trouble is tried again."""
        try:
            while True:
                try:
                    await self.tick()
                except OperationalError as error:
                    log.warning("timers wait for the database: %s", error.orig)
                await asyncio.sleep(TICK_S)
        finally:
            await self.escalation.stop()

    async def tick(self) -> None:
        """Do what is due."""
        await self._expiry.tick()
        await self.alarms.tick()
        await self.escalation.tick()
        shared, now = self._shared, self._shared.now()
        async with shared.database.write() as session:
            await close_overdue(session, shared, now)
            await give_up(session, shared, now)
        mono = self._monotonic()
        if mono - self._resent_at >= RESEND_S:
            self._resent_at = mono
            async with shared.database.write() as session:
                await send_again(session, shared, now - timedelta(seconds=RESEND_S))
        if self._tidied_at is None or mono - self._tidied_at >= HOURLY_S:
            self._tidied_at = mono
            async with shared.database.write() as session:
                await forget_ids(session, now - IDS_KEPT)
                await forget_old(session, now)
