"""RTP with the repeater's header extension, on the voice ports.

Packets are read and given back octet by octet; audio is never decoded here.
"""

from dataclasses import dataclass
from typing import Final

from radio_gateway.protocols.errors import MalformedError

_FIXED: Final = 12
EXTENSION_ID: Final = 0x0015


@dataclass(frozen=True, slots=True)
class Rtp:
    """RFC 3550 header, the extension and 8 kHz G.711 audio; `build` gives the octets back."""

    payload_type: int
    "0 mu-law, 8 A-law"
    sequence: int
    timestamp: int
    "In samples."
    ssrc: int
    audio: bytes
    extension_id: int | None = None
    "None: no extension."
    extension: bytes = b""
    "Whole 32-bit words."
    contributors: tuple[int, ...] = ()
    marker: bool = False
    padding: bool = False

    @property
    def header_size(self) -> int:
        extension = 0 if self.extension_id is None else 4 + len(self.extension)
        return _FIXED + 4 * len(self.contributors) + extension

    @classmethod
    def parse(cls, data: bytes) -> "Rtp":
        """Read one datagram of a voice port.

        Raises:
            MalformedError: not RTP version 2, or the header runs past the end.
        """
        if len(data) < _FIXED or data[0] >> 6 != 2:
            raise MalformedError("no RTP packet", data)
        at = _FIXED + 4 * (data[0] & 0x0F)
        contributors = tuple(int.from_bytes(data[n : n + 4], "big") for n in range(_FIXED, at, 4))
        extension_id, extension = None, b""
        if data[0] & 0x10:
            extension_id = int.from_bytes(data[at : at + 2], "big")
            end = at + 4 + 4 * int.from_bytes(data[at + 2 : at + 4], "big")
            extension = data[at + 4 : end]
            at = max(end, at + 4)
        if at > len(data):
            raise MalformedError("RTP header is cut short", data)
        return cls(
            data[1] & 0x7F,
            int.from_bytes(data[2:4], "big"),
            int.from_bytes(data[4:8], "big"),
            int.from_bytes(data[8:12], "big"),
            data[at:],
            extension_id,
            extension,
            contributors,
            marker=bool(data[1] & 0x80),
            padding=bool(data[0] & 0x20),
        )

    def build(self) -> bytes:
        """Write the packet."""
        extended = self.extension_id is not None
        first = 0x80 | self.padding << 5 | extended << 4 | len(self.contributors)
        head = bytes((first, self.marker << 7 | self.payload_type))
        head += self.sequence.to_bytes(2, "big")
        for word in (self.timestamp, self.ssrc, *self.contributors):
            head += word.to_bytes(4, "big")
        if self.extension_id is not None:
            head += self.extension_id.to_bytes(2, "big")
            head += (len(self.extension) // 4).to_bytes(2, "big") + self.extension
        return head + self.audio


@dataclass(frozen=True, slots=True)
class CallExtension:
    """The 12 octets of the repeater's extension; their order is not confirmed by a capture."""

    slot: int
    last: bool
    "Last packet of the call."
    source: int
    destination: int
    call_type: int
    reserved: bytes = bytes(4)

    @classmethod
    def from_bytes(cls, data: bytes) -> "CallExtension":
        """Read the words of extension 0x0015.

        Raises:
            MalformedError: not 12 octets.
        """
        if len(data) != 12:
            raise MalformedError("call extension of another length", data)
        return cls(
            data[0] >> 1,
            bool(data[0] & 1),
            int.from_bytes(data[1:4], "big"),
            int.from_bytes(data[4:7], "big"),
            data[7],
            data[8:],
        )

    def to_bytes(self) -> bytes:
        ids = self.source.to_bytes(3, "big") + self.destination.to_bytes(3, "big")
        return bytes((self.slot << 1 | self.last,)) + ids + bytes((self.call_type,)) + self.reserved
