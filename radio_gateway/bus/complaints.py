"""What is wrong with messages: counted always, logged once a minute for each kind of fault."""

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Final

log = logging.getLogger(__name__)

EVERY_S: Final = 60.0


class Complaints:
    """Counts faults by a short key."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock`: seconds of a monotonic clock."""
        self._clock = clock
        self._counts: Counter[str] = Counter()
        self._told: dict[str, float] = {}
        self._silent: Counter[str] = Counter()

    @property
    def counts(self) -> Mapping[str, int]:
        """So many of each since the start."""
        return self._counts

    def note(self, key: str, detail: object) -> None:
        """Count one fault, and log it unless one of its kind was logged in this minute."""
        self._counts[key] += 1
        now = self._clock()
        told = self._told.get(key)
        if told is not None and now - told < EVERY_S:
            self._silent[key] += 1
            return
        self._told[key] = now
        silent = self._silent.pop(key, 0)
        more = f" (and {silent} more like it before)" if silent else ""
        log.warning("message dropped, %s: %s%s", key, detail, more)
