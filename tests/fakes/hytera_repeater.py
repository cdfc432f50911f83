"""A Hytera repeater in IP multi-site connect as another author would write it: plain sockets.

Pings and bursts are captured ones (nonoo/dmrshark hello.pcap, OK-DMR): radio 2161005 in
talkgroup 9 on slot 1. The registration follows the documentation; no capture of it is public.
"""

import asyncio
import struct
from typing import Any

RADIO, TALKGROUP, SLOT = 2161005, 9, 1
PING = bytes.fromhex("a096d1100a00000014000000ec5a595a00000000")


class _Socket(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self.transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:  # noqa: ARG002
        self.heard.append(data)

    def send(self, data: bytes, to: tuple[str, int]) -> None:
        assert self.transport is not None
        self.transport.sendto(data, to)


class HyteraRepeater:
    """One repeater with a socket for P2P and one for bursts."""

    def __init__(self, p2p: tuple[str, int], dmr: tuple[str, int]) -> None:
        """Take the master's addresses; `dmr` stands for where the redirect leads."""
        self._to_p2p = p2p
        self._to_dmr = dmr
        self.p2p = _Socket()
        self.dmr = _Socket()
        self._sequence = 250

    async def open(self) -> None:
        loop = asyncio.get_running_loop()
        for each in (self.p2p, self.dmr):
            await loop.create_datagram_endpoint(
                lambda opened=each: opened,  # type: ignore[misc]  # bound at once
                local_addr=("127.0.0.1", 0),
            )

    def close(self) -> None:
        for each in (self.p2p, self.dmr):
            if each.transport is not None:
                each.transport.close()

    def register(self) -> None:
        self.p2p.send(b"P2P\x10\x0a\0\0\0\x14" + bytes(11) + b"\x10", self._to_p2p)

    def start_dmr(self) -> None:
        self.p2p.send(b"P2P\x10\x0a\0\0\0\x14" + bytes(11) + b"\x11", self._to_p2p)

    def ping(self) -> None:
        self.p2p.send(PING, self._to_p2p)
        self.dmr.send(b"\0", self._to_dmr)

    def registered(self) -> bool:
        return any(len(data) == 22 and data[20] == 0x10 for data in self.p2p.heard)

    def redirected_to(self) -> int | None:
        """The port for bursts that the master has named."""
        for data in self.p2p.heard:
            if len(data) == 25 and data[20] == 0x11 and data[21:23] == b"\xff\x01":
                return int(struct.unpack("<H", data[-2:])[0])
        return None

    def play(self, packets: list[bytes]) -> None:
        """Send captured packets of a call; numbered ones with numbers that go on from before."""
        for packet in packets:
            octets = bytearray(packet)
            if octets[4:8] != bytes(4):
                self._sequence += 1
                octets[4:8] = struct.pack("<I", self._sequence)
            self.dmr.send(bytes(octets), self._to_dmr)
