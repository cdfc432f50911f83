"""HRNP: the transport header on a radio's control link (UDP 3005, serial) and in RDAC."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from radio_gateway.protocols.errors import MalformedError

START: Final = 0x7E
HEADER_SIZE: Final = 12


class HrnpOpcode(IntEnum):
    DATA = 0x00
    VOICE = 0x01
    DATA_ACK = 0x10
    CLOSE_ACK = 0xFA
    CLOSE = 0xFB
    REJECT = 0xFC
    ACCEPT = 0xFD
    CONNECT = 0xFE


@dataclass(frozen=True, slots=True)
class Hrnp:
    """One packet; `build` gives the octets back that `parse` read."""

    opcode: int
    "A `HrnpOpcode`, or another number."
    source: int
    "0x10 radio or repeater, 0x20 application; another one may be assigned."
    destination: int
    number: int
    "Packet number, 16 bits."
    payload: bytes = b""
    "HDAP in data packets, RTP in voice packets."
    version: int = 4
    block: int = 0
    check: int | None = None
    "Checksum as received; None: `build` computes it."
    trailing: bytes = b""

    @property
    def checksum_ok(self) -> bool:
        return self.check is None or self.check == internet_checksum(self._packet(0))

    @classmethod
    def parse(cls, data: bytes) -> "Hrnp":
        """Read one datagram; a wrong checksum is kept and told by `checksum_ok`.

        Raises:
            MalformedError: no HRNP packet, or its length does not fit the datagram.
        """
        if len(data) < HEADER_SIZE or data[0] != START:
            raise MalformedError("no HRNP packet", data)
        length = int.from_bytes(data[8:10], "big")
        if not HEADER_SIZE <= length <= len(data):
            raise MalformedError("HRNP length does not fit the datagram", data)
        return cls(
            data[3],
            data[4],
            data[5],
            int.from_bytes(data[6:8], "big"),
            data[HEADER_SIZE:length],
            version=data[1],
            block=data[2],
            check=int.from_bytes(data[10:12], "big"),
            trailing=data[length:],
        )

    def build(self) -> bytes:
        """Write the packet, with a right checksum unless one was received."""
        check = internet_checksum(self._packet(0)) if self.check is None else self.check
        return self._packet(check) + self.trailing

    def _packet(self, check: int) -> bytes:
        length = HEADER_SIZE + len(self.payload)
        head = bytes((START, self.version, self.block, self.opcode, self.source, self.destination))
        words = (self.number, length, check)
        return head + b"".join(word.to_bytes(2, "big") for word in words) + self.payload


def internet_checksum(data: bytes) -> int:
    """Inverted ones' complement sum of 16-bit big-endian words (RFC 1071)."""
    padded = data + b"\0" * (len(data) % 2)
    total = sum(int.from_bytes(padded[at : at + 2], "big") for at in range(0, len(padded), 2))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
