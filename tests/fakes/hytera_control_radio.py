"""A Hytera radio's control port as its description says, octet by octet; no code of ours.

Source: the HRNP and RCP chapters of the protocol notes of 2E0RPT, hylink and HyteraNetRpt. It
answers a connect, acknowledges data, answers what needs an answer, and reports calls only after
it was asked for them.
"""

import struct
from collections.abc import Iterator


def hrnp(opcode: int, number: int, inner: bytes = b"", to: int = 0x20) -> bytes:
    """One packet of the radio (address 0x10)."""
    head = struct.pack(">6BHH", 0x7E, 4, 0, opcode, 0x10, to, number, 12 + len(inner))
    octets = head + b"\0\0" + inner
    padded = octets + b"\0" * (len(octets) % 2)
    total = sum(struct.unpack(f">{len(padded) // 2}H", padded))
    total = (total >> 16) + (total & 0xFFFF)
    total = (total >> 16) + (total & 0xFFFF)
    return head + struct.pack(">H", total ^ 0xFFFF) + inner


def rcp(opcode: int, payload: bytes) -> bytes:
    """A control message: little-endian, with its checksum."""
    body = struct.pack("<HH", opcode, len(payload)) + payload
    return b"\x02" + body + bytes(((~sum(body) + 0x33) & 0xFF, 0x03))


class HyteraRadio:
    """Takes packets, gives the octets to send back."""

    def __init__(self, address: int = 0x20) -> None:
        self.connected = False
        self.asked: list[int] = []
        "Opcodes of the control messages that came."
        self.alerted: list[int] = []
        "Radios that shall be called for attention."
        self._address = address
        self._number = 0

    def take(self, packet: bytes) -> Iterator[bytes]:
        """What the radio answers to one packet."""
        opcode, number = packet[3], struct.unpack(">H", packet[6:8])[0]
        if opcode == 0xFE:
            self.connected, self._number = True, 0
            yield hrnp(0xFD, 0, to=self._address)
        elif opcode == 0xFB:
            self.connected = False
            yield hrnp(0xFA, number, to=self._address)
        elif opcode == 0x00 and self.connected:
            yield hrnp(0x10, number, to=self._address)
            yield from self._answer(packet[12:])

    def hears(self, process: int, talkgroup: int, sender: int) -> bytes:
        """A group call goes on (1) or ends (3): broadcast B844."""
        return self.say(rcp(0xB844, struct.pack("<HHII", process, 1, talkgroup, sender)))

    def emergency(self) -> bytes:
        """The radio's own emergency key: status report B0C8, target 9."""
        return self.say(rcp(0xB0C8, struct.pack("<BH", 9, 1)))

    def say(self, message: bytes) -> bytes:
        self._number += 1
        return hrnp(0x00, self._number, message, to=self._address)

    def _answer(self, message: bytes) -> Iterator[bytes]:
        if message[:1] != b"\x02":
            return
        (opcode,) = struct.unpack("<H", message[1:3])
        self.asked.append(opcode)
        reply = opcode & 0x0FFF | 0x8000
        if opcode == 0x0835:
            self.alerted.append(struct.unpack("<I", message[5:9])[0])
            yield self.say(rcp(reply, b"\0" + message[5:9]))
        elif opcode in (0x00C6, 0x10C9, 0x10C7, 0x1847):
            yield self.say(rcp(reply, b"\0"))
