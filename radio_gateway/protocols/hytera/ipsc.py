"""IP multi-site connect: the 72-octet packet around each DMR burst, and the ping."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from radio_gateway.protocols.errors import MalformedError

PACKET_SIZE: Final = 72
PING_SIZE: Final = 20
DMR_MARK: Final = bytes.fromhex("000501")
"Octets 9 to 11 of every packet of the DMR port."
_PING_MARK: Final = bytes.fromhex("0a00000014")
_RESPONSE: Final = 0xFF


class SlotType(IntEnum):
    PI_HEADER = 0x0000
    VOICE_LC_HEADER = 0x1111
    TERMINATOR = 0x2222
    CSBK = 0x3333
    DATA_HEADER = 0x4444
    RATE_12_DATA = 0x5555
    RATE_34_DATA = 0x6666
    VOICE_A = 0x7777
    VOICE_B = 0x8888
    VOICE_C = 0x9999
    VOICE_D = 0xAAAA
    VOICE_E = 0xBBBB
    VOICE_F = 0xCCCC
    WAKE_UP = 0xDDDD
    SYNC = 0xEEEE


class SyncKind(IntEnum):
    """What a sync packet holds (its frame type)."""

    VOICE_LC = 0x1111
    CSBK = 0x3333
    DATA_HEADER = 0x6666


@dataclass(frozen=True, slots=True)
class IpscPacket:
    """One burst, sync or wake-up; `build` gives the octets back that `parse` read."""

    header: bytes
    "4 octets: the sender's port and 0050, 5a5a5a5a, or zero."
    sequence: int
    "32 bits; 0 on sync and wake-up."
    packet_type: int
    "Low nibble: 1 voice or data, 2 sync or wake-up, 3 terminator."
    mark: bytes
    "3 octets, `DMR_MARK`"
    slot_octet: int
    reserved: bytes
    "3 octets"
    slot_word: int
    "0x1111 or 0x2222"
    slot_type: int
    "A `SlotType`."
    colour_word: int
    "The colour code in all four nibbles."
    frame_type: int
    unknown: bytes
    "2 octets"
    body: bytes
    "34 octets, each pair swapped."
    unknown_2: bytes
    "2 octets"
    call_type: int
    "0 private, 1 group; stale on wake-up."
    pad: int
    destination: int
    pad_2: int
    source: int
    pad_3: int
    trailing: bytes = b""
    "31 octets between masters, else none."

    @property
    def slot(self) -> int:
        return 2 if self.slot_word == 0x2222 else 1

    @property
    def colour_code(self) -> int:
        return self.colour_word & 0x0F

    @property
    def burst(self) -> bytes | None:
        """The 33 octets of a DMR burst; None on sync and wake-up packets."""
        if self.slot_type in (SlotType.SYNC, SlotType.WAKE_UP):
            return None
        return swapped(self.body)[:33]

    @property
    def sync_octets(self) -> bytes | None:
        """12 octets of link control, CSBK or data header; None on other packets."""
        return self.body[0:24:2] if self.slot_type == SlotType.SYNC else None

    @classmethod
    def parse(cls, data: bytes) -> "IpscPacket":
        """Read one datagram of the DMR port.

        Raises:
            MalformedError: shorter than 72 octets.
        """
        if len(data) < PACKET_SIZE:
            raise MalformedError("IPSC packet is cut short", data)
        return cls(
            header=data[0:4],
            sequence=int.from_bytes(data[4:8], "little"),
            packet_type=data[8],
            mark=data[9:12],
            slot_octet=data[12],
            reserved=data[13:16],
            slot_word=int.from_bytes(data[16:18], "big"),
            slot_type=int.from_bytes(data[18:20], "big"),
            colour_word=int.from_bytes(data[20:22], "big"),
            frame_type=int.from_bytes(data[22:24], "big"),
            unknown=data[24:26],
            body=data[26:60],
            unknown_2=data[60:62],
            call_type=data[62],
            pad=data[63],
            destination=int.from_bytes(data[64:67], "little"),
            pad_2=data[67],
            source=int.from_bytes(data[68:71], "little"),
            pad_3=data[71],
            trailing=data[PACKET_SIZE:],
        )

    def build(self) -> bytes:
        """Write the packet."""
        words = (self.slot_word, self.slot_type, self.colour_word, self.frame_type)
        return b"".join(
            (
                self.header,
                self.sequence.to_bytes(4, "little"),
                bytes((self.packet_type,)),
                self.mark,
                bytes((self.slot_octet,)),
                self.reserved,
                *(word.to_bytes(2, "big") for word in words),
                self.unknown,
                self.body,
                self.unknown_2,
                bytes((self.call_type, self.pad)),
                self.destination.to_bytes(3, "little"),
                bytes((self.pad_2,)),
                self.source.to_bytes(3, "little"),
                bytes((self.pad_3,)),
                self.trailing,
            )
        )


@dataclass(frozen=True, slots=True)
class IpscPing:
    """Keep-alive of the P2P port, every 7 s; the answer is an edited copy."""

    head: bytes
    "4 octets of no meaning."
    middle: bytes
    "3 octets"
    result: int
    "0xFF in answers."
    tail: bytes
    "7 octets"

    @property
    def is_response(self) -> bool:
        return self.result == _RESPONSE

    def response(self) -> "IpscPing":
        """The answer to this ping."""
        tail = self.tail[:1] + b"\x01" + self.tail[2:]
        return IpscPing(self.head, self.middle, _RESPONSE, tail)

    @classmethod
    def parse(cls, data: bytes) -> "IpscPing":
        """Read one ping.

        Raises:
            MalformedError: no ping.
        """
        if len(data) != PING_SIZE or data[4:9] != _PING_MARK:
            raise MalformedError("no IPSC ping", data)
        return cls(data[:4], data[9:12], data[12], data[13:])

    def build(self) -> bytes:
        return self.head + _PING_MARK + self.middle + bytes((self.result,)) + self.tail


def swapped(octets: bytes) -> bytes:
    """Exchange the octets of each pair."""
    swapped = bytearray(len(octets))
    swapped[0::2], swapped[1::2] = octets[1::2], octets[0::2]
    return bytes(swapped)
