"""What a MOTOTRBO repeater makes of bursts: voice without FEC, blocks with slot type and RSSI."""

import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from radio_gateway.protocols.dmr import embedded
from radio_gateway.protocols.dmr.emb import Emb, Lcss
from radio_gateway.protocols.dmr.link_control import VoiceLc, seal_full_lc
from radio_gateway.protocols.dmr.slot_type import DataType
from radio_gateway.protocols.mototrbo.ipsc_user import (
    BlockContent,
    BurstType,
    Content,
    VoiceContent,
    VoiceFlag,
)

SUPERFRAME: Final = 6
_VOICE: Final = bytes.fromhex("f801a99f8ce0be006a67e3382f801a99f8ce08")
"Three vocoder frames of silence, as repeaters send them."
_PARTS: Final = (Lcss.FIRST, Lcss.CONTINUATION, Lcss.CONTINUATION, Lcss.LAST)
_RSSI: Final = (55, 100)


def voice_contents(lcs: list[bytes], count: int, colour_code: int) -> Iterator[Content]:
    """Superframes of silence; each carries the next of the link controls, over and over."""
    for index in range(count):
        place = index % SUPERFRAME
        lc = lcs[index // SUPERFRAME % len(lcs)]
        if place == 0:
            yield VoiceContent(VoiceFlag.SYNC, _VOICE, slot_bit=True)
            continue
        told = VoiceFlag.EMB | VoiceFlag.FRAGMENT
        part = _PARTS[place - 1] if place <= len(_PARTS) else Lcss.SINGLE
        single = part is Lcss.SINGLE
        fragment = embedded.NULL_FRAGMENT if single else embedded.encode(lc)[place - 1]
        voice = VoiceContent(told, _VOICE, fragment, emb=Emb(colour_code, part), slot_bit=True)
        if part is Lcss.LAST:
            voice = replace(voice, flags=told | VoiceFlag.LINK_CONTROL, lc=lc)
        yield voice


def block_content(
    kind: BurstType, octets: bytes, colour_code: int, rng: random.Random
) -> BlockContent:
    """One block with a signal strength by chance."""
    rssi = bytes((rng.randint(*_RSSI), 0))
    return BlockContent(kind, octets, slot_type=colour_code << 4 | kind, rssi=rssi)


def full_lc(lc: VoiceLc, kind: BurstType) -> bytes:
    """The block of a header or terminator."""
    return seal_full_lc(lc.build(), DataType(kind))
