"""The 48-bit synchronisation patterns in the middle of a burst (ETSI TS 102 361-1, 9.1.1)."""

from enum import Enum
from typing import Final

TOLERATED_ERRORS: Final = 3
BURST_OCTETS: Final = 33
_LOW_BITS: Final = 0x5555_5555_5555
"Synchronisation uses the two outermost frequencies only: the second bit of each dibit is set."


class Sync(Enum):
    """Who sends and what: base station (repeater), mobile station or direct mode; voice or data."""

    BS_VOICE = 0x755FD7DF75F7
    BS_DATA = 0xDFF57D75DF5D
    MS_VOICE = 0x7F7D5DD57DFD
    MS_DATA = 0xD5D7F77FD757
    MS_REVERSE_CHANNEL = 0x77D55F7DFD77
    DIRECT_1_VOICE = 0x5D577F7757FF
    DIRECT_1_DATA = 0xF7FDD5DDFD55
    DIRECT_2_VOICE = 0x7DFFD5F55D5F
    DIRECT_2_DATA = 0xD7557F5FF7F5

    @property
    def is_data(self) -> bool:
        """A slot type and FEC blocks surround this pattern, no vocoder frames."""
        return self in _DATA

    @property
    def is_voice(self) -> bool:
        """This is burst A of a superframe."""
        return self in _VOICE


_DATA: Final = frozenset((Sync.BS_DATA, Sync.MS_DATA, Sync.DIRECT_1_DATA, Sync.DIRECT_2_DATA))
_VOICE: Final = frozenset((Sync.BS_VOICE, Sync.MS_VOICE, Sync.DIRECT_1_VOICE, Sync.DIRECT_2_VOICE))
_BY_PATTERN: Final = {sync.value: sync for sync in Sync}


def detect(pattern: int) -> Sync | None:
    """The pattern within `TOLERATED_ERRORS` wrong bits; None: no synchronisation.

    Any two patterns differ in 10 bits or more, so at most one is that near.
    """
    exact = _BY_PATTERN.get(pattern)
    if exact is not None:
        return exact
    if (~pattern & _LOW_BITS).bit_count() > TOLERATED_ERRORS:
        return None
    for value, sync in _BY_PATTERN.items():
        if (value ^ pattern).bit_count() <= TOLERATED_ERRORS:
            return sync
    return None
