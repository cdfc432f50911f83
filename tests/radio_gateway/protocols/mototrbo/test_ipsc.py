"""IPSC packets: captured ones, those worked out by hand, every cut and every flipped bit."""

import json
from pathlib import Path
from typing import Any

import pytest

from radio_gateway.protocols.dmr.emb import Emb, Lcss
from radio_gateway.protocols.errors import MalformedError, RefusedError
from radio_gateway.protocols.mototrbo.ipsc import OtherPacket, Packet, parse_packet
from radio_gateway.protocols.mototrbo.ipsc_auth import IpscKey
from radio_gateway.protocols.mototrbo.ipsc_monitor import (
    Blocked,
    CallState,
    CallStatus,
    CallType,
    RepeaterState,
    WakeUp,
)
from radio_gateway.protocols.mototrbo.ipsc_peering import (
    Goodbye,
    MasterAlive,
    MasterRegistered,
    MasterRegistration,
    Mode,
    Operation,
    PeerAlive,
    PeerEntry,
    PeerList,
    PeerRegistered,
    PeerRegistration,
    Signalling,
    SlotUse,
    Version,
)
from radio_gateway.protocols.mototrbo.ipsc_user import (
    BlockContent,
    BurstType,
    OtherContent,
    UserPacket,
    UserType,
    VoiceContent,
)

ENTRIES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[3] / "vectors" / "mototrbo" / "ipsc.json").read_text()
)
PLAIN = {entry["name"]: entry for entry in ENTRIES if entry["protocol"] == "ipsc"}
SEALED = {entry["name"]: entry for entry in ENTRIES if entry["protocol"] == "ipsc_auth"}

BY_HAND: list[tuple[str, Packet]] = [
    # worked out from the layouts: octets, what they say
    (
        "91 0004BFFD 6A 0000E00D 0002 04070401",
        MasterRegistered(311293, Mode(), 0xE00D, 2, Version(1, 7, 1, 1)),
    ),
    ("96 0000000A 65 0000600C 04020401", MasterAlive(10, Mode.from_octet(0x65), 0x600C, Version())),
    (
        "93 0004BFFD 0016 00000001 0A010203 C350 6A 00000002 C0A80001 C351 60",
        PeerList(
            311293,
            (
                PeerEntry(1, "10.1.2.3", 50000, Mode()),
                PeerEntry(
                    2,
                    "192.168.0.1",
                    50001,
                    Mode(Operation.ENABLED, Signalling.DIGITAL, SlotUse.OFF, SlotUse.OFF),
                ),
            ),
        ),
    ),
    ("94 00000001 04020401", PeerRegistration(1, Version())),
    ("95 00000001 04020401", PeerRegistered(1, Version())),
    ("98 00000001 6A 0000E00C", PeerAlive(1, Mode(), 0xE00C)),
    (
        "61 00000001 00000002 00000007 01 0001 234A91 000065 40 00 00 10",
        CallStatus(
            peer=1,
            origin=2,
            call=7,
            slot=2,
            state=CallState.STARTED,
            source=2312849,
            target=101,
            call_type=CallType.EMERGENCY_ALARM,
            fid=0x10,
        ),
    ),
    (
        "61 00000001 00000001 00000008 00 0002 234A91 000065 4F 01 01 10 0000 3532 00",
        CallStatus(
            peer=1,
            origin=1,
            call=8,
            slot=1,
            state=CallState.ENDED,
            source=2312849,
            target=101,
            call_type=CallType.GROUP_VOICE,
            priority=1,
            security=1,
            fid=0x10,
            rest=bytes.fromhex("0000353200"),
        ),
    ),
    ("62 00000001 01 02", RepeaterState(1, 1, 2)),
    ("63 00000001 05", Blocked(1, 5)),
    ("70 00000001 AABB", OtherPacket(0x70, 1, b"\xaa\xbb")),
    ("9E 00000001", OtherPacket(0x9E, 1, b"")),
]


@pytest.mark.parametrize("entry", PLAIN.values(), ids=PLAIN)
def test_a_captured_packet_is_read_and_built_again(entry: dict[str, Any]) -> None:
    data, expect = bytes.fromhex(entry["hex"]), entry["expect"]
    packet = parse_packet(data)
    assert packet.build() == data
    assert packet.peer == expect["peer_id"]
    match packet:
        case WakeUp():
            found = (packet.sequence, packet.slot, packet.kind)
            assert found == (expect["sequence"], expect["channel"] + 1, expect["wakeup_type"])
        case UserPacket():
            _check_user(packet, expect)
        case _:
            assert isinstance(packet, Goodbye)
            assert expect["type"] == "dereg_req"


def _check_user(packet: UserPacket, expect: dict[str, Any]) -> None:
    assert packet.user_type is UserType.GROUP_VOICE
    assert packet.group
    assert not packet.phone
    assert (packet.call, packet.source, packet.target) == (
        expect["sequence"],
        expect["src_id"],
        expect["dst_id"],
    )
    assert (packet.priority, packet.control.hex()) == (expect["priority"], expect["call_control"])
    assert (packet.slot, packet.last, packet.encrypted) == (
        expect["slot"],
        expect["last"],
        expect["encrypted"],
    )
    rtp = packet.rtp
    assert {
        "marker": rtp.marker,
        "payload_type": rtp.payload_type,
        "sequence": rtp.sequence,
        "timestamp": rtp.timestamp,
        "ssrc": rtp.ssrc,
    } == expect["rtp"]
    content = packet.content
    if expect["burst_type"] == "voice":
        assert isinstance(content, VoiceContent)
        assert content.voice.hex() == expect["ambe"]
        assert int(content.slot_bit) == expect["burst_slot_bit"]
        return
    assert isinstance(content, BlockContent)
    assert content.block.hex() == expect["data"]
    assert 8 * len(content.block) == expect["data_bits"]
    assert content.rssi.hex() == expect["rssi_raw"]
    assert content.colour_code == expect["colour_code"]
    assert content.slot_type is not None
    assert content.slot_type & 0xF == expect["data_type"]
    wanted = {"voice_header": BurstType.VOICE_HEADER, "voice_terminator": BurstType.TERMINATOR}
    assert content.burst_type == wanted[expect["burst_type"]]


