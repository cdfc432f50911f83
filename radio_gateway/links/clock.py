"""The gateway's only clock: everything inside takes the time as an argument."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, TypeAlias

from radio_gateway.domain.moment import Moment

Clock: TypeAlias = Callable[[], Moment]


def now() -> Moment:
    """Stamp the present by both clocks of this machine."""
    return Moment(time.monotonic(), datetime.now(UTC))


JUMP_S: Final = 1.0
"A smaller step is taken for the clock being corrected."


class JumpWatch:
    """Compares the wall clock with the monotonic one, to see somebody set it.

    A clock that is slewed (500 parts in a million at most) does not move that far between looks.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._difference = _difference(clock())
        self.size_s = 0.0
        "The newest jump, forward positive; 0: none since the start."
        self.at: datetime | None = None
        "When it was noticed, by the clock as it went on from there."

    def look(self) -> bool:
        """Whether the clock jumped since the last look."""
        now = self._clock()
        before, self._difference = self._difference, _difference(now)
        step = self._difference - before
        if abs(step) < JUMP_S:
            return False
        self.size_s, self.at = step, now.utc
        return True


def _difference(moment: Moment) -> float:
    return moment.utc.timestamp() - moment.mono
