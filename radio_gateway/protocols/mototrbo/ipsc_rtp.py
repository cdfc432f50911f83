"""The RTP header within IPSC user packets."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rtp:
    """The 12 octets of RTP in every user packet."""

    marker: bool
    "First packet of the transmission."
    payload_type: int
    "5D hex, 5E on the last packet."
    sequence: int
    timestamp: int
    "8 kHz: 480 more for each burst."
    ssrc: int = 0

    @classmethod
    def from_bytes(cls, octets: bytes) -> "Rtp":
        return cls(
            bool(octets[1] & 0x80),
            octets[1] & 0x7F,
            int.from_bytes(octets[2:4], "big"),
            int.from_bytes(octets[4:8], "big"),
            int.from_bytes(octets[8:12], "big"),
        )

    def to_bytes(self) -> bytes:
        return (
            bytes((0x80, self.marker << 7 | self.payload_type))
            + self.sequence.to_bytes(2, "big")
            + self.timestamp.to_bytes(4, "big")
            + self.ssrc.to_bytes(4, "big")
        )
