"""The short block codes of DMR, decoded by syndrome table (ETSI TS 102 361-1, annex B).

What they do to a word with wrong bits, whatever their places:

- Golay (20,8) and (24,12): all patterns of up to 3 are repaired, all of 4 are seen.
- Golay (23,12): all of up to 3 are repaired; it is perfect, so 4 always come out as another word.
- Quadratic residue (16,7): all of up to 2 are repaired, all of 3 are seen.
- Hamming (16,11): every single one is repaired, all pairs are seen.
- Hamming (15,11), (13,9), (17,12) and (7,4): every single one is repaired; pairs are taken for
  another single one, in (15,11) and (7,4) always. What is built of them has checks of its own.
"""

from collections.abc import Sequence
from itertools import combinations
from typing import Final


class BlockCode:
    """A systematic linear code (n, k): k information bits, then n - k parity bits."""

    __slots__ = ("_codewords", "_patterns", "information", "length")

    def __init__(self, length: int, rows: Sequence[int], corrects: int) -> None:
        """Build the tables.

        Args:
            length: n.
            rows: parity bits of each information bit, most significant bit first.
            corrects: up to how many wrong bits a decoder repairs.
        """
        self.length = length
        self.information = len(rows)
        self._codewords = _all_codewords(rows, length - len(rows))
        self._patterns: dict[int, int] = {}
        for weight in range(1, corrects + 1):
            for positions in combinations(range(length), weight):
                pattern = sum(1 << position for position in positions)
                self._patterns.setdefault(self.syndrome(pattern), pattern)

    def encode(self, information: int) -> int:
        """The codeword, `length` bits, of `information`."""
        return self._codewords[information]

    def syndrome(self, word: int) -> int:
        """0 for a codeword; otherwise the parity bits that disagree."""
        return word ^ self._codewords[word >> (self.length - self.information)]

    def correct(self, word: int) -> int | None:
        """The nearest codeword; None when it is farther than the code corrects."""
        syndrome = self.syndrome(word)
        if not syndrome:
            return word
        pattern = self._patterns.get(syndrome)
        return None if pattern is None else word ^ pattern

    def decode(self, word: int) -> tuple[int, int] | None:
        """Information bits and the number of bits repaired; None when beyond repair."""
        codeword = self.correct(word)
        if codeword is None:
            return None
        return codeword >> (self.length - self.information), (word ^ codeword).bit_count()


def _all_codewords(rows: Sequence[int], parity_bits: int) -> tuple[int, ...]:
    words = [0] * (1 << len(rows))
    for information in range(1, len(words)):
        lowest = information & -information
        row = rows[len(rows) - lowest.bit_length()]
        words[information] = words[information ^ lowest] ^ (lowest << parity_bits | row)
    return tuple(words)


def _rows(information: int, equations: Sequence[Sequence[int]]) -> list[int]:
    """Parity rows from parity equations (each the data bits that it sums), first equation first."""
    return [
        sum((d in equation) << (len(equations) - 1 - p) for p, equation in enumerate(equations))
        for d in range(information)
    ]


def _golay_rows(information: int, *, extended: bool) -> list[int]:
    """Parity of the Golay code x^11 + x^10 + x^6 + x^5 + x^4 + x^2 + 1, shortened from the left."""
    rows = []
    for degree in range(information - 1, -1, -1):
        remainder = 1 << (degree + 11)
        for shift in range(degree, -1, -1):
            if remainder >> (shift + 11) & 1:
                remainder ^= 0xC75 << shift
        overall = (1 + remainder.bit_count()) & 1
        rows.append(remainder << 1 | overall if extended else remainder)
    return rows


GOLAY_20_8: Final = BlockCode(20, _golay_rows(8, extended=True), corrects=3)
GOLAY_24_12: Final = BlockCode(24, _golay_rows(12, extended=True), corrects=3)
GOLAY_23_12: Final = BlockCode(23, _golay_rows(12, extended=False), corrects=3)

QR_16_7: Final = BlockCode(
    16,
    [0b001001111, 0b100011110, 0b110110111, 0b111100010, 0b111001001, 0b011100101, 0b001110011],
    corrects=2,
)

_HAMMING_15_11 = (
    (0, 1, 2, 3, 5, 7, 8),
    (1, 2, 3, 4, 6, 8, 9),
    (2, 3, 4, 5, 7, 9, 10),
    (0, 1, 2, 4, 6, 7, 10),
)
HAMMING_15_11: Final = BlockCode(15, _rows(11, _HAMMING_15_11), corrects=1)
HAMMING_16_11: Final = BlockCode(
    16, _rows(11, (*_HAMMING_15_11, (0, 2, 5, 6, 8, 9, 10))), corrects=1
)
HAMMING_13_9: Final = BlockCode(
    13,
    _rows(9, ((0, 1, 3, 5, 6), (0, 1, 2, 4, 6, 7), (0, 1, 2, 3, 5, 7, 8), (0, 2, 4, 5, 8))),
    corrects=1,
)
HAMMING_17_12: Final = BlockCode(
    17,
    _rows(
        12,
        (
            (0, 1, 2, 3, 6, 7, 9),
            (0, 1, 2, 3, 4, 7, 8, 10),
            (1, 2, 3, 4, 5, 8, 9, 11),
            (0, 1, 4, 5, 7, 10),
            (0, 1, 2, 5, 6, 8, 11),
        ),
    ),
    corrects=1,
)
HAMMING_7_4: Final = BlockCode(7, _rows(4, ((0, 1, 2), (1, 2, 3), (0, 1, 3))), corrects=1)
