"""Privacy indicator header: how the voice that follows is encrypted."""

from dataclasses import dataclass
from typing import Final

from radio_gateway.protocols.dmr.checks import CrcMask, check_seal, seal

ALGORITHMS: Final = {
    0x01: "Hytera basic",
    0x02: "Hytera enhanced",
    0x21: "RC4",
    0x22: "DES",
    0x24: "AES-128",
    0x25: "AES-256",
    0x26: "Hytera",
    0x36: "Kirisun",
    0x37: "Kirisun",
}
_MOTOROLA: Final = 0x10
_SHORT_CODES: Final = {0x01: 0x21, 0x04: 0x24, 0x05: 0x25}
"Under FID 10 the low three bits are sent alone by some radios."


@dataclass(frozen=True, slots=True)
class PiHeader:
    """12 octets with CRC; keys are neither known nor kept."""

    algorithm: int
    fid: int
    key_id: int
    initial_vector: bytes
    "4 octets."
    target: int
    "24 bit."

    @property
    def algorithm_name(self) -> str:
        """As people know it; hex when it is unknown."""
        return algorithm_name(self.algorithm, self.fid)

    @classmethod
    def parse(cls, block: bytes) -> "PiHeader":
        """Read 12 octets.

        Raises:
            MalformedError: wrong length or CRC.
        """
        check_seal(block, CrcMask.PI_HEADER, "PI header")
        return cls(block[0], block[1], block[2], block[3:7], int.from_bytes(block[7:10], "big"))

    def build(self) -> bytes:
        """The 12 octets."""
        head = bytes((self.algorithm, self.fid, self.key_id))
        return seal(head + self.initial_vector + self.target.to_bytes(3, "big"), CrcMask.PI_HEADER)


def algorithm_name(code: int, fid: int) -> str:
    """An algorithm as people know it; hex when it is unknown."""
    if fid == _MOTOROLA:
        code = _SHORT_CODES.get(code, code)
    return ALGORITHMS.get(code, f"algorithm {code:02X}")
