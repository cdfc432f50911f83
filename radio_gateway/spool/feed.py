"""What the spool holds, in order of its numbers: from memory, or read back where memory ends."""

from collections import deque
from collections.abc import Sequence
from typing import Final

from radio_gateway.domain.wire import EventEnvelope
from radio_gateway.spool.errors import SpoolError
from radio_gateway.spool.spool import Spool

READY: Final = 5000
"Committed events held in memory; further ones are read back from the spool."


class Feed:
    """Emergencies, or all other durable events, each given out once."""

    def __init__(self, spool: Spool, *, urgent: bool) -> None:
        self._spool = spool
        self._urgent = urgent
        self._waiting: deque[EventEnvelope] = deque()
        self._behind = True
        "The spool holds events after those in memory."
        self._epoch = spool.epoch
        self._top = 0
        "Highest number in memory or given out."
        self.given_out = 0
        "Highest number that `take` returned."

    @property
    def waiting(self) -> bool:
        """Whether `take` may have something."""
        return self._behind or bool(self._waiting)

    def put(self, envelope: EventEnvelope) -> None:
        """Take note of an event that was committed just now."""
        self._follow()
        number = envelope.seq or 0
        if self._behind or number <= self._top:
            return
        if len(self._waiting) >= READY:
            self._behind = True
            return
        self._waiting.append(envelope)
        self._top = number

    async def take(self, limit: int) -> list[EventEnvelope]:
        """The next events, at most `limit`; empty when all were given out.

        Raises:
            SpoolError: they cannot be read at the moment.
        """
        self._follow()
        if not self._waiting and self._behind:
            await self._read_back(limit)
        taken = [self._waiting.popleft() for _ in range(min(limit, len(self._waiting)))]
        if taken:
            self.given_out = taken[-1].seq or 0
        return taken

    def put_back(self, taken: Sequence[EventEnvelope]) -> None:
        """Return what could not be handed on; it is next again."""
        if taken and taken[0].epoch == self._epoch:
            self._waiting.extendleft(reversed(taken))
            self.given_out = (taken[0].seq or 1) - 1

    async def _read_back(self, limit: int) -> None:
        # what is committed from here on comes by `put`, and what was before is in the page
        self._behind = False
        epoch, after = self._epoch, self._top
        try:
            page = await self._spool.pending(urgent=self._urgent, after_seq=after, limit=limit)
        except SpoolError:
            self._waiting.clear()
            self._top, self._behind = after, True
            raise
        self._follow()
        if epoch != self._epoch:
            return
        last = (page[-1].seq or after) if page else after
        newer = [envelope for envelope in self._waiting if (envelope.seq or 0) > last]
        if len(page) == limit:
            self._behind, newer = True, []
        self._waiting = deque([*page, *newer])
        self._top = (newer[-1].seq or last) if newer else last

    def _follow(self) -> None:
        """A spool that was made anew is read from its beginning."""
        if self._spool.epoch != self._epoch:
            self._epoch = self._spool.epoch
            self._waiting.clear()
            self._behind, self._top, self.given_out = True, 0, 0
