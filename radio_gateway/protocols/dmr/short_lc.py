"""Short link control of the common announcement channel (ETSI TS 102 361-1, 7.1.4 and B.2.3)."""

from dataclasses import dataclass
from typing import Final

from radio_gateway.protocols.dmr.checks import crc8
from radio_gateway.protocols.dmr.codes import HAMMING_17_12
from radio_gateway.protocols.errors import MalformedError

BITS: Final = 68
_ROWS: Final = 4
_COLUMNS: Final = 17


@dataclass(frozen=True, slots=True)
class ShortLc:
    """28 information bits: what is going on on both slots."""

    information: int
    "28 bits, opcode first."

    @property
    def slco(self) -> int:
        """0 null message, 1 activity, 2 and 3 Tier III system parameters."""
        return self.information >> 24

    @classmethod
    def parse(cls, bits: int) -> "ShortLc":
        """Read 68 bits as they were gathered from four CACH bursts; single wrong bits repaired.

        Raises:
            MalformedError: beyond repair, or a wrong CRC.
        """
        octets = (bits & ((1 << BITS) - 1)).to_bytes(9, "big")
        value = 0
        for row in range(_ROWS - 1):  # the fourth row is column parity
            word = 0
            for column in range(_COLUMNS):
                word = word << 1 | bits >> (BITS - 1 - _ROWS * column - row) & 1
            decoded = HAMMING_17_12.decode(word)
            if decoded is None:
                raise MalformedError("short link control beyond repair", octets)
            value = value << 12 | decoded[0]
        if crc8(value >> 8) != value & 0xFF:
            raise MalformedError("short link control with a wrong CRC", octets)
        return cls(value >> 8)

    def build(self) -> int:
        """The 68 bits."""
        value = self.information << 8 | crc8(self.information)
        rows = [HAMMING_17_12.encode(value >> shift & 0xFFF) for shift in (24, 12, 0)]
        rows.append(rows[0] ^ rows[1] ^ rows[2])
        bits = 0
        for column in range(_COLUMNS - 1, -1, -1):
            for row in rows:
                bits = bits << 1 | row >> column & 1
        return bits
