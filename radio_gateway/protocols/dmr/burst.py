"""A burst: 264 bits in 33 octets, either data or voice around a 48-bit middle."""

from dataclasses import dataclass
from typing import Final, TypeAlias

from radio_gateway.protocols.bits import gather, scatter
from radio_gateway.protocols.dmr import ambe, bptc, trellis
from radio_gateway.protocols.dmr.data_packet import is_sealed
from radio_gateway.protocols.dmr.emb import Emb
from radio_gateway.protocols.dmr.slot_type import DataType, SlotType
from radio_gateway.protocols.dmr.sync import BURST_OCTETS, Sync, detect
from radio_gateway.protocols.errors import MalformedError

_RATE_1_PLACES: Final = (*range(96), *range(168, 264))
"The two bits on each side of the slot type are not used (so read by one decoder; no capture)."
_RATE_1_BITS: Final = gather(BURST_OCTETS, _RATE_1_PLACES)
_RATE_1_FIELD: Final = scatter(_RATE_1_PLACES, 264)
_CANDIDATES: Final = 4
"How many readings of a damaged rate 3/4 block are tried against a CRC-9."
_MIDDLE_SHIFT: Final = 264 - 156
_MIDDLE_MASK: Final = (1 << 48) - 1


@dataclass(frozen=True, slots=True)
class DataBurst:
    """A burst with data synchronisation: header, terminator, CSBK or data block."""

    octets: bytes
    sync: Sync
    slot_type: SlotType | None
    "None: more wrong bits than its code repairs."

    def payload(self, data_type: DataType | None = None) -> bytes:
        """The information field without FEC: 12 octets, 18 at rate 3/4, 24 at rate 1.

        Args:
            data_type: what to take it for when the slot type could not be read.

        Raises:
            MalformedError: no data type known, or more wrong bits than can be repaired.
        """
        kind = self.slot_type.data_type if self.slot_type else data_type
        if kind is None:
            raise MalformedError("data burst with an unreadable slot type", self.octets)
        if kind is DataType.RATE_34_DATA:
            return _rate_34(self.octets)
        if kind is DataType.RATE_1_DATA:
            return _RATE_1_BITS(self.octets).to_bytes(24, "big")
        return bptc.decode(self.octets)


@dataclass(frozen=True, slots=True)
class VoiceBurst:
    """60 ms of voice: burst A with its synchronisation, B to F with EMB and a fragment."""

    octets: bytes
    sync: Sync | None
    "Set in burst A only."
    emb: Emb | None
    "Set in bursts B to F; None there too when beyond repair."
    fragment: bytes
    "The 4 embedded octets; meaningless in burst A."

    @property
    def wrong_bits(self) -> int:
        """Bit errors among the 141 protected bits of voice."""
        return ambe.wrong_bits(self.octets)


def _rate_34(octets: bytes) -> bytes:
    """A rate 3/4 block; of a damaged one the reading whose CRC-9 is good, if there is one.

    Blocks of unconfirmed packets have no CRC-9; one of 170 damaged ones is read wrongly for that,
    and the CRC-32 of its packet finds it.
    """
    block = trellis.read(octets)
    if block is not None:
        return block
    likeliest = trellis.decode(octets)
    if is_sealed(likeliest):
        return likeliest
    return next((c for c in trellis.nearest(octets, _CANDIDATES) if is_sealed(c)), likeliest)


Burst: TypeAlias = DataBurst | VoiceBurst


def parse_burst(octets: bytes) -> Burst:
    """Tell voice from data by the synchronisation and read what surrounds it.

    Raises:
        MalformedError: not 33 octets, or a reverse channel burst.
    """
    if len(octets) != BURST_OCTETS:
        raise MalformedError("a burst is 33 octets", octets)
    inner = int.from_bytes(octets[12:21], "big")  # 2, slot type 10, middle 48, slot type 10, 2
    middle = inner >> 12 & _MIDDLE_MASK
    sync = detect(middle)
    if sync is Sync.MS_REVERSE_CHANNEL:
        raise MalformedError("a reverse channel burst carries no call", octets)
    if sync is not None and sync.is_data:
        word = inner >> 50 & 0xFFC00 | inner >> 2 & 0x3FF
        return DataBurst(octets, sync, SlotType.decode(word))
    emb = Emb.decode(middle >> 32 & 0xFF00 | middle & 0xFF) if sync is None else None
    return VoiceBurst(octets, sync, emb, (middle >> 8 & 0xFFFFFFFF).to_bytes(4, "big"))


def build_data(sync: Sync, slot_type: SlotType, payload: bytes) -> bytes:
    """Put a block of 12 octets (BPTC), 18 (rate 3/4) or 24 (rate 1) into a data burst.

    Raises:
        ValueError: another length than the data type has.
    """
    if slot_type.data_type is DataType.RATE_34_DATA:
        field = trellis.encode(payload)
    elif slot_type.data_type is DataType.RATE_1_DATA:
        field = _RATE_1_FIELD(payload)
    else:
        field = bptc.encode(payload)
    return (field | slot_type.bits() | sync.value << _MIDDLE_SHIFT).to_bytes(33, "big")


def build_voice_a(sync: Sync, frames: tuple[bytes, bytes, bytes]) -> bytes:
    """Burst A: three vocoder frames of 9 octets around a voice synchronisation."""
    return (ambe.join(frames) | sync.value << _MIDDLE_SHIFT).to_bytes(33, "big")


def build_voice(emb: Emb, fragment: bytes, frames: tuple[bytes, bytes, bytes]) -> bytes:
    """Bursts B to F: three vocoder frames around EMB and 4 embedded octets."""
    head, tail = emb.build()
    middle = head << 40 | int.from_bytes(fragment, "big") << 8 | tail
    return (ambe.join(frames) | middle << _MIDDLE_SHIFT).to_bytes(33, "big")
