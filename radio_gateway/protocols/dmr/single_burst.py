"""The one-fragment item of burst F: key and algorithm of an encrypted call, for late entry.

Eleven bits as a Hamming (16,11) word that is sent twice, interleaved over 32 bits. The reverse
channel travels the same way with its second word inverted.
"""

from dataclasses import dataclass
from typing import Final

from radio_gateway.protocols.dmr.codes import HAMMING_16_11
from radio_gateway.protocols.dmr.link_control import FID_MOTOROLA
from radio_gateway.protocols.dmr.pi_header import algorithm_name
from radio_gateway.protocols.errors import MalformedError

OCTETS: Final = 4
_BITS: Final = 32
_WORD: Final = (1 << 16) - 1
_PLACES: Final = tuple(17 * k % _BITS for k in range(_BITS))
"""Bit k of the fragment is bit `_PLACES[k]` of the two words, which take turns bit by bit."""


@dataclass(frozen=True, slots=True)
class KeyNotice:
    """How the call is encrypted, for a receiver that came in late."""

    key_id: int
    algorithm: int
    "Low three bits of the algorithm's number."

    @property
    def algorithm_name(self) -> str:
        """As people know it."""
        return algorithm_name(self.algorithm, FID_MOTOROLA)

    @classmethod
    def parse(cls, fragment: bytes) -> "KeyNotice | None":
        """Read the fragment of a burst with LCSS 0; None: it is empty, the call is clear.

        Raises:
            MalformedError: not 4 octets, or two words that do not agree.
        """
        information = decode(fragment)
        return cls(information >> 3, information & 0x7) if information else None

    def build(self) -> bytes:
        """The 4 octets."""
        return encode(self.key_id << 3 | self.algorithm)


def decode(fragment: bytes, *, reverse_channel: bool = False) -> int:
    """The 11 bits of a fragment, one wrong bit in each word repaired.

    Every single wrong bit is repaired and half of the pairs are: those with one in each word.
    Of up to five wrong bits none is overlooked.

    Raises:
        MalformedError: not 4 octets, or two words that do not agree.
    """
    if len(fragment) != OCTETS:
        raise MalformedError("a fragment is 4 octets", fragment)
    bits = int.from_bytes(fragment, "big")
    first = second = 0
    for k, place in enumerate(_PLACES):
        bit = bits >> (_BITS - 1 - k) & 1
        if place % 2:
            second |= bit << (15 - place // 2)
        else:
            first |= bit << (15 - place // 2)
    words = [HAMMING_16_11.correct(first), HAMMING_16_11.correct(_turned(second, reverse_channel))]
    if words[0] is None or words[0] != words[1]:
        raise MalformedError("single-burst item beyond repair", fragment)
    return words[0] >> 5


def encode(information: int, *, reverse_channel: bool = False) -> bytes:
    """The fragment of 4 octets for 11 bits."""
    first = HAMMING_16_11.encode(information)
    second = _turned(first, reverse_channel)
    bits = 0
    for place in _PLACES:
        word = second if place % 2 else first
        bits = bits << 1 | word >> (15 - place // 2) & 1
    return bits.to_bytes(OCTETS, "big")


def _turned(word: int, reverse_channel: bool) -> int:
    return word ^ _WORD if reverse_channel else word
