"""Bursts of 33 octets: what of them is made anonymous, and the burst that carries it instead.

Speech becomes silence with as many wrong bits. Synchronisation and slot type stay as they came.
"""

from functools import lru_cache
from typing import Final

from radio_gateway.protocols.dmr import ambe
from radio_gateway.protocols.dmr.burst import DataBurst, build_data, parse_burst
from radio_gateway.protocols.dmr.slot_type import DataType, SlotType
from radio_gateway.protocols.dmr.sync import Sync
from radio_gateway.protocols.errors import MalformedError
from radio_gateway.recording.scrubs.air import Block, Content, Embedded
from radio_gateway.recording.scrubs.blocks import UNREADABLE

BURST_BITS: Final = 264
_SYNC: Final = (1 << 48) - 1 << 108
_EMB: Final = 0xFF << 148 | 0xFF << 108
_SLOT_TYPE: Final = (0x3FF << 156) | (0x3FF << 98)
_MIDDLE: Final = _SYNC | _SLOT_TYPE
"Of a data burst what is not its information field."
_VOICE_BITS: Final = (*range(108), *range(156, BURST_BITS))


def open_burst(octets: bytes, expected: DataType | None) -> Content:
    """What is to be made anonymous.

    Args:
        octets: 33, as on the air.
        expected: what the base station took it for, when the burst cannot tell; None: voice.

    Raises:
        MalformedError: a burst beyond repair.
    """
    burst = parse_burst(octets)
    if not isinstance(burst, DataBurst):
        return Embedded(burst.sync is not None, burst.emb, burst.fragment)
    kind = burst.slot_type.data_type if burst.slot_type else expected
    if kind is None:
        raise MalformedError("data burst with an unreadable slot type", octets)
    try:
        return Block(kind, burst.payload(kind))
    except MalformedError:
        if kind is not DataType.TERMINATOR_WITH_LC:
            raise
        return Block(kind, UNREADABLE)


def close_burst(octets: bytes, told: Content) -> bytes:
    """A burst like `octets` that carries `told`."""
    before = int.from_bytes(octets, "big")
    if isinstance(told, Block):
        data = build_data(Sync.BS_DATA, SlotType(0, told.kind), told.octets)
        after = int.from_bytes(data, "big") & ~_MIDDLE | before & _MIDDLE
    else:
        after = _silence(ambe.wrong_bits(octets)) | _middle(before, told)
    return after.to_bytes(BURST_BITS // 8, "big")


def _middle(before: int, told: Embedded) -> int:
    if told.sync:
        return before & _SYNC
    fragment = int.from_bytes(told.fragment, "big") << 116
    if told.emb is None:  # beyond repair, and so it stays
        return before & _EMB | fragment
    head, tail = told.emb.build()
    return head << 148 | fragment | tail << 108


@lru_cache(maxsize=32)
def _silence(wrong: int) -> int:
    """Three frames of silence with so many wrong bits as their codes count."""
    voice, left = ambe.join((ambe.SILENCE,) * 3), wrong
    for place in _VOICE_BITS:
        turned = voice ^ 1 << (BURST_BITS - 1 - place)
        if left and ambe.wrong_bits(turned.to_bytes(33, "big")) == wrong - left + 1:
            voice, left = turned, left - 1
    return voice
