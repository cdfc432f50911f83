"""The 48-bit synchronisation patterns in the middle of a burst (ETSI TS 102 361-1, 9.1.1)."""

from enum import Enum
from typing import Final

TOLERATED_ERRORS: Final = 3
BURST_OCTETS: Final = 33
_SHIFT: Final = 264 - 156
_MASK: Final = (1 << 48) - 1


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


def centre(burst: bytes) -> int:
    """The 48 bits in the middle: synchronisation, or EMB and an embedded fragment."""
    return int.from_bytes(burst, "big") >> _SHIFT & _MASK


def detect(pattern: int) -> Sync | None:
    """The nearest pattern within `TOLERATED_ERRORS` wrong bits; None: no synchronisation."""
    exact = _BY_PATTERN.get(pattern)
    if exact is not None:
        return exact
    nearest = min(Sync, key=lambda sync: (sync.value ^ pattern).bit_count())
    return nearest if (nearest.value ^ pattern).bit_count() <= TOLERATED_ERRORS else None
