"""The three vocoder frames of a voice burst: FEC only, no audio (DMR half-rate vocoder)."""

from dataclasses import dataclass
from typing import Final

from radio_gateway.protocols.bits import gather
from radio_gateway.protocols.dmr.codes import GOLAY_23_12, GOLAY_24_12

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
    """Bit errors among the `PROTECTED_BITS` of a voice burst."""
    return sum(frame.wrong_bits for frame in split(burst))


def join(frames: tuple[bytes, bytes, bytes]) -> int:
    """Three frames of 9 octets, interleaved as on the air, as a burst with an empty middle."""
    voice = int.from_bytes(b"".join(frames), "big")  # 216 bits, 108 on each side
    return voice >> 108 << 156 | voice & ((1 << 108) - 1)


def _frame(bits: int) -> AmbeFrame:
    c0 = bits >> 48 & 0xFFFFFF
    return AmbeFrame(c0, bits >> 25 & 0x7FFFFF ^ _SCRAMBLE[c0 >> 12], bits & 0x1FFFFFF)
