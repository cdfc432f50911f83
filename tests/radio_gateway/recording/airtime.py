"""A channel on which everything happens that DMR can say: bursts, whoever hands them on."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from radio_gateway.domain.geo import GeoPoint
from radio_gateway.protocols.dmr import short_text, talker_alias
from radio_gateway.protocols.dmr.air import AirBurst, Channel, Parties
from radio_gateway.protocols.dmr.checks import CrcMask, crc_ccitt, seal
from radio_gateway.protocols.dmr.csbk import CallAlert, EmergencyAlarm, RadioCheck
from radio_gateway.protocols.dmr.data_header import (
    ProprietaryHeader,
    Sap,
    StatusHeader,
    UdtHeader,
    UnconfirmedHeader,
)
from radio_gateway.protocols.dmr.header_building import build_data_header
from radio_gateway.protocols.dmr.link_control import FID_MOTOROLA, GpsInfo, VoiceLc
from radio_gateway.protocols.dmr.packet_building import datagram, packet, short_data
from radio_gateway.protocols.dmr.pi_header import PiHeader
from radio_gateway.protocols.dmr.slot_type import DataType
from radio_gateway.simulator.peers._dmr_voice import lc_frame, voice_frames
from radio_gateway.simulator.stations.base import Fix
from radio_gateway.simulator.stations.words import HyteraWords, MotorolaWords, Said

_VECTORS = Path(__file__).parents[2] / "vectors/dmr"
PUBLISHED = {v["name"]: v for v in json.loads((_VECTORS / "published.json").read_text())}
CHANNEL = Channel(1)
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HEADERS = 3

ANNA, BORIS, PATROLS, DISPATCHER = 2_470_101, 2_470_102, 91_101, 2_470_001
WORDS = (
    "Anna to base",
    "Stolen bike, Lielā iela 12",
    "Stolen bike, Lielā iela 14",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "Help me at the harbour",
    "Hytera says hello",
    "12345",
)
NAMES = ("ANNA PATROL 7", "Grüße 12", "Žanis Bērziņš 4", "Jūlija Ķ")
"One for each of the formats."
PLACES = (GeoPoint(56.5047, 21.0108), GeoPoint(55.9175, 21.0686))
EMPTY = b"\x01\x02\x03 nobody reads this"


@dataclass(frozen=True, slots=True)
class OnAir:
    """One burst and what a base station knows of it."""

    at: float
    transmission: int
    octets: bytes
    kind: DataType | None
    "None: voice."
    place: int = 0
    "Of voice within its superframe."
    source: int = ANNA
    target: int = PATROLS
    group: bool = True


def channel_day(seed: int = 1) -> list[OnAir]:
    """All transmissions, seconds apart."""
    day: list[OnAir] = []
    for n, (bursts, parties) in enumerate(_transmissions(random.Random(seed))):
        for i, (kind, place, octets) in enumerate(bursts):
            at = 3.0 * n + 0.06 * i
            day.append(OnAir(at, n, octets, kind, place, *parties))
    return day


_Burst = tuple[DataType | None, int, bytes]
_Parties = tuple[int, int, bool]
_TO_ALL: _Parties = (ANNA, PATROLS, True)
_TO_BASE: _Parties = (ANNA, DISPATCHER, False)


def _transmissions(dice: random.Random) -> Iterator[tuple[list[_Burst], _Parties]]:
    forms = zip(talker_alias.AliasFormat, NAMES, strict=True)
    for form, name in forms:
        parts = [part.build() for part in talker_alias.build(name, form)]
        gps = [GpsInfo(point, 20.0).build() for point in PLACES]
        yield _voice(dice, ANNA, [*parts, *gps]), _TO_ALL
    yield _voice(dice, BORIS, [], service=0x80), (BORIS, PATROLS, True)
    secret = PiHeader(0x21, FID_MOTOROLA, 3, b"\x11\x22\x33\x44", PATROLS).build()
    yield [*_blocks([(DataType.PI_HEADER, secret)]), *_voice(dice, ANNA, [])[3:]], _TO_ALL
    for bursts in _data():
        yield bursts, _TO_BASE


def _voice(
    dice: random.Random, radio: int, embedded: list[bytes], service: int = 0
) -> list[_Burst]:
    lc = VoiceLc(True, PATROLS, radio, service)
    header = lc_frame(lc, DataType.VOICE_LC_HEADER, 1)
    found: list[_Burst] = [(header.data_type, 0, header.octets)] * HEADERS
    lcs = [lc.build(), *embedded]
    voice = voice_frames(lcs, 1, 0, 6 * len(lcs), dice)
    found += [(None, frame.place, frame.octets) for frame in voice]
    end = lc_frame(lc, DataType.TERMINATOR_WITH_LC, 1)
    return [*found, (end.data_type, 0, end.octets)]


def _blocks(blocks: list[tuple[DataType, bytes]]) -> list[_Burst]:
    return _sent([CHANNEL.burst(kind, block) for kind, block in blocks])


def _sent(bursts: list[AirBurst]) -> list[_Burst]:
    return [(burst.slot_type.data_type, 0, burst.octets) for burst in bursts]


def _data() -> Iterator[list[_Burst]]:
    """Packets and control blocks; all from Anna to the dispatcher, as their envelopes say."""
    to_base = Parties(DISPATCHER, ANNA)
    yield _blocks([(DataType.CSBK, EmergencyAlarm(PATROLS, ANNA).build().build())])
    yield _blocks([(DataType.CSBK, CallAlert(DISPATCHER, ANNA).build().build())])
    yield _blocks([(DataType.CSBK, RadioCheck(DISPATCHER, ANNA, False).build().build())])
    for n, (form, words) in enumerate(zip((0x14, 0x12, 0x03, 0x14), WORDS, strict=False)):
        octets = short_text.encode(words.replace("ā", "a"), form)
        for confirmed in (False, True):
            text = short_data(octets, to_base, character_format=form, confirmed=confirmed)
            yield _sent(text.bursts(CHANNEL, preambles=n % 2))
    digits = bytes.fromhex(WORDS[6] + "A")
    bcd = short_data(digits, to_base, character_format=short_text.BCD)
    yield _sent(bcd.bursts(CHANNEL))
    yield from _datagrams(to_base)
    yield from _unified()
    status = StatusHeader(
        target=DISPATCHER, source=ANNA, sap=10, source_port=1, target_port=2, status=17
    )
    yield _blocks([(DataType.DATA_HEADER, build_data_header(status))])
    nothing = packet(EMPTY, to_base, sap=Sap.IP)
    yield _sent(nothing.bursts(CHANNEL))
    incomplete = packet(EMPTY, to_base, sap=Sap.IP, confirmed=True, send_sequence=6)
    yield _sent(incomplete.bursts(CHANNEL)[:-1])
    yield from _captured()


def _datagrams(to_base: Parties) -> Iterator[list[_Burst]]:
    n = 0
    for rate in (DataType.RATE_12_DATA, DataType.RATE_34_DATA):
        for confirmed in (False, True):
            for networks in (None, (12, 13)):
                for port, payload in _said(n):
                    n += 1
                    sent = datagram(
                        payload,
                        to_base,
                        source_port=port,
                        target_port=port,
                        identification=n,
                        networks=networks,
                        rate=rate,
                        confirmed=confirmed,
                        send_sequence=n % 8,
                    )
                    yield _sent(sent.bursts(CHANNEL))


def _said(n: int) -> list[Said]:
    """What radios of two makers and one that nobody knows say."""
    fix = Fix(PLACES[n % 2], NOON + timedelta(seconds=n), 12.0, 90.0)
    motorola, hytera = MotorolaWords(), HyteraWords()
    return [
        motorola.on(ANNA, again=bool(n)),
        motorola.place(ANNA, fix),
        motorola.text(ANNA, DISPATCHER, WORDS[4], n),
        hytera.on(ANNA, again=False),
        hytera.place(ANNA, fix),
        hytera.text(ANNA, DISPATCHER, WORDS[5], n),
        (9, EMPTY + bytes((n,))),
    ]


def _unified() -> Iterator[list[_Burst]]:
    position = bytes.fromhex(PUBLISHED["udt-position"]["hex"])
    text = WORDS[4].encode().ljust(34, b"\0")
    for form, payload in ((5, position), (4, text)):
        header = UdtHeader(
            target=DISPATCHER,
            source=ANNA,
            sap=Sap.UDT,
            udt_format=form,
            pad_nibbles=0,
            appended_blocks=(len(payload) + 2) // 12,
            opcode=0x1A,
        )
        whole = payload + crc_ccitt(payload).to_bytes(2, "big")
        pieces = [whole[at : at + 12] for at in range(0, len(whole), 12)]
        blocks = [(DataType.DATA_HEADER, build_data_header(header))]
        yield _blocks(blocks + [(DataType.RATE_12_DATA, piece) for piece in pieces])


def _captured() -> Iterator[list[_Burst]]:
    octets = bytes.fromhex(PUBLISHED["compressed-lrrp-report"]["hex"])
    blocks = [octets[at : at + 12] for at in range(0, len(octets), 12)]
    kinds = [DataType.DATA_HEADER] * 2 + [DataType.RATE_12_DATA] * 3
    yield _blocks(list(zip(kinds, blocks, strict=True)))
    hidden = UnconfirmedHeader(
        target=DISPATCHER,
        source=ANNA,
        sap=Sap.PROPRIETARY,
        blocks=3,
        pad_octets=0,
        full_message=True,
        fragment=0,
    )
    vendor = ProprietaryHeader(sap=9, fid=FID_MOTOROLA, data=b"\x21\x03" + bytes(6))
    inner = packet(EMPTY[:20], Parties(DISPATCHER, ANNA), sap=Sap.IP)
    headers = [(DataType.DATA_HEADER, build_data_header(each)) for each in (hidden, vendor)]
    yield _blocks(headers + [(DataType.RATE_12_DATA, block) for block in inner.blocks])
    lip = bytes.fromhex(PUBLISHED["lip-short-report"]["hex"])
    yield _blocks([(DataType.USB_DATA, seal(lip, CrcMask.USB_DATA))])
    yield _blocks([(DataType.USB_DATA, seal(b"\x30" + lip[1:], CrcMask.USB_DATA))])
