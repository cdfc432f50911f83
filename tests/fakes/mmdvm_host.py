"""A repeater's host program as another author would write it: plain sockets, hashlib, real bursts.

Login, configuration and keep-alive follow what DMRGateway does on the wire (salted SHA-256 login,
302 octets of configuration, ping every 10 s). The bursts are captured ones, from
OK-DMR/ok-dmrlib `okdmr/tests/dmrlib/etsi/layer2/test_burst.py`: an MS voice LC header of radio
2623266 in talkgroup 9 and a voice burst of the same radio.
"""

import hashlib
import socket
import struct
from dataclasses import dataclass

RADIO, TALKGROUP = 2623266, 9
HEADER_BURST = bytes.fromhex("015149880ba01b3816406c80c46d5d7f77fd757e32990118206005a02341391033")
"MS voice LC header: group call, service option 0x40 (privacy)."
VOICE_BURST = bytes.fromhex("aded847205ae0062959308849047f7d5dd57dfd9537a101efe3ed4206e153827e7")
CONFIGURATION = (
    "LIEPAJA 430000000435000000250156.5047021.010799040Liepaja             Dispatch test      3"
)


class LoginRefusedError(Exception):
    """The master answered MSTNAK."""


@dataclass
class MmdvmHost:
    """One repeater. Every step blocks until the master answers, two seconds at the most."""

    master: tuple[str, int]
    repeater_id: int
    passphrase: bytes
    source: str = "127.0.0.1"

    def __post_init__(self) -> None:
        self._id = struct.pack(">I", self.repeater_id)
        self._sequence = 0
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((self.source, 0))
        self._socket.settimeout(2.0)

    def close(self) -> None:
        self._socket.close()

    def send(self, datagram: bytes) -> None:
        self._socket.sendto(datagram, self.master)

    def receive(self) -> bytes:
        return self._socket.recv(2048)

    def log_in(self) -> None:
        """Walk through the login.

        Raises:
            LoginRefusedError: wrong passphrase, or a repeater that the master does not know.
            TimeoutError: no answer at all.
        """
        self.send(b"RPTL" + self._id)
        salt = self._acknowledged()
        self.send(b"RPTK" + self._id + hashlib.sha256(salt + self.passphrase).digest())
        self._acknowledged()
        text = CONFIGURATION.ljust(90).encode() + b"example.org".ljust(124)
        self.send(b"RPTC" + self._id + (text + b"20260713".ljust(40) + b"MMDVM".ljust(40)))
        self._acknowledged()
        self.send(b"RPTO" + self._id + b"TS1=1,2;TS2=9")
        self._acknowledged()

    def announce(self) -> None:
        """Say who we are in the dialect without login (DMRC), as MMDVMHost does every 10 s."""
        text = b"LIEPAJA 430000000435000000" + b"25" + b"01" + b"3"
        text += b"20260713".ljust(40) + b"MMDVM_HS_Hat".ljust(40)
        self.send(b"DMRC" + self._id + text)

    def ping(self) -> bytes:
        self.send(b"RPTPING" + self._id)
        return self.receive()

    def hum(self, stream: bytes, frames: int) -> None:
        """Send voice without a header and without an end."""
        for index in range(1, frames + 1):
            place = index % 6
            self._frame(0x80 | (0x10 if place == 0 else place), stream, VOICE_BURST)

    def talk(self, stream: bytes, frames: int, *, slot: int = 2) -> None:
        """Send one transmission: headers, `frames` voice bursts, an end that nobody can read."""
        slot_bit = 0x80 if slot == 2 else 0
        for _ in range(3):
            self._frame(slot_bit | 0x21, stream, HEADER_BURST)
        for index in range(frames):
            place = index % 6
            self._frame(slot_bit | (0x10 if place == 0 else place), stream, VOICE_BURST)
        self._frame(slot_bit | 0x22, stream, bytes(33))

    def _frame(self, flags: int, stream: bytes, burst: bytes) -> None:
        self.send(
            b"DMRD"
            + bytes([self._sequence & 0xFF])
            + RADIO.to_bytes(3, "big")
            + TALKGROUP.to_bytes(3, "big")
            + self._id
            + bytes([flags])
            + stream
            + burst
            + bytes([1, 57])
        )
        self._sequence += 1

    def _acknowledged(self) -> bytes:
        answer = self.receive()
        if answer.startswith(b"MSTNAK"):
            raise LoginRefusedError(answer.hex(" "))
        if not answer.startswith(b"RPTACK") or len(answer) != 10:
            raise AssertionError(f"unexpected answer {answer!r}")
        return answer[6:]
