"""Durable events between the bus and their receipts: which are under way, which go again."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from radio_gateway.domain.wire import EventEnvelope
from radio_gateway.spool.feed import Feed

WINDOW: Final = 5000
"Events that may be under way at once; receipts make room for more."
PROBE: Final = 20
"While no receipt comes at all, only so many are published again at a time."
LONGEST_RETRY_S: Final = 10.0
_ASKED_EARLY_S: Final = 1.0
"An event published so lately may be on its way although dispatch asks for it."


@dataclass(slots=True)
class _Flight:
    envelope: EventEnvelope
    at: float
    "When it was published last, monotonic seconds."


class Lane:
    """A feed, a window over it, and the decision what is published again.

    An event goes again when a later one already has its receipt, so it must have been lost; and
    when receipts stopped altogether, the oldest few go again and again to find out.
    """

    def __init__(self, feed: Feed, retry_s: float) -> None:
        self.feed = feed
        self._retry_s = retry_s
        self._patience_s = retry_s
        self._flights: dict[str, _Flight] = {}
        "Least recently published first."
        self._again: deque[EventEnvelope] = deque()
        self._receipted_at = float("-inf")
        "Publication of the newest event that got its receipt."
        self._answered_at = float("-inf")
        self._probed_at = float("-inf")
        self.resent = 0

    @property
    def waiting(self) -> bool:
        """Whether `take` may have something; not so while the window is full."""
        return bool(self._again) or (self.feed.waiting and len(self._flights) < WINDOW)

    @property
    def unsent(self) -> bool:
        """Whether anything was not handed to the bus yet."""
        return bool(self._again) or self.feed.waiting

    async def take(self, limit: int) -> list[EventEnvelope]:
        """The next batch: what goes again, else what was never sent, oldest first.

        Raises:
            SpoolError: the spool cannot be read at the moment.
        """
        again: list[EventEnvelope] = []
        while self._again and len(again) < limit:
            envelope = self._again.popleft()
            if envelope.id in self._flights:  # no receipt meanwhile
                again.append(envelope)
        if again:
            self.resent += len(again)
            return again
        room = min(limit, WINDOW - len(self._flights))
        return await self.feed.take(room) if room > 0 and self.feed.waiting else []

    def published(self, batch: Sequence[EventEnvelope], now: float) -> None:
        """These are under way from now on."""
        for envelope in batch:
            self._flights.pop(envelope.id, None)
            self._flights[envelope.id] = _Flight(envelope, now)

    def not_published(self, batch: Sequence[EventEnvelope]) -> None:
        """The bus did not take these; they come first again."""
        again = [envelope for envelope in batch if envelope.id in self._flights]
        self._again.extendleft(reversed(again))
        self.feed.put_back([one for one in batch if one.id not in self._flights])

    def receipted(self, ids: Iterable[str], now: float) -> None:
        """Dispatch has committed these."""
        for key in ids:
            flight = self._flights.pop(key, None)
            if flight is not None:
                self._receipted_at = max(self._receipted_at, flight.at)
                self._answered_at = now
                self._patience_s = self._retry_s

    def recall(self, now: float) -> None:
        """Decide what goes again."""
        if self._again or not self._flights:
            return
        oldest = next(iter(self._flights.values()))
        lost_before = min(self._receipted_at - self._retry_s / 5, now - self._retry_s)
        if oldest.at < lost_before:
            flights = iter(self._flights.values())
            lost = []
            for flight in flights:
                if flight.at >= lost_before:
                    break
                lost.append(flight)
            self._send_again(lost, now)
            return
        silent_since = max(oldest.at, self._answered_at, self._probed_at)
        if now - silent_since >= self._patience_s:
            self._probed_at = now
            self._patience_s = min(2 * self._patience_s, LONGEST_RETRY_S)
            self._send_again(list(self._flights.values())[:PROBE], now)

    def wanted(self, envelopes: Iterable[EventEnvelope], now: float) -> None:
        """Dispatch lacks these, which the spool holds; what was not sent yet comes in its turn."""
        lost = []
        for envelope in envelopes:
            flight = self._flights.get(envelope.id)
            if flight is None and (envelope.seq or 0) <= self.feed.given_out:
                flight = self._flights[envelope.id] = _Flight(envelope, float("-inf"))
            if flight is not None and now - flight.at > _ASKED_EARLY_S:
                lost.append(flight)
        self._send_again(lost, now)

    def restart(self) -> None:
        """The spool was made anew: all of it is sent again under its new numbers."""
        self._flights.clear()
        self._again.clear()

    def _send_again(self, flights: Sequence[_Flight], now: float) -> None:
        for flight in flights:
            flight.at = now
            del self._flights[flight.envelope.id]  # most recently published from now on
            self._flights[flight.envelope.id] = flight
            self._again.append(flight.envelope)
