"""Link control within voice: four fragments in bursts B to E (ETSI TS 102 361-1, B.2.1)."""

from dataclasses import dataclass, field
from functools import reduce
from operator import xor
from typing import Final

from radio_gateway.protocols.bits import LinearMap
from radio_gateway.protocols.dmr.checks import five_bit_sum
from radio_gateway.protocols.dmr.codes import HAMMING_16_11
from radio_gateway.protocols.dmr.emb import Emb, Lcss
from radio_gateway.protocols.errors import MalformedError

LC_OCTETS: Final = 9
FRAGMENTS: Final = 4
NULL_FRAGMENT: Final = bytes(4)
"What burst F carries when there is nothing to say."
_ROWS: Final = 8
_COLUMNS: Final = 16
_INFORMATION_BITS: Final = 77


def decode(fragments: bytes) -> bytes:
    """Read the 16 octets of four fragments, first on the air first.

    One wrong bit in each row is repaired, and one row that has two by the parity of the columns.
    Repaired of 1000 with wrong bits at random places: all with up to 2, 954 with 3, 792 with 4,
    561 with 5; and every unbroken run of up to 8. Up to three in a thousand come out wrong there,
    for the checksum has five bits only: what matters must be heard twice.

    Returns:
        9 octets of link control, FLCO first.

    Raises:
        MalformedError: not 16 octets, wrong bits beyond repair, or a wrong checksum.
    """
    if len(fragments) != 4 * FRAGMENTS:
        raise MalformedError("embedded link control is 16 octets", fragments)
    value = _READ(fragments)
    if value >> _INFORMATION_BITS:
        value = _information(_repaired(fragments))
    lc = (value >> 5).to_bytes(LC_OCTETS, "big")
    if five_bit_sum(lc) != value & 0x1F:
        raise MalformedError("embedded link control with a wrong checksum", fragments)
    return lc


def _repaired(fragments: bytes) -> list[int]:
    """The seven rows as code words.

    Raises:
        MalformedError: more than one row has two wrong bits or more.
    """
    received = _matrix(int.from_bytes(fragments, "big"))
    rows = [HAMMING_16_11.correct(row) for row in received[:7]]
    lost = [rank for rank, row in enumerate(rows) if row is None]
    if lost:
        others = reduce(xor, (row for row in rows if row is not None), received[7])
        if len(lost) > 1 or HAMMING_16_11.syndrome(others):
            raise MalformedError("embedded link control beyond repair", fragments)
        rows[lost[0]] = others
    return [row for row in rows if row is not None]


def _information(rows: list[int]) -> int:
    """72 bits of link control and the 5 of its checksum."""
    value = checksum = 0
    for rank, row in enumerate(rows):
        information = row >> 5
        if rank < 2:
            value = value << 11 | information
        else:
            value = value << 10 | information >> 1
            checksum = checksum << 1 | information & 1
    return value << 5 | checksum


def encode(lc: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    """The four fragments, for bursts B to E, of 9 octets of link control."""
    if len(lc) != LC_OCTETS:
        raise ValueError(f"link control is {LC_OCTETS} octets, not {len(lc)}")
    value = int.from_bytes(lc, "big")
    checksum = five_bit_sum(lc)
    information = [value >> 61, value >> 50 & 0x7FF]
    information += [
        (value >> 10 * (4 - rank) & 0x3FF) << 1 | checksum >> (4 - rank) & 1 for rank in range(5)
    ]
    rows = [HAMMING_16_11.encode(word) for word in information]
    parity = 0
    for row in rows:
        parity ^= row
    rows.append(parity)
    bits = 0
    for column in range(_COLUMNS - 1, -1, -1):
        for row in rows:
            bits = bits << 1 | row >> column & 1
    octets = bits.to_bytes(4 * FRAGMENTS, "big")
    return octets[:4], octets[4:8], octets[8:12], octets[12:]


def _matrix(bits: int) -> list[int]:
    """The 8 rows of 16 bits; the air carries them column by column."""
    rows = [0] * _ROWS
    for place in range(_ROWS * _COLUMNS):
        rows[place % _ROWS] |= (bits >> (127 - place) & 1) << (15 - place // _ROWS)
    return rows


def _reader() -> LinearMap:
    """From 16 octets to 35 syndrome bits of the rows, and 77 of information."""
    contributions = []
    for place in range(_ROWS * _COLUMNS):
        rows = _matrix(1 << (_ROWS * _COLUMNS - 1 - place))[:7]
        syndromes = 0
        for row in rows:
            syndromes = syndromes << 5 | HAMMING_16_11.syndrome(row)
        contributions.append(syndromes << _INFORMATION_BITS | _information(rows))
    return LinearMap(contributions)


_READ: Final = _reader()


@dataclass(slots=True)
class Collector:
    """Gathers fragments of one transmission until a link control is complete."""

    _fragments: list[bytes] = field(default_factory=list)
    _colour_code: int | None = None

    def reset(self) -> None:
        """Forget what was gathered: burst A, a lost frame or another stream."""
        self._fragments.clear()

    def add(self, emb: Emb | None, fragment: bytes) -> bytes | None:
        """Take the middle of one burst B to F; the 9 octets once the last part has come.

        Raises:
            MalformedError: four parts are there and make no link control.
        """
        if emb is None or emb.privacy or emb.lcss is Lcss.SINGLE:
            self.reset()
            return None
        if emb.lcss is Lcss.FIRST or emb.colour_code != self._colour_code:
            self.reset()
        self._colour_code = emb.colour_code
        expected = self._expected()
        if emb.lcss is not expected:
            self.reset()
            return None
        self._fragments.append(fragment)
        if len(self._fragments) < FRAGMENTS:
            return None
        octets = b"".join(self._fragments)
        self.reset()
        return decode(octets)

    def _expected(self) -> Lcss:
        if not self._fragments:
            return Lcss.FIRST
        return Lcss.LAST if len(self._fragments) == FRAGMENTS - 1 else Lcss.CONTINUATION
