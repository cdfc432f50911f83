"""Whether the database takes what has to be stored, asked by writing."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from dispatch import clock
from dispatch.condition.lamp import Finding
from dispatch.db.away import is_away, reason_of
from dispatch.db.database import Database
from dispatch.live.log import EventLog

log = logging.getLogger(__name__)

PROBE_S: Final = 2.0
PATIENCE_S: Final = 2.0
"A write that has not ended by then means that the database is away."
SLOW_S: Final = 0.5
"A commit that takes longer is slow."
_SLOW_ONES: Final = 2
"So many slow ones of those kept turn the lamp amber: a single one is soon forgotten."
_KEPT: Final = 60
"Probes that are looked at: two minutes."


class DatabaseWatch:
    """Writes a row that changes nothing every two seconds: reading alone would miss a lock,
    and neither notices a full disk.
    """

    def __init__(
        self,
        database: Database,
        now: Callable[[], datetime] = clock.now,
        monotonic: Callable[[], float] = clock.monotonic,
    ) -> None:
        self._database = database
        self._now = now
        self._monotonic = monotonic
        self._log = EventLog(lambda _frames: None)
        self._probe: asyncio.Task[float] | None = None
        self._latencies: deque[float] = deque(maxlen=_KEPT)
        self._connected = False
        "The first probe also makes the connection: it says nothing of commits."
        self.away_since: datetime | None = None
        self._away_at = 0.0
        self.reason = ""

    @property
    def away(self) -> bool:
        """Whether nothing can be stored at the moment."""
        return self.away_since is not None

    async def run(self) -> None:
        """Probe until cancelled."""
        try:
            while True:
                await self.tick()
                await asyncio.sleep(PROBE_S)
        finally:
            if self._probe is not None:
                self._probe.cancel()

    async def tick(self) -> None:
        """Probe once; a probe that hangs is not followed by another."""
        if self._probe is None:
            self._probe = asyncio.create_task(self._write(), name="database probe")
        done, _ = await asyncio.wait({self._probe}, timeout=PATIENCE_S)
        if not done:
            self.note_away("it does not answer")
            return
        probe, self._probe = self._probe, None
        error = probe.exception()
        if error is None:
            # how long an outage lasted says nothing of how fast commits are
            if self._connected and not self.away:
                self._latencies.append(probe.result())
            self._connected = True
            self._back()
        elif is_away(error):
            self.note_away(reason_of(error))
        else:
            raise error

    def note_away(self, reason: str) -> None:
        """Somebody could not store or read; the next probe tells when that is over."""
        if self.away_since is None:
            self.away_since, self._away_at = self._now(), self._monotonic()
            log.error("the database is away: %s", reason)
        self.reason = reason

    def quantile(self, share: float) -> float:
        """Seconds that this share of the last probes stayed below; 0 before the first."""
        ordered = sorted(self._latencies)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else 0.0

    def findings(self) -> Iterator[Finding]:
        """The lamp `database`."""
        if self.away:
            yield Finding("database", "red", "database.away", {"reason": self.reason})
            return
        p99 = self.quantile(0.99)
        numbers = {"p99_ms": round(p99 * 1000, 1)}
        slow = sum(took > SLOW_S for took in self._latencies) >= _SLOW_ONES
        text = "database.slow" if slow else "database.ok"
        yield Finding("database", "amber" if slow else "ok", text, numbers)

    async def _write(self) -> float:
        began = self._monotonic()
        async with self._database.write() as session:
            await self._log.next_number(session)  # locks and writes the row, changes nothing
        return self._monotonic() - began

    def _back(self) -> None:
        if self.away_since is not None:
            away_s = self._monotonic() - self._away_at
            log.warning("the database is back after %.0f s", away_s)
        self.away_since, self.reason = None, ""
