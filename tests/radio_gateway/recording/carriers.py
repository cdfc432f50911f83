"""The same channel as each kind of base station hands it on."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from radio_gateway.protocols.dmr.burst import DataBurst, VoiceBurst, parse_burst
from radio_gateway.protocols.dmr.slot_type import DataType
from radio_gateway.protocols.homebrew.dmrd import DmrFrame, FrameType
from radio_gateway.protocols.homebrew.messages import Ping
from radio_gateway.protocols.homebrew.openbridge import build_bridged
from radio_gateway.protocols.hytera.ipsc import IpscPacket, SlotType, swapped
from radio_gateway.protocols.mmdvm.messages import DATA_SYNC, VOICE_SYNC, DmrData
from radio_gateway.protocols.mototrbo.ipsc_rtp import Rtp
from radio_gateway.protocols.mototrbo.ipsc_user import (
    VOICE_OCTETS,
    BlockContent,
    BurstType,
    Content,
    UserPacket,
    UserType,
    VoiceContent,
    VoiceFlag,
)
from radio_gateway.recording.ring import Place, Record
from tests.radio_gateway.recording.airtime import OnAir

AT: Final = 1_772_366_400.0
GATEWAY, BASE = "198.51.100.1", "192.0.2.7"
NUMBER: Final = 247_001
PASSPHRASE: Final = b"a secret between servers"
_IPSC_TYPES: Final = {
    DataType.PI_HEADER: BurstType.PI_HEADER,
    DataType.VOICE_LC_HEADER: BurstType.VOICE_HEADER,
    DataType.TERMINATOR_WITH_LC: BurstType.TERMINATOR,
    DataType.CSBK: BurstType.CSBK,
    DataType.DATA_HEADER: BurstType.DATA_HEADER,
    DataType.RATE_12_DATA: BurstType.RATE_12_DATA,
    DataType.RATE_34_DATA: BurstType.RATE_34_DATA,
}
_HYTERA_TYPES: Final = {
    DataType.PI_HEADER: SlotType.PI_HEADER,
    DataType.VOICE_LC_HEADER: SlotType.VOICE_LC_HEADER,
    DataType.TERMINATOR_WITH_LC: SlotType.TERMINATOR,
    DataType.CSBK: SlotType.CSBK,
    DataType.DATA_HEADER: SlotType.DATA_HEADER,
    DataType.RATE_12_DATA: SlotType.RATE_12_DATA,
    DataType.RATE_34_DATA: SlotType.RATE_34_DATA,
}


def homebrew(day: Sequence[OnAir], kind: str = "homebrew") -> list[Record]:
    """A repeater's datagrams to its master, or a master's to us."""
    where = Place("voice secret", "main", kind, GATEWAY, 55_555)
    ping = Record(AT - 1, where, BASE, 54_321, Ping(NUMBER).build(), outbound=False)
    return [ping] + [
        Record(AT + each.at, where, BASE, 54_321, frame.build(), outbound=False)
        for each, frame in zip(day, _frames(day), strict=True)
    ]


def homebrew_peer(day: Sequence[OnAir]) -> list[Record]:
    return homebrew(day, "homebrew-peer")


def openbridge(day: Sequence[OnAir]) -> list[Record]:
    where = Place("bridge secret", "main", "openbridge", GATEWAY, 62_035)
    return [
        Record(AT + each.at, where, BASE, 62_035, build_bridged(frame, PASSPHRASE), outbound=False)
        for each, frame in zip(day, _frames(day), strict=True)
    ]


def modem(day: Sequence[OnAir]) -> list[Record]:
    """Frames on a serial line that brings them in pieces of 20 octets."""
    where = Place("modem secret", "serial", "mmdvm-modem")
    records = []
    for each in day:
        control = VOICE_SYNC if not each.place else each.place
        if each.kind is not None:
            control = DATA_SYNC | each.kind
        octets = DmrData(2, control, each.octets).build().build()
        for at in range(0, len(octets), 20):
            piece = octets[at : at + 20]
            records.append(Record(AT + each.at + at / 10_000, where, "", 0, piece, outbound=False))
    return records


def hytera_ipsc(day: Sequence[OnAir]) -> list[Record]:
    where = Place("sites secret", "dmr", "hytera-ipsc", GATEWAY, 50_001)
    records = []
    for n, each in enumerate(day, 1000):
        if each.kind is None:
            slot_type = SlotType.VOICE_A + 0x1111 * each.place
        elif each.kind in _HYTERA_TYPES:
            slot_type = _HYTERA_TYPES[each.kind]
        else:
            continue
        packet = IpscPacket(
            header=b"\x5a" * 4,
            sequence=n,
            packet_type=0x43 if slot_type == SlotType.TERMINATOR else 0x41,
            mark=bytes.fromhex("000501"),
            slot_octet=2,
            reserved=bytes(3),
            slot_word=0x2222,
            slot_type=slot_type,
            colour_word=0x1111,
            frame_type=0,
            unknown=b"\x40\x00",
            body=swapped(each.octets + b"\0"),
            unknown_2=bytes(2),
            call_type=int(each.group),
            pad=0,
            destination=each.target,
            pad_2=0,
            source=each.source,
            pad_3=0,
        )
        records.append(Record(AT + each.at, where, BASE, 50_000, packet.build(), outbound=False))
    return records


def mototrbo_ipsc(day: Sequence[OnAir]) -> list[Record]:
    """A repeater takes the FEC away; each packet ends with ten octets of a hash."""
    where = Place("system secret", "main", "mototrbo-ipsc", GATEWAY, 50_000)
    records, asked = [], False
    for n, each in enumerate(day):
        content, asked = _content(each, asked)
        if content is None:
            continue
        voice = each.kind is None or each.kind <= DataType.TERMINATOR_WITH_LC
        kinds = {
            (True, True): UserType.GROUP_VOICE,
            (True, False): UserType.PRIVATE_VOICE,
            (False, True): UserType.GROUP_DATA,
            (False, False): UserType.PRIVATE_DATA,
        }
        packet = UserPacket(
            user_type=kinds[voice, each.group],
            peer=NUMBER,
            call=each.transmission % 256,
            source=each.source,
            target=each.target,
            control=b"\x11\x22\x33\x44",
            flags=0x20,
            rtp=Rtp(False, 0x5D, n, 480 * n, 0x0A00_0001),
            content=content,
        )
        octets = packet.build() + b"hash of it"
        records.append(Record(AT + each.at, where, BASE, 50_000, octets, outbound=False))
    return records


CARRIERS: Final[dict[str, Callable[[Sequence[OnAir]], list[Record]]]] = {
    "homebrew": homebrew,
    "homebrew-peer": homebrew_peer,
    "hytera-ipsc": hytera_ipsc,
    "mmdvm-modem": modem,
    "mototrbo-ipsc": mototrbo_ipsc,
    "openbridge": openbridge,
}


def _frames(day: Sequence[OnAir]) -> Iterator[DmrFrame]:
    for n, each in enumerate(day):
        voice = FrameType.VOICE if each.place else FrameType.VOICE_SYNC
        yield DmrFrame(
            sequence=n % 256,
            source=each.source,
            target=each.target,
            repeater_id=NUMBER,
            slot=2,
            group=each.group,
            frame_type=voice if each.kind is None else FrameType.DATA_SYNC,
            detail=each.place if each.kind is None else each.kind,
            stream=(each.transmission + 1).to_bytes(4, "big"),
            burst=each.octets,
        )


def _content(each: OnAir, asked: bool) -> tuple[Content | None, bool]:
    """What a repeater makes of a burst, and whether the packet on the slot wants an answer."""
    burst = parse_burst(each.octets)
    if isinstance(burst, VoiceBurst):
        voice = bytes(VOICE_OCTETS)
        if burst.sync is not None:
            return VoiceContent(VoiceFlag.SYNC, voice), asked
        flags = VoiceFlag.EMB | VoiceFlag.FRAGMENT
        return VoiceContent(flags, voice, burst.fragment, emb=burst.emb), asked
    assert isinstance(burst, DataBurst)
    assert each.kind is not None
    if each.kind not in _IPSC_TYPES:
        return None, asked
    block = burst.payload()
    if each.kind is DataType.DATA_HEADER and block[0] & 0xF != 0xF:
        asked = bool(block[0] & 0x40)
    if each.kind is DataType.RATE_34_DATA and asked:
        block = block[2:] + block[:2]
    return BlockContent(_IPSC_TYPES[each.kind], block, slot_type=0x10, rssi=b"\x50\x00"), asked
