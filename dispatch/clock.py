"""The only clocks of dispatch: what people read, and what timers measure."""

import time
from datetime import UTC, datetime


def now() -> datetime:
    """Wall clock, aware UTC; for what is shown and stored."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Seconds of a clock that never jumps; for timers and ages within this process."""
    return time.monotonic()
