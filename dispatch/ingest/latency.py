"""How long events took from being heard to being committed."""

from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from dispatch import clock
from radio_gateway.domain.wire import EventEnvelope

SPAN_S: Final = 60.0
SAMPLES: Final = 20
"Of each transaction: the oldest event and others evenly chosen."
_MOST: Final = 24_000


class CommitLatency:
    """Percentiles over the last minute, from samples; bounded memory.

    By the wall clocks of gateway and server: on different machines it contains their difference.
    """

    def __init__(self, monotonic: Callable[[], float] = clock.monotonic) -> None:
        self._monotonic = monotonic
        self._samples: deque[tuple[float, float]] = deque(maxlen=_MOST)

    def note(self, envelopes: Sequence[EventEnvelope], committed_at: datetime) -> None:
        """These events were committed now."""
        now = self._monotonic()
        step = -(-len(envelopes) // SAMPLES) or 1
        for envelope in envelopes[::step]:
            waited = (committed_at - envelope.event.at.utc).total_seconds()
            self._samples.append((now, max(0.0, waited)))

    @property
    def p50_s(self) -> float | None:
        """Half of the events took no longer; None: nothing was stored in the last minute."""
        return self.percentile(50)

    @property
    def p99_s(self) -> float | None:
        """One of a hundred took longer."""
        return self.percentile(99)

    def percentile(self, percent: float) -> float | None:
        """Seconds; None: nothing was stored in the last minute."""
        since = self._monotonic() - SPAN_S
        while self._samples and self._samples[0][0] < since:
            self._samples.popleft()
        if not self._samples:
            return None
        waits = sorted(waited for _, waited in self._samples)
        return waits[min(len(waits) - 1, int(len(waits) * percent / 100))]
