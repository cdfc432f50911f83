"""The three vocoder frames of a voice burst: FEC only, no audio (DMR half-rate vocoder)."""

from dataclasses import dataclass
from typing import Final

from radio_gateway.protocols.bits import gather, octet_table
from radio_gateway.protocols.dmr.codes import GOLAY_23_12, GOLAY_24_12
from radio_gateway.protocols.dmr.outer import outer_map

FRAME_MS: Final = 20
PROTECTED_BITS: Final = 141
"Bits of a burst that the Golay words protect: 47 in each of its three frames."
SILENCE: Final = bytes.fromhex("b9e881526173002a6b")
"A frame of silence, as repeaters fill gaps with."

_FRAME_BITS: Final = (
    tuple(range(72)),
    (*range(72, 108), *range(156, 192)),
    tuple(range(192, 264)),
)
_WITHIN: Final = tuple(k % 18 * 4 + k // 18 for k in range(72))
_GATHER: Final = gather(33, [frame[place] for frame in _FRAME_BITS for place in _WITHIN])


def _pseudo_random(u0: int) -> int:
    """23 bits that scramble the second word, started by the first."""
    state = 16 * u0
    bits = 0
    for _ in range(23):
        state = (173 * state + 13849) & 0xFFFF
        bits = bits << 1 | state >> 15
    return bits


_SCRAMBLE: Final = tuple(_pseudo_random(u0) for u0 in range(1 << 12))


@dataclass(frozen=True, slots=True)
class AmbeFrame:
    """20 ms of voice, as received: 24 + 23 protected bits and 25 bare ones."""

    c0: int
    c1: int
    "Descrambled by the information bits of `c0` as received."
    u2u3: int

    @property
    def u0(self) -> int:
        """12 information bits as received, not repaired."""
        return self.c0 >> 12

    @property
    def u1(self) -> int:
        """12 information bits as received, not repaired."""
        return self.c1 >> 11

    @property
    def wrong_bits(self) -> int:
        """How many of the 47 protected bits the Golay codes repair; four in a lost first word."""
        first = GOLAY_24_12.decode(self.c0)
        if first is None:
            return 4
        rescrambled = self.c1 ^ _SCRAMBLE[self.u0] ^ _SCRAMBLE[first[0]]
        second = GOLAY_23_12.decode(rescrambled)
        return first[1] + (second[1] if second else 0)


def split(burst: bytes) -> tuple[AmbeFrame, AmbeFrame, AmbeFrame]:
    """The three frames of a 33-octet voice burst, oldest first."""
    bits = _GATHER(burst)
    return _frame(bits >> 144), _frame(bits >> 72), _frame(bits)


def wrong_bits(burst: bytes) -> int:
    """Bit errors among the `PROTECTED_BITS` of a voice burst of 33 octets.

    As `AmbeFrame.wrong_bits`, without frames in between: of each one the first word, its
    syndrome, and the syndrome of the second word as received come out of a single map.
    """
    found = _read(burst) ^ _INNER_LEFT[burst[13]] ^ _INNER_RIGHT[burst[19]]
    total = 0
    for shift in _FRAME_SHIFTS:
        first = found >> shift & _FIRST_MASK  # 12 bits of u0, 12 of syndrome
        repaired = _FIRST_WORD[first & 0xFFF]
        if repaired is None:
            total += 4
            continue
        weight, turned = repaired
        total += (
            weight
            + _SECOND_WORD[found >> shift - 11 & 0x7FF ^ _SCRAMBLE_SYNDROME[first >> 12 ^ turned]]
        )
    return total


def join(frames: tuple[bytes, bytes, bytes]) -> int:
    """Three frames of 9 octets, interleaved as on the air, as a burst with an empty middle."""
    voice = int.from_bytes(b"".join(frames), "big")  # 216 bits, 108 on each side
    return voice >> 108 << 156 | voice & ((1 << 108) - 1)


def _frame(bits: int) -> AmbeFrame:
    c0 = bits >> 48 & 0xFFFFFF
    return AmbeFrame(c0, bits >> 25 & 0x7FFFFF ^ _SCRAMBLE[c0 >> 12], bits & 0x1FFFFFF)


def _frame_map(frame: int) -> list[int]:
    """What each bit of a burst adds to `found` of `wrong_bits`, for one of the frames."""
    contributions = [0] * 264
    for rank, place in enumerate(_FRAME_BITS[frame][within] for within in _WITHIN):
        if rank < 24:
            word = 1 << (23 - rank)
            value = (word >> 12 << 12 | GOLAY_24_12.syndrome(word)) << 11
        elif rank < 47:
            value = GOLAY_23_12.syndrome(1 << (46 - rank))
        else:
            continue
        contributions[place] = value << 35 * (2 - frame)
    return contributions


def _repair(syndrome: int) -> tuple[int, int] | None:
    """Wrong bits of a first word, and which of its information bits they turn."""
    codeword = GOLAY_24_12.correct(syndrome)
    if codeword is None:
        return None
    pattern = syndrome ^ codeword
    return pattern.bit_count(), pattern >> 12


_CONTRIBUTIONS: Final = [sum(three) for three in zip(*map(_frame_map, range(3)), strict=True)]
_read: Final = outer_map(_CONTRIBUTIONS)
_INNER_LEFT: Final = octet_table(_CONTRIBUTIONS[8 * 13 : 8 * 14])
_INNER_RIGHT: Final = octet_table(_CONTRIBUTIONS[8 * 19 : 8 * 20])
_FRAME_SHIFTS: Final = (81, 46, 11)
_FIRST_MASK: Final = (1 << 24) - 1
_FIRST_WORD: Final = tuple(_repair(syndrome) for syndrome in range(1 << 12))
_SECOND_WORD: Final = tuple(
    (syndrome ^ (GOLAY_23_12.correct(syndrome) or 0)).bit_count() for syndrome in range(1 << 11)
)
"Wrong bits of a second word by its syndrome: its code is perfect, there always is an answer."
_SCRAMBLE_SYNDROME: Final = tuple(GOLAY_23_12.syndrome(bits) for bits in _SCRAMBLE)
