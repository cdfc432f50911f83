"""The envelope: `E0 LENGTH TYPE payload`. There is no checksum and no escaping."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final, Self

from radio_gateway.protocols.errors import MalformedError

START: Final = 0xE0
SHORTEST: Final = 3
LONG_OFFSET: Final = 255
"""A long frame (length octet 0) is this much longer than its second length octet.

That octet is never 0: what such a frame is, both ends leave open."""
LONGEST: Final = LONG_OFFSET + 255


class FrameType(IntEnum):
    """What a frame is about; types of modes other than DMR are only passed over."""

    GET_VERSION = 0x00
    GET_STATUS = 0x01
    SET_CONFIG = 0x02
    SET_MODE = 0x03
    SET_FREQ = 0x04
    CAL_DATA = 0x08
    RSSI_DATA = 0x09
    SEND_CWID = 0x0A
    DMR_ALOHA = 0x17
    DMR_DATA1 = 0x18
    DMR_LOST1 = 0x19
    DMR_DATA2 = 0x1A
    DMR_LOST2 = 0x1B
    DMR_SHORTLC = 0x1C
    DMR_START = 0x1D
    DMR_ABORT = 0x1E
    ACK = 0x70
    NAK = 0x7F
    SERIAL_DATA = 0x80
    I2C_DATA = 0x81
    TRANSPARENT = 0x90
    QSO_INFO = 0x91
    DEBUG1 = 0xF1
    DEBUG2 = 0xF2
    DEBUG3 = 0xF3
    DEBUG4 = 0xF4
    DEBUG5 = 0xF5
    DEBUG_DUMP = 0xFA


_NAMES: Final = {item.value: item for item in FrameType}


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame, not yet interpreted."""

    type: int
    payload: bytes = b""

    @property
    def name(self) -> FrameType | None:
        """None: a type of another mode, or of newer firmware."""
        return _NAMES.get(self.type)

    @classmethod
    def parse(cls, octets: bytes) -> Self:
        """Read one whole frame.

        Raises:
            MalformedError: another first octet, or another length than it says.
        """
        length = announced(octets)
        if length is None or length != len(octets):
            raise MalformedError("no modem frame", octets)
        head = SHORTEST if octets[1] else SHORTEST + 1
        return cls(octets[head - 1], octets[head:])

    def build(self) -> bytes:
        """Write the frame.

        Raises:
            ValueError: longer than any frame.
        """
        length = SHORTEST + len(self.payload)
        if length <= LONG_OFFSET:
            return bytes((START, length, self.type)) + self.payload
        rest = length + 1 - LONG_OFFSET
        if rest > LONG_OFFSET:
            raise ValueError(f"{len(self.payload)} octets do not fit a modem frame")
        return bytes((START, 0, rest, self.type)) + self.payload


def announced(start: bytes | bytearray) -> int | None:
    """Length that a frame says it has, from its first octets.

    Returns:
        Octets of the whole frame; None: no frame begins so. Up to three octets may be needed:
        with fewer than that of a long frame, 256.
    """
    if not start or start[0] != START:
        return None
    if len(start) < 2:
        return SHORTEST
    if start[1] >= SHORTEST:
        return start[1]
    if start[1]:
        return None
    if len(start) < 3:
        return LONG_OFFSET + 1
    return LONG_OFFSET + start[2] if start[2] else None
