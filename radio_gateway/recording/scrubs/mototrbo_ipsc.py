"""Packets of MOTOTRBO repeaters among themselves, without numbers, places, names and voices.

Hashes are taken off: they would let a weak key be guessed, and nobody else's replay checks them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from radio_gateway.adapters._mototrbo_ipsc_blocks import BlockOrder, as_on_air
from radio_gateway.adapters.mototrbo_ipsc import DATA_TYPES
from radio_gateway.protocols.mototrbo.ipsc import OtherPacket, Packet, parse_packet
from radio_gateway.protocols.mototrbo.ipsc_monitor import CallStatus
from radio_gateway.protocols.mototrbo.ipsc_peering import PeerList
from radio_gateway.protocols.mototrbo.ipsc_user import (
    VOICE_OCTETS,
    BlockContent,
    BurstType,
    Content,
    OtherContent,
    UserPacket,
    VoiceContent,
    VoiceFlag,
)
from radio_gateway.recording.pseudonyms import Pseudonyms
from radio_gateway.recording.ring import Record
from radio_gateway.recording.scrubs import air
from radio_gateway.recording.scrubs.reading import scrub_frames
from radio_gateway.recording.scrubs.scrubbing import LeftOut, Told

_NO_LC: Final = bytes(7)
"Behind an opcode: link control that says nothing."


def scrub(records: Sequence[Record], names: Pseudonyms) -> list[Told]:
    """See `scrubbing.Scrub`."""
    order = BlockOrder()
    return scrub_frames(records, lambda record: _read(record, order, names), names)


def _read(record: Record, order: BlockOrder, names: Pseudonyms) -> "_Burst | Told":
    packet = parse_packet(record.data)
    if not isinstance(packet, UserPacket):
        return _alone(packet, names)
    if isinstance(packet.content, OtherContent):  # perhaps the last of a call
        octets = packet.content.octets
        return _told(packet, OtherContent(octets[:1] + bytes(len(octets) - 1)), names)
    return _opened(packet, packet.content, order, record.at)


@dataclass(frozen=True, slots=True)
class _Burst:
    packet: UserPacket
    turned: bool
    "The block came with its serial number and CRC-9 last."
    heard: air.Heard

    def closed(self, told: air.Content, names: Pseudonyms) -> bytes:
        content = self.packet.content
        if isinstance(content, VoiceContent) and isinstance(told, air.Embedded):
            content = _voice(content, told)
        elif isinstance(content, BlockContent) and isinstance(told, air.Block):
            block = told.octets[2:] + told.octets[:2] if self.turned else told.octets
            content = replace(content, block=block, rest=b"")
        return _told(self.packet, content, names)


def _told(packet: UserPacket, content: Content, names: Pseudonyms) -> bytes:
    return replace(
        packet,
        peer=names.number(packet.peer),
        source=names.number(packet.source),
        target=names.number(packet.target),
        control=bytes(4),
        rtp=replace(packet.rtp, ssrc=0),
        content=content,
    ).build()


def _voice(content: VoiceContent, told: air.Embedded) -> VoiceContent:
    lc = told.lc
    if lc is None and content.lc is not None:
        lc = content.lc[:2] + _NO_LC
    fragment = told.fragment if content.flags & VoiceFlag.FRAGMENT else b""
    voice = bytes(VOICE_OCTETS)
    return replace(content, voice=voice, fragment=fragment, lc=lc, emb=told.emb, rest=b"")


def _opened(
    packet: UserPacket, content: VoiceContent | BlockContent, order: BlockOrder, at: float
) -> _Burst:
    turned = False
    found: air.Content
    if isinstance(content, VoiceContent):
        sync = bool(content.sync)
        found = air.Embedded(sync, content.emb, content.fragment or bytes(4), content.lc)
    else:
        kind, block = DATA_TYPES[BurstType(content.burst_type)], content.block
        turned = order.turned(packet, kind, block)
        found = air.Block(kind, as_on_air(block) if turned else block)
    stream = bytes((packet.call,)) + bytes(f"{packet.source}-{packet.target}", "ascii")
    sequence = packet.rtp.sequence & 0xFF
    parties = packet.source, packet.target
    heard = air.Heard(at, packet.peer, packet.slot, stream, sequence, found, parties)
    return _Burst(packet, turned, heard)


def _alone(packet: Packet, names: Pseudonyms) -> Told:
    peer = names.number(packet.peer)
    changed: dict[str, Any] = {"peer": peer}
    match packet:
        case OtherPacket():
            return LeftOut("packets of unknown content")
        case CallStatus():
            changed |= {
                name: names.number(getattr(packet, name)) for name in ("origin", "source", "target")
            }
        case PeerList():
            changed["entries"] = tuple(
                replace(each, peer=names.number(each.peer), host=names.host(each.host))
                for each in packet.entries
            )
    if getattr(packet, "rest", b""):  # perhaps a hash
        changed["rest"] = b""
    told: Packet = replace(packet, **changed)
    return told.build()
