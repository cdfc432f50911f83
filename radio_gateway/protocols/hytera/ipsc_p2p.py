"""IP multi-site connect: how a repeater registers with its master on the P2P port.

Documented by two open programs, which do not agree in every octet, and by no public capture:
answers follow the one that newer firmware (9.x) is said to need.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from radio_gateway.protocols.errors import MalformedError

MARK: Final = b"P2P"
MIN_SIZE: Final = 21
NOT_REGISTERED: Final = b"\x00"
"Answer to whoever should register first."
KEEP_ALIVE: Final = b"\x00"
"What a repeater sends on the DMR port every 7 s, and on the RDAC port when it is ready."
KEEP_ALIVE_ANSWER: Final = b"\x41"
_ACK_MARK: Final = bytes.fromhex("0c00000014")
_WHAT: Final = 20


class P2pRequest(IntEnum):
    """Octet 20 of a command."""

    REGISTER = 0x10
    START_DMR = 0x11
    START_RDAC = 0x12


@dataclass(frozen=True, slots=True)
class P2pCommand:
    """A command of a repeater; only the octets named here mean something to us."""

    octets: bytes

    @property
    def what(self) -> int:
        """A `P2pRequest`, or another number."""
        return self.octets[_WHAT]

    @property
    def is_acknowledgement(self) -> bool:
        """The repeater has taken an answer of ours."""
        return self.octets[4:9] == _ACK_MARK

    @classmethod
    def parse(cls, data: bytes) -> "P2pCommand":
        """Read one datagram.

        Raises:
            MalformedError: no command, or cut short.
        """
        if len(data) < MIN_SIZE or data[:3] != MARK:
            raise MalformedError("no P2P command", data)
        return cls(data)

    def build(self) -> bytes:
        return self.octets

    def answer(self) -> bytes:
        """The acceptance: an edited copy."""
        edited = bytearray(self.octets)
        edited[3] = 0x50
        edited[4] = (edited[4] + 1) & 0xFF
        edited[13:16] = b"\x01\x01\x5a"
        return bytes(edited) + b"\x01"

    def redirect(self, port: int) -> bytes:
        """Where to speak from now on: another edited copy, with the port in little-endian."""
        edited = bytearray(self.octets)
        edited[4] = 0x0B
        edited[12:16] = b"\xff\xff\x01\x00"
        return bytes(edited) + b"\xff\x01" + port.to_bytes(2, "little")