@pytest.mark.parametrize(
    ("name", "sync", "fragment", "lc", "emb"),
    [
        # the octets behind the vocoder frames, split by hand
        ("ipsc_group_voice_burst_a", True, "", None, None),
        ("ipsc_group_voice_burst_b", None, "05050606", None, Emb(1, Lcss.FIRST)),
        (
            "ipsc_group_voice_burst_e_tg3120",
            None,
            "175a0f4e",
            "001020000c302f9be5",
            Emb(1, Lcss.LAST),
        ),
    ],
)
def test_voice_bursts_carry_their_part_of_the_link_control(
    name: str, sync: bool | None, fragment: str, lc: str | None, emb: Emb | None
) -> None:
    packet = parse_packet(bytes.fromhex(PLAIN[name]["hex"]))
    assert isinstance(packet, UserPacket)
    content = packet.content
    assert isinstance(content, VoiceContent)
    assert content.sync is sync
    assert content.fragment.hex() == fragment
    assert content.lc == (None if lc is None else bytes.fromhex(lc))
    assert content.emb == emb
    assert content.rest == b""


def test_signal_strength_by_the_rule_for_current_firmware() -> None:
    packet = parse_packet(bytes.fromhex(PLAIN["ipsc_group_voice_header_1"]["hex"]))
    assert isinstance(packet, UserPacket)
    assert isinstance(packet.content, BlockContent)
    # 35 32: -(53 + (50 * 1000 + 128) / 256 000)
    assert packet.content.rssi_dbm == pytest.approx(-53.1958, abs=0.0001)


@pytest.mark.parametrize("entry", SEALED.values(), ids=SEALED)
def test_a_sealed_packet_opens_with_its_key_alone(entry: dict[str, Any]) -> None:
    data, expect = bytes.fromhex(entry["hex"]), entry["expect"]
    key = IpscKey(expect["auth_key_hex"])
    packet = parse_packet(key.open(data))
    assert packet.peer == expect["packet"]["peer_id"]
    assert key.seal(packet.build()) == data
    with pytest.raises(RefusedError):
        IpscKey("1A2B3D").open(data)
    if isinstance(packet, MasterRegistration):
        assert packet.mode == Mode(
            Operation.ENABLED, Signalling.DIGITAL, SlotUse.IPSC, SlotUse.IPSC
        )
        assert packet.flags == 0x601C
        assert packet.version == Version(1, 2, 1, 1)


@pytest.mark.parametrize("entry", SEALED.values(), ids=SEALED)
def test_every_flipped_bit_of_a_sealed_packet_is_refused(entry: dict[str, Any]) -> None:
    data, key = bytes.fromhex(entry["hex"]), IpscKey(entry["expect"]["auth_key_hex"])
    for bit in range(8 * len(data)):
        octets = bytearray(data)
        octets[bit // 8] ^= 1 << bit % 8
        with pytest.raises(RefusedError):
            key.open(bytes(octets))
    for end in range(11):
        with pytest.raises((MalformedError, RefusedError)):
            key.open(data[:end])


def test_a_key_is_padded_on_the_left() -> None:
    packet = bytes.fromhex("9A00000002")
    assert IpscKey("1A2B3C").seal(packet) == IpscKey("1a2b3c".zfill(40)).seal(packet)
    assert IpscKey("1A2B3C").seal(packet)[5:].hex() == "ee0ae40d37c7e3543663"


@pytest.mark.parametrize("digits", ["", "xyz", "1A 2B", "0" * 41])
def test_no_key(digits: str) -> None:
    with pytest.raises(ValueError, match="1 to 40 hexadecimal digits"):
        IpscKey(digits)


@pytest.mark.parametrize(("octets", "packet"), BY_HAND, ids=[o[:2] for o, _ in BY_HAND])
def test_a_packet_worked_out_by_hand(octets: str, packet: Packet) -> None:
    data = bytes.fromhex(octets)
    assert parse_packet(data) == packet
    assert packet.build() == data


def test_what_newer_firmware_appends_does_no_harm() -> None:
    data = bytes.fromhex("91 0004BFFD 6A 0000E00D 0002 04070401 DEADBEEF")
    assert parse_packet(data) == BY_HAND[0][1]


@pytest.mark.parametrize(
    ("octets", "what"),
    [
        ("", "cut short"),
        ("80 00000001", "user packet is cut short"),
        ("93 00000001 000C" + "00" * 12, "another length"),
        ("93 00000001 0016" + "00" * 11, "another length"),
        ("61 00000001 00000002 00000007 02 0001 234A91 000065 40 00 00 10", "unknown slot"),
        ("85 00000002 00000001 02 01", "unknown slot"),
        ("62 00000001 01", "cut short"),
    ],
)
def test_a_packet_against_its_layout_is_malformed(octets: str, what: str) -> None:
    with pytest.raises(MalformedError, match=what):
        parse_packet(bytes.fromhex(octets))


def test_a_burst_with_lost_synchronisation_is_kept_as_it_came() -> None:
    head = bytes.fromhex(PLAIN["ipsc_group_voice_burst_a"]["hex"])[:30]
    packet = parse_packet(head + b"\x13\x01\x02")
    assert isinstance(packet, UserPacket)
    assert packet.content == OtherContent(b"\x13\x01\x02")
