"""Octets of a serial line to HRNP packets; the same packets for every way of cutting the octets.

HRNP has no octet stuffing: a packet is found by its start octet, a believable length and its
checksum. Where these disagree one octet is skipped, so that noise never hides a packet behind it.
"""

from typing import Final

from radio_gateway.protocols.hytera.hrnp import HEADER_SIZE, START, internet_checksum

MAX_PACKET: Final = 1500
"Octets; a longer length is noise that looks like a header."
IDLE_S: Final = 0.5
"The rest of a packet comes within this time at 9600 bit/s."


class HrnpReader:
    """Collects octets until a packet is whole."""

    def __init__(self) -> None:
        self._octets = bytearray()
        self.skipped = 0
        "Octets that belong to no packet."

    @property
    def waiting(self) -> bool:
        """Whether a packet is half heard."""
        return bool(self._octets)

    def feed(self, data: bytes) -> list[bytes]:
        """Take any piece of the stream; returns the packets that it completes."""
        self._octets += data
        return self._whole(final=False)

    def flush(self) -> list[bytes]:
        """The line fell silent: what looked like a long packet was none, others may be in it."""
        return self._whole(final=True)

    def _whole(self, *, final: bool) -> list[bytes]:
        packets, at, octets = [], 0, self._octets
        while at < len(octets):
            start = octets.find(START, at)
            if start < 0:
                self.skipped += len(octets) - at
                at = len(octets)
                break
            self.skipped += start - at
            at = start
            length = self._length(at)
            needed = HEADER_SIZE if length is None else length
            if at + needed > len(octets) and not final:
                break
            if length is None or at + length > len(octets):
                self.skipped += 1
                at += 1
                continue
            packet = bytes(octets[at : at + length])
            if internet_checksum(packet):
                self.skipped += 1
                at += 1
                continue
            packets.append(packet)
            at += length
        del octets[:at]
        return packets

    def _length(self, at: int) -> int | None:
        """Length by the header at a place; None: not there yet, or not believable."""
        if len(self._octets) - at < HEADER_SIZE:
            return None
        length = int.from_bytes(self._octets[at + 8 : at + 10], "big")
        return length if HEADER_SIZE <= length <= MAX_PACKET else None
