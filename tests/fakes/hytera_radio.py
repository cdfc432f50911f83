"""A Hytera radio on USB as another author would write it: plain HDAP datagrams, counted by hand.

Layouts from captures (RRS registration and text of OK-DMR/ok-dmrlib's tests): service, opcode,
length, payload, checksum over opcode to payload, 0x03.
"""

import itertools
import socket
import struct
from dataclasses import dataclass, field

DISPATCHER = 2_400_001


def hdap(service: int, opcode: int, payload: bytes) -> bytes:
    """One message with its checksum."""
    head = struct.pack(">HH", opcode, len(payload))
    check = ((~sum(head + payload) & 0xFF) + 0x33) & 0xFF
    return bytes([service]) + head + payload + bytes([check, 0x03])


def address(number: int) -> bytes:
    """A radio number as the radios write it: subnet 10, then 24 bits."""
    return b"\x0a" + number.to_bytes(3, "big")


@dataclass
class HyteraRadio:
    """One radio behind one address; requests block until the answer, at most `patience_s`."""

    gateway: str
    ports: dict[str, int]
    number: int
    patience_s: float = 2.0
    received: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._numbers = itertools.count(1)
        self._sockets = {name: self._open() for name in self.ports}

    def _open(self) -> socket.socket:
        line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        line.bind(("127.0.0.1", 0))
        line.settimeout(self.patience_s)
        return line

    def close(self) -> None:
        for line in self._sockets.values():
            line.close()

    def register(self) -> None:
        """Switch on; returns once the gateway has answered with success."""
        self._send("rrs", hdap(0x11, 0x0003, address(self.number)))
        answer = self._receive("rrs")
        if answer[1:3] != b"\x00\x80" or answer[9] != 0:
            raise AssertionError(f"registration: {answer.hex(' ')}")

    def text(self, words: str, number: int | None = None) -> int:
        """Write to the dispatcher; returns the request number once it is acknowledged."""
        request = next(self._numbers) if number is None else number
        head = struct.pack(">I", request) + address(DISPATCHER) + address(self.number)
        self._send("tmp", hdap(0x09, 0x00A1, head + words.encode("utf-16-le")))
        while True:
            answer = self._receive("tmp")
            if answer[2] == 0xA2 and answer[5:9] == struct.pack(">I", request):
                return request

    def emergency(self, lat: str, lon: str) -> None:
        """Press the emergency key: one report, `ddmm.mmmm` north and `dddmm.mmmm` east."""
        fix = b"A" + bytes(12) + b"N" + lat.encode() + b"E" + lon.encode() + b"0.0" + bytes(3)
        self._send("lp", hdap(0x08, 0xB003, address(self.number) + b"\x00" + fix))

    def accept_text(self) -> str:
        """Take the dispatcher's next text and acknowledge it."""
        while True:
            message = self._receive("tmp")
            if message[2] != 0xA1:
                continue
            request, destination, source = message[5:9], message[9:13], message[13:17]
            words = message[17:-2].decode("utf-16-le")
            self._send("tmp", hdap(0x09, 0x00A2, request + destination + source + b"\x00"))
            self.received.append(words)
            return words

    def _send(self, service: str, datagram: bytes) -> None:
        self._sockets[service].sendto(datagram, (self.gateway, self.ports[service]))

    def _receive(self, service: str) -> bytes:
        return self._sockets[service].recv(2048)
