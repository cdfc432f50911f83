"""The gateway's only clock: everything inside takes the time as an argument."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeAlias

from radio_gateway.domain.moment import Moment

Clock: TypeAlias = Callable[[], Moment]


def now() -> Moment:
    """Stamp the present by both clocks of this machine."""
    return Moment(time.monotonic(), datetime.now(UTC))
