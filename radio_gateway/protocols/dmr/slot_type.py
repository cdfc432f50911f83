"""Slot type: colour code and kind of a data or control burst (ETSI TS 102 361-1, 9.1.3)."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from radio_gateway.protocols.dmr.codes import GOLAY_20_8

_RIGHT_SHIFT: Final = 264 - 166
_LEFT_SHIFT: Final = 264 - 108


class DataType(IntEnum):
    """What the information field of a data burst holds."""

    PI_HEADER = 0
    VOICE_LC_HEADER = 1
    TERMINATOR_WITH_LC = 2
    CSBK = 3
    MBC_HEADER = 4
    MBC_CONTINUATION = 5
    DATA_HEADER = 6
    RATE_12_DATA = 7
    RATE_34_DATA = 8
    IDLE = 9
    RATE_1_DATA = 10
    USB_DATA = 11
    RESERVED_12 = 12
    RESERVED_13 = 13
    RESERVED_14 = 14
    RESERVED_15 = 15


@dataclass(frozen=True, slots=True)
class SlotType:
    """20 bits around the synchronisation, Golay (20,8): three wrong bits are repaired."""

    colour_code: int
    "0..15"
    data_type: DataType

    @classmethod
    def decode(cls, word: int) -> "SlotType | None":
        """Read the 20 bits; None when they are beyond repair."""
        exact = _BY_WORD.get(word)
        if exact is not None:
            return exact
        decoded = GOLAY_20_8.decode(word)
        return None if decoded is None else _of_octet(decoded[0])

    def bits(self) -> int:
        """The slot type at its place in an otherwise empty burst, as a 264-bit integer."""
        word = GOLAY_20_8.encode(self.colour_code << 4 | self.data_type)
        return (word >> 10) << _LEFT_SHIFT | (word & 0x3FF) << _RIGHT_SHIFT


def _of_octet(octet: int) -> SlotType:
    return SlotType(octet >> 4, DataType(octet & 0xF))


_BY_WORD: Final = {GOLAY_20_8.encode(octet): _of_octet(octet) for octet in range(256)}
"All code words: what nearly every burst carries."
