"""A Homebrew master as another author would write it: one plain socket, hashlib, captured bursts.

It follows what public masters do on the wire: salt, digest, configuration, options, MSTPONG for
RPTPING, MSTNAK for everything from peers that it does not know (any more).
"""

import hashlib
import os
import random
import socket
import struct
import threading
import time
from dataclasses import dataclass, field
from typing import Self

from tests.fakes.mmdvm_host import HEADER_BURST, RADIO, TALKGROUP, VOICE_BURST

_STEP_S = 0.02


@dataclass
class _Known:
    """A peer that has at least asked for a salt."""

    salt: bytes = b""
    state: str = "salt"
    configuration: bytes = b""
    options: bytes = b""


@dataclass
class FakeMaster:
    """Serves on a thread of its own from `with` to its end; loses datagrams by `seed`."""

    passphrase: bytes
    seed: int = 0
    loss: float = 0.0
    silent: bool = False
    "Hears nothing and says nothing, as a machine without power."
    peers: dict[int, _Known] = field(default_factory=dict)
    datagrams: list[tuple[float, bytes]] = field(default_factory=list)
    "DMRD from peers that are logged in, with the time of `time.monotonic`."
    farewells: int = 0

    def __enter__(self) -> Self:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(_STEP_S)
        self._chance = random.Random(self.seed)
        self._stop = False
        self._addresses: dict[int, tuple[str, int]] = {}
        self._sequence = 0
        self._thread = threading.Thread(target=self._serve, name="fake master")
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop = True
        self._thread.join()
        self._socket.close()

    @property
    def port(self) -> int:
        return int(self._socket.getsockname()[1])

    def up(self, number: int) -> bool:
        """Whether the peer has gone through the whole login."""
        return number in self.peers and self.peers[number].state == "up"

    def forget(self) -> None:
        """Start anew, as after a restart."""
        self.peers.clear()

    def talk(self, number: int, stream: bytes, frames: int, *, slot: int = 2) -> None:
        """Send one transmission to a peer: headers, voice, an end that nobody can read."""
        bit = 0x80 if slot == 2 else 0
        flags = [bit | 0x21] * 3
        flags += [bit | (0x10 if n % 6 == 0 else n % 6) for n in range(frames)]
        for flag in flags:
            burst = HEADER_BURST if flag & 0x20 else VOICE_BURST
            self.burst(number, flag, stream, burst)
        self.burst(number, bit | 0x22, stream, bytes(33))

    def burst(self, number: int, flags: int, stream: bytes, burst: bytes) -> None:
        """Send one DMRD to a peer, in the 53 octets that some masters send."""
        head = struct.pack(">B", self._sequence & 0xFF)
        head += RADIO.to_bytes(3, "big") + TALKGROUP.to_bytes(3, "big") + struct.pack(">I", number)
        self._sequence += 1
        self._send(b"DMRD" + head + bytes([flags]) + stream + burst, self._addresses[number])

    def tell(self, number: int, tag: bytes) -> None:
        """Send any message that consists of a tag and the peer's id."""
        self._send(tag + struct.pack(">I", number), self._addresses[number])

    def _serve(self) -> None:
        while not self._stop:
            try:
                data, sender = self._socket.recvfrom(2048)
            except (TimeoutError, ConnectionError):
                continue
            if self.silent or self._chance.random() < self.loss:
                continue
            self._take(data, sender)

    def _send(self, data: bytes, to: tuple[str, int]) -> None:
        if not self.silent and self._chance.random() >= self.loss:
            self._socket.sendto(data, to)

    def _take(self, data: bytes, sender: tuple[str, int]) -> None:
        if data.startswith(b"DMRD"):
            number = struct.unpack(">I", data[11:15])[0]
            if self.up(number) and self._addresses[number] == sender:
                self.datagrams.append((time.monotonic(), data))
            return
        for tag in (b"RPTPING", b"RPTCL", b"RPTL", b"RPTK", b"RPTC", b"RPTO"):
            if data.startswith(tag):
                number = struct.unpack(">I", data[len(tag) :][:4])[0]
                self._answer(tag, number, data[len(tag) + 4 :], sender)
                return

    def _answer(self, tag: bytes, number: int, rest: bytes, sender: tuple[str, int]) -> None:
        ours = struct.pack(">I", number)
        if tag == b"RPTL":
            self.peers[number] = _Known(os.urandom(4))
            self._addresses[number] = sender
            self._send(b"RPTACK" + self.peers[number].salt, sender)
            return
        peer = self.peers.get(number)
        if peer is None or self._addresses[number] != sender:
            self._send(b"MSTNAK" + ours, sender)
        elif tag == b"RPTCL":
            self.farewells += 1
            del self.peers[number]
        elif tag == b"RPTPING":
            self._send((b"MSTPONG" if peer.state == "up" else b"MSTNAK") + ours, sender)
        elif tag == b"RPTK":
            if rest != hashlib.sha256(peer.salt + self.passphrase).digest():
                del self.peers[number]
                self._send(b"MSTNAK" + ours, sender)
                return
            peer.state = "known"
            self._send(b"RPTACK" + ours, sender)
        elif peer.state == "salt":
            self._send(b"MSTNAK" + ours, sender)
        else:
            if tag == b"RPTC":
                peer.configuration, peer.state = rest, "up"
            else:
                peer.options = rest
            self._send(b"RPTACK" + ours, sender)
