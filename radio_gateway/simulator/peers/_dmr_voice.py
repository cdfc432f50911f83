"""A transmission as real bursts: headers, superframes with embedded link control, terminator."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from typing import Final

from radio_gateway.protocols.dmr import ambe, embedded
from radio_gateway.protocols.dmr.burst import build_data, build_voice, build_voice_a
from radio_gateway.protocols.dmr.emb import Emb, Lcss
from radio_gateway.protocols.dmr.link_control import VoiceLc, seal_full_lc
from radio_gateway.protocols.dmr.slot_type import DataType, SlotType
from radio_gateway.protocols.dmr.sync import Sync

HEADERS: Final = 3
SUPERFRAME: Final = 6
_PARTS: Final = (Lcss.FIRST, Lcss.CONTINUATION, Lcss.CONTINUATION, Lcss.LAST)
_SILENCE: Final = (ambe.SILENCE,) * 3
_VOICE_BITS: Final = (*range(108), *range(156, 264))
WRONG_BITS: Final = 3
"Of the vocoder in a burst that is heard well: at most."


@dataclass(frozen=True, slots=True)
class DataFrame:
    """Header, terminator or control block."""

    data_type: DataType
    octets: bytes


@dataclass(frozen=True, slots=True)
class VoiceFrame:
    """One burst of a superframe."""

    place: int
    "0 for A .. 5 for F"
    octets: bytes
    bit_errors: int


def lc_frame(lc: VoiceLc, data_type: DataType, colour_code: int) -> DataFrame:
    """A header or terminator burst of a base station."""
    block = seal_full_lc(lc.build(), data_type)
    octets = build_data(Sync.BS_DATA, SlotType(colour_code, data_type), block)
    return DataFrame(data_type, octets)


def voice_frames(
    embedded_lcs: list[bytes],
    colour_code: int,
    first: int,
    count: int,
    rng: random.Random,
    wrong_bits: int = WRONG_BITS,
) -> Iterator[VoiceFrame]:
    """`count` bursts of silence, starting at burst `first` of a superframe.

    Each has up to `wrong_bits` wrong bits.

    Each superframe carries the next of `embedded_lcs` (9 octets each), over and over.
    """
    lcs = cycle(embedded_lcs)
    fragments = embedded.encode(next(lcs))
    for index in range(first, first + count):
        place = index % SUPERFRAME
        if place == 0:
            if index > 0:
                fragments = embedded.encode(next(lcs))
            octets = build_voice_a(Sync.BS_VOICE, _SILENCE)
        elif place <= len(_PARTS):
            emb = Emb(colour_code, _PARTS[place - 1])
            octets = build_voice(emb, fragments[place - 1], _SILENCE)
        else:
            octets = build_voice(Emb(colour_code, Lcss.SINGLE), embedded.NULL_FRAGMENT, _SILENCE)
        octets = _worn(octets, rng, wrong_bits)
        yield VoiceFrame(place, octets, ambe.wrong_bits(octets))


def _worn(octets: bytes, rng: random.Random, most: int) -> bytes:
    """Turn up to `most` vocoder bits, as the air does."""
    bits = int.from_bytes(octets, "big")
    for place in rng.sample(_VOICE_BITS, rng.randrange(most + 1)):
        bits ^= 1 << (263 - place)
    return bits.to_bytes(len(octets), "big")
