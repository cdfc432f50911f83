"""A MOTOTRBO radio as another author would write it: plain datagrams, counted by hand.

Layouts from captures (registrations and reports of OK-DMR/ok-dmrlib's and node-dmr-lib's tests).
The radio has the address 127.x.y.z, its number in the three low octets, as radios have 12.x.y.z.
"""

import socket
import struct
from dataclasses import dataclass, field

SERVICES = ("ars", "lrrp", "tms", "telemetry", "battery")


@dataclass
class MototrboRadio:
    """One radio with a socket per service; waits at most `patience_s` for each answer."""

    number: int
    patience_s: float = 8.0
    gateway: dict[str, int] = field(default_factory=dict)
    "UDP port of each service at 127.0.0.1; set before the first message."
    triggers: dict[bytes, bytes] = field(default_factory=dict)
    "Body of the newest start request by its id."

    def __post_init__(self) -> None:
        self.host = socket.inet_ntoa(struct.pack(">I", 127 << 24 | self.number))
        self._sequence = 0
        self._sockets = {name: self._open() for name in SERVICES}

    @property
    def ports(self) -> dict[str, int]:
        """The ports that this radio sends from."""
        return {name: line.getsockname()[1] for name, line in self._sockets.items()}

    def close(self) -> None:
        for line in self._sockets.values():
            line.close()

    def register(self) -> int:
        """Switch on; returns the half hours after which to register again."""
        name = str(self.number).encode()
        body = b"\xf0\x20" + bytes([len(name)]) + name + b"\x00\x00"
        self._send("ars", struct.pack(">H", len(body)) + body)
        answer = self._receive("ars")
        if answer[:3] != b"\x00\x02\xbf":
            raise AssertionError(f"registration: {answer.hex(' ')}")
        return answer[3] & 0x7F

    def switch_off(self) -> None:
        self._send("ars", b"\x00\x01\x31")

    def answer_check(self) -> None:
        """Take the question whether the radio is there, and say yes."""
        if self._receive("ars") != b"\x00\x01\x74":
            raise AssertionError("no query")
        self._send("ars", b"\x00\x01\x3f")

    def take_trigger(self) -> bytes:
        """Accept the next request for reports; returns its id."""
        request = self._receive("lrrp")
        if request[0] != 0x09 or request[2:4] != b"\x22\x04":
            raise AssertionError(f"no start request: {request.hex(' ')}")
        identity = request[4:8]
        self.triggers[identity] = request[8:]
        self._send("lrrp", b"\x0b\x07\x22\x04" + identity + b"\x38")
        return identity

    def report(self, identity: bytes, lat: float, lon: float) -> None:
        """Send a triggered report: point and speed 2.5 m/s."""
        body = b"\x22\x04" + identity + self._point(lat, lon) + b"\x6c\x02\x40"
        self._send("lrrp", bytes([0x0D, len(body)]) + body)

    def answer_place(self, lat: float, lon: float) -> None:
        """Take a request for the place at once, and answer it."""
        request = self._receive("lrrp")
        if request[0] != 0x05 or request[2:4] != b"\x22\x04":
            raise AssertionError(f"no immediate request: {request.hex(' ')}")
        body = b"\x22\x04" + request[4:8] + self._point(lat, lon)
        self._send("lrrp", bytes([0x07, len(body)]) + body)

    def emergency(self, lat: float, lon: float) -> None:
        """Press the emergency key: a report to the request with condition 02."""
        for identity, body in self.triggers.items():
            if body.endswith(b"\x34\x4a\x02"):
                self.report(identity, lat, lon)

    def text(self, words: str) -> None:
        """Write to the dispatcher; returns once it is acknowledged."""
        self._sequence = (self._sequence + 1) % 32
        head = b"\xe0\x00" + bytes([0x80 | self._sequence, 0x04])
        body = head + ("\r\n" + words).encode("utf-16-le")
        self._send("tms", struct.pack(">H", len(body)) + body)
        answer = self._receive("tms")
        if answer != b"\x00\x03\x9f\x00" + bytes([self._sequence]):
            raise AssertionError(f"text: {answer.hex(' ')}")

    def accept_text(self) -> str:
        """Take the dispatcher's next text and acknowledge it."""
        message = self._receive("tms")
        if message[2:4] != b"\xe0\x00" or message[5] & 0x1F != 4:
            raise AssertionError(f"no text: {message.hex(' ')}")
        self._send("tms", b"\x00\x03\xbf\x00" + bytes([message[4] & 0x1F]))
        return message[6:].decode("utf-16-le").removeprefix("\r\n")

    def telemetry(self, octets: bytes) -> None:
        self._send("telemetry", octets)

    def _point(self, lat: float, lon: float) -> bytes:
        return b"\x66" + struct.pack(">Ii", int(lat * 2**31 / 90), int(lon * 2**32 / 360))

    def _open(self) -> socket.socket:
        line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        line.bind((self.host, 0))
        line.settimeout(self.patience_s)
        return line

    def _send(self, service: str, datagram: bytes) -> None:
        self._sockets[service].sendto(datagram, ("127.0.0.1", self.gateway[service]))

    def _receive(self, service: str) -> bytes:
        return self._sockets[service].recv(2048)
