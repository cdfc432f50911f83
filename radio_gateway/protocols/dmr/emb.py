"""EMB: what voice bursts B to F carry around the embedded field (ETSI TS 102 361-1, 9.1.2)."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from radio_gateway.protocols.dmr.codes import QR_16_7
from radio_gateway.protocols.errors import MalformedError


class Lcss(IntEnum):
    """Which part of an embedded message the burst holds."""

    SINGLE = 0
    FIRST = 1
    LAST = 2
    CONTINUATION = 3


@dataclass(frozen=True, slots=True)
class Emb:
    """16 bits, quadratic residue code (16,7): two wrong bits are repaired."""

    colour_code: int
    "0..15"
    lcss: Lcss
    privacy: bool = False
    "PI: the embedded field holds a privacy or reverse channel item, no link control."

    @classmethod
    def parse(cls, octets: bytes) -> "Emb":
        """Read the two octets.

        Raises:
            MalformedError: not 2 octets, or more wrong bits than the code repairs.
        """
        emb = cls.decode(int.from_bytes(octets, "big")) if len(octets) == 2 else None
        if emb is None:
            raise MalformedError("no EMB", octets)
        return emb

    @classmethod
    def decode(cls, word: int) -> "Emb | None":
        """Read 16 bits; None when they are beyond repair."""
        exact = _BY_WORD.get(word)
        if exact is not None:
            return exact
        decoded = QR_16_7.decode(word)
        return None if decoded is None else _of_bits(decoded[0])

    def build(self) -> bytes:
        """The two octets: first half before the embedded field, second half after it."""
        return QR_16_7.encode(self.colour_code << 3 | self.privacy << 2 | self.lcss).to_bytes(
            2, "big"
        )


def _of_bits(bits: int) -> Emb:
    """From 4 bits of colour code, 1 of privacy and 2 of LCSS."""
    return Emb(bits >> 3, Lcss(bits & 0x3), bool(bits & 0x4))


_BY_WORD: Final = {QR_16_7.encode(bits): _of_bits(bits) for bits in range(128)}
"All code words: what nearly every burst carries."
