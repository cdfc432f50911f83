"""When something was heard, by both clocks."""

from dataclasses import dataclass
from datetime import datetime

from radio_gateway.domain.quick import quick_init


@quick_init
@dataclass(frozen=True, slots=True)
class Moment:
    """One instant: `mono` orders and measures, `utc` is what people read.

    Stamped by links only; everything inside takes the time as an argument.
    """

    mono: float
    "Seconds of a monotonic clock; comparable within one process only."
    utc: datetime
    "Aware, UTC."

    def __post_init__(self) -> None:
        if self.utc.tzinfo is None:
            raise ValueError("a Moment needs an aware UTC time")
