"""A MOTOTRBO master repeater as another author would write it: plain sockets, hmac, captures.

Registration, peer list and keep-alive follow what open IPSC programs answer; the voice packets
are captured ones (HBLink-org/DMRlink documents/voice_burst_decoding.txt): radio 3112138 in
talkgroup 2 on slot 2, with only id, call number, RTP sequence and flags rewritten.
"""

import asyncio
import hashlib
import hmac
import struct
from typing import Any

RADIO, TALKGROUP, SLOT = 3112138, 2, 2
HEADER = bytes.fromhex(
    "800004bffd082f7cca00000202000030ac2080dd3b013beb3ce0000000000180000a800a0060"
    "0000000000022f7cca92af7000113532"
)
BURST_A = bytes.fromhex(
    "800004bffd082f7cca00000202000030ac20805d3b043beb4280000000008a1440"
    "f801a99f8ce0be006a67e3382f801a99f8ce08"
)
BURST_B = bytes.fromhex(
    "800004bffd082f7cca00000202000030ac20805d3b053beb4460000000008a1906"
    "f801a99f8ce0be006a67e3382f801a99f8ce080505060612"
)
TERMINATOR = bytes.fromhex(
    "800004bffd082f7cca00000202000030ac60805e3e763bf1b840000000000280000a800a0060"
    "0000000000022f7cca9da07f00123535"
)


class IpscMaster(asyncio.DatagramProtocol):
    """Answers on one socket; `peers` are those that have registered."""

    def __init__(self, peer_id: int, key: str = "") -> None:
        self.peer_id = peer_id
        self.peers: dict[int, tuple[str, int]] = {}
        self.heard: list[int] = []
        "First octet of every good packet, oldest first."
        self.refused = 0
        self.silent = False
        self._key = bytes.fromhex(key.rjust(40, "0")) if key else None
        self._transport: asyncio.DatagramTransport | None = None
        self._call = 0
        self._sequence = 0xFFF0

    async def open(self) -> int:
        """Listen on loopback; returns the port."""
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(
            lambda: self, local_addr=("127.0.0.1", 0)
        )
        return int(self._transport.get_extra_info("sockname")[1])

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        if self.silent:
            return
        if self._key is not None:
            data, given = data[:-10], data[-10:]
            if hmac.new(self._key, data, hashlib.sha1).digest()[:10] != given:
                self.refused += 1
                return
        self.heard.append(data[0])
        peer = struct.unpack(">I", data[1:5])[0]
        own = struct.pack(">I", self.peer_id)
        if data[0] == 0x90:
            self.peers[peer] = (addr[0], addr[1])
            count = struct.pack(">H", len(self.peers))
            self._send(b"\x91" + own + b"\x6a\0\0\xe0\x0d" + count + b"\x04\x07\x04\x01", addr)
        elif data[0] == 0x92:
            entries = b"".join(
                struct.pack(">I", n) + bytes(map(int, host.split("."))) + struct.pack(">H", port)
                + b"\x6a"
                for n, (host, port) in self.peers.items()
            )  # fmt: skip
            self._send(b"\x93" + own + struct.pack(">H", len(entries)) + entries, addr)
        elif data[0] == 0x96 and peer in self.peers:
            self._send(b"\x97" + own + b"\x6a\0\0\xe0\x0d\x04\x07\x04\x01", addr)
        elif data[0] == 0x9A:
            self.peers.pop(peer, None)
            self._send(b"\x9b" + own, addr)

    def talk(self, superframes: int) -> None:
        """Send one transmission to all peers at once: headers, bursts A and B, the end."""
        self._call = (self._call + 1) % 256
        bursts = [HEADER] * 3 + [BURST_A, BURST_B] * superframes + [TERMINATOR]
        for burst in bursts:
            self._sequence = (self._sequence + 1) % 65536
            packet = bytearray(burst)
            packet[1:5] = struct.pack(">I", self.peer_id)
            packet[5] = self._call
            packet[20:22] = struct.pack(">H", self._sequence)
            self._broadcast(bytes(packet))

    def alarm(self, radio: int, talkgroup: int) -> None:
        """Tell of an emergency alarm request by a call status."""
        own = struct.pack(">I", self.peer_id)
        ids = radio.to_bytes(3, "big") + talkgroup.to_bytes(3, "big")
        self._broadcast(
            b"\x61" + own + own + b"\0\0\0\x07" + b"\x01" + b"\0\x01" + ids + b"\x40\0\0\x10"
        )

    def goodbye(self) -> None:
        self._broadcast(b"\x9a" + struct.pack(">I", self.peer_id))

    def _broadcast(self, packet: bytes) -> None:
        for address in self.peers.values():
            self._send(packet, address)

    def _send(self, packet: bytes, to: tuple[str | Any, int]) -> None:
        if self._key is not None:
            packet += hmac.new(self._key, packet, hashlib.sha1).digest()[:10]
        if self._transport is not None and not self.silent:
            self._transport.sendto(packet, to)
