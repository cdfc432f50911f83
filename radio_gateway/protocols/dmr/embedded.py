"""Link control within voice: four fragments in bursts B to E (ETSI TS 102 361-1, B.2.1)."""

from dataclasses import dataclass, field
from typing import Final

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


def decode(fragments: bytes) -> bytes:
    """Read the 16 octets of four fragments, first on the air first; single wrong bits repaired.

    Returns:
        9 octets of link control, FLCO first.

    Raises:
        MalformedError: not 16 octets, wrong bits beyond repair, or a wrong checksum.
    """
    if len(fragments) != 4 * FRAGMENTS:
        raise MalformedError("embedded link control is 16 octets", fragments)
    rows = [HAMMING_16_11.correct(row) for row in _matrix(int.from_bytes(fragments, "big"))[:7]]
    value = 0
    checksum = 0
    for rank, row in enumerate(rows):
        if row is None:
            raise MalformedError("embedded link control beyond repair", fragments)
        information = row >> 5
        if rank < 2:
            value = value << 11 | information
        else:
            value = value << 10 | information >> 1
            checksum = checksum << 1 | information & 1
    lc = value.to_bytes(LC_OCTETS, "big")
    if five_bit_sum(lc) != checksum:
        raise MalformedError("embedded link control with a wrong checksum", fragments)
    return lc


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
