"""Keys of events: unique everywhere, sorting by time of making (UUID version 7, RFC 9562 5.7)."""

import secrets
from datetime import datetime
from itertools import count
from typing import Final

_COUNTER_BITS: Final = 48
_MASK: Final = (1 << _COUNTER_BITS) - 1
_VARIANT: Final = 0b10 << 14


class IdMaker:
    """48 bits of Unix milliseconds, then 26 random bits of this maker, then a counter that starts
    at a random place in 48 bits (RFC 9562 6.2, method 2).

    Makers of two processes meet only when both random parts do, within the same millisecond.
    """

    def __init__(self) -> None:
        self._maker = f"7{secrets.randbits(12):03x}-{_VARIANT | secrets.randbits(14):04x}"
        # the first quarter, so that the counter does not come round within a process's life
        self._numbers = count(secrets.randbits(_COUNTER_BITS - 2))
        self._at: datetime | None = None
        self._head = ""

    def __call__(self, at: datetime) -> str:
        """Make a key of the time `at`; all events of one datagram batch share their `at`."""
        if at is not self._at:
            milliseconds = f"{int(at.timestamp() * 1000) & 0xFFFF_FFFF_FFFF:012x}"
            self._head = f"{milliseconds[:8]}-{milliseconds[8:]}-{self._maker}-"
            self._at = at
        return f"{self._head}{next(self._numbers) & _MASK:012x}"


new_id: Final = IdMaker()
"The one maker of this process; for the event loop's thread."
