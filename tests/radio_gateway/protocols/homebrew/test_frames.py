"""Every Homebrew message: recorded ones, round trips, and all other bytes."""

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radio_gateway.domain.geo import GeoPoint
from radio_gateway.protocols.dmr import ambe
from radio_gateway.protocols.dmr.burst import DataBurst, VoiceBurst, parse_burst
from radio_gateway.protocols.dmr.csbk import Csbk, Preamble
from radio_gateway.protocols.dmr.link_control import GpsInfo, TalkerAliasPart
from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.homebrew.configuration import Configuration, HostConfiguration
from radio_gateway.protocols.homebrew.dmrd import (
    AliasFrame,
    DmrFrame,
    FrameType,
    GpsFrame,
    HostAliasFrame,
    HostBeaconRequest,
    HostGpsFrame,
    HostPing,
)
from radio_gateway.protocols.homebrew.frames import Frame, HostFrame, parse_frame, parse_host_frame
from radio_gateway.protocols.homebrew.messages import (
    Acknowledge,
    BeaconRequest,
    Key,
    Login,
    MasterCloses,
    Options,
    Ping,
    Pong,
    Refuse,
    RepeaterCloses,
    SitePosition,
    login_digest,
)

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[3] / "vectors/homebrew/datagrams.json").read_text()
)


def of(command: str) -> list[Any]:
    return [
        pytest.param(bytes.fromhex(v["hex"]), v["expect"], id=v["name"])
        for v in VECTORS
        if v["expect"]["command"] == command
    ]


@pytest.mark.parametrize(("octets", "expect"), of("DMRD"))
def test_dmrd(octets: bytes, expect: dict[str, Any]) -> None:
    frame = parse_frame(octets)

    assert isinstance(frame, DmrFrame)
    assert (frame.sequence, frame.source, frame.target) == (
        expect["seq"],
        expect["src"],
        expect["dst"],
    )
    assert (frame.repeater_id, frame.slot) == (expect["repeater_id"], expect["slot"])
    assert frame.group == (expect["call_type"] == "group")
    assert (frame.frame_type, frame.detail) == (expect["frame_type"], expect["dtype_vseq"])
    assert frame.stream.hex() == expect["stream_id"]
    assert frame.burst.hex() == expect["payload"]
    assert frame.bit_errors == expect.get("ber")
    assert frame.rssi_dbm == (-expect["rssi"] if expect.get("rssi") else None)
    assert frame.build() == octets


@pytest.mark.parametrize(("octets", "expect"), of("DMRD"))
def test_burst_within_dmrd(octets: bytes, expect: dict[str, Any]) -> None:
    wanted = expect["burst"]
    burst = parse_burst(octets[20:53])

    assert ("EMB" if burst.sync is None else burst.sync.name) == wanted["sync"]
    match burst:
        case DataBurst():
            assert burst.payload().hex() == wanted["pdu"]
            message = Csbk.parse(burst.payload()).message()
            assert isinstance(message, Preamble)
            assert message.blocks_to_follow == wanted["csbk"]["blocks_to_follow"]
            assert (message.source, message.target) == (
                wanted["csbk"]["src"],
                wanted["csbk"]["dst"],
            )
        case VoiceBurst():
            assert burst.wrong_bits == 0
            assert [(f.u0, f.u1, f.u2u3) for f in ambe.split(octets[20:53])] == [
                (f["u0"], f["u1"], f["u2u3"]) for f in wanted["ambe"]
            ]
            if burst.emb:
                assert burst.emb.colour_code == wanted["cc"]
                assert burst.fragment.hex() == wanted["emb_frag"]


@pytest.mark.parametrize(("octets", "expect"), of("RPTC"))
def test_configuration(octets: bytes, expect: dict[str, Any]) -> None:
    frame = parse_frame(octets)

    assert isinstance(frame, Configuration)
    assert frame == Configuration(
        repeater_id=expect["repeater_id"],
        callsign=expect["callsign"],
        rx_frequency_hz=expect["rx_freq"],
        tx_frequency_hz=expect["tx_freq"],
        power_w=expect["power"],
        colour_code=expect["color_code"],
        point=GeoPoint(float(expect["latitude"]), float(expect["longitude"])),
        height_m=expect["height"],
        location=expect["location"],
        description=expect["description"],
        slots=expect["slots"],
        url=expect["url"],
        software=expect["software"],
        package=expect["package"],
    )
    assert frame.build() == octets


@pytest.mark.parametrize(("octets", "expect"), of("RPTK"))
def test_key(octets: bytes, expect: dict[str, Any]) -> None:
    frame = parse_frame(octets)

    assert isinstance(frame, Key)
    assert frame.repeater_id == expect["repeater_id"]
    digest = login_digest(bytes.fromhex(expect["salt"]), expect["password"].encode())
    assert (frame.digest == digest) is expect["hash_ok"]


@pytest.mark.parametrize(("octets", "expect"), of("RPTO"))
def test_options(octets: bytes, expect: dict[str, Any]) -> None:
    frame = parse_frame(octets)

    assert isinstance(frame, Options)
    assert (frame.repeater_id, frame.options) == (expect["repeater_id"], expect["options"])
    assert frame.entries() == {"TS1": "1,2", "TS2": "9"}
    assert frame.build() == octets


@pytest.mark.parametrize(("octets", "expect"), [*of("DMRA"), *of("DMRG")])
def test_truncated_messages_of_dmrgateway_are_malformed(
    octets: bytes, expect: dict[str, Any]
) -> None:
    assert expect["truncated"]
    with pytest.raises(MalformedError, match="octets"):
        parse_frame(octets)


def test_every_vector_has_its_test() -> None:
    assert {v["expect"]["command"] for v in VECTORS} == {
        "DMRD", "RPTC", "RPTK", "RPTO", "DMRA", "DMRG",
    }  # fmt: skip


ID = 246001
SHORT = [
    # octets by the table of messages, value
    (b"RPTL\x00\x03\xc0\xf1", Login(ID)),
    (b"RPTACK\xa1\xb2\xc3\xd4", Acknowledge(bytes.fromhex("a1b2c3d4"))),
    (b"MSTNAK\x00\x03\xc0\xf1", Refuse(ID)),
    (b"MSTNAK", Refuse(None)),
    (b"RPTPING\x00\x03\xc0\xf1", Ping(ID)),
    (b"MSTPONG\x00\x03\xc0\xf1", Pong(ID)),
    (b"RPTCL\x00\x03\xc0\xf1", RepeaterCloses(ID)),
    (b"MSTCL\x00\x03\xc0\xf1", MasterCloses(ID)),
    (b"RPTSBKN\x00\x03\xc0\xf1", BeaconRequest(ID)),
    (b"RPTG\x00\x03\xc0\xf1+56.5047+021.0108", SitePosition(ID, GeoPoint(56.5047, 21.0108))),
    (b"RPTG\x00\x03\xc0\xf1-33.9000-070.6000", SitePosition(ID, GeoPoint(-33.9, -70.6))),
    (
        b"DMRA\x00\x03\xc0\xf1\x28\x07\x22\x01ABCDEFG",
        AliasFrame(ID, 2623266, TalkerAliasPart(1, b"ABCDEFG")),
    ),
    (
        b"DMRG\x00\x03\xc0\xf1\x28\x07\x22" + bytes.fromhex("02000000000000"),
        GpsFrame(ID, 2623266, GpsInfo(GeoPoint(0.0, 0.0), 20.0)),
    ),
]


@pytest.mark.parametrize(("octets", "frame"), SHORT)
def test_short_messages(octets: bytes, frame: Frame) -> None:
    assert parse_frame(octets) == frame
    assert frame.build() == octets


HOST = [
    (b"DMRP", HostPing()),
    (b"DMRB", HostBeaconRequest()),
    (
        b"DMRA\x28\x07\x22\x00ABCDEFG",
        HostAliasFrame(2623266, TalkerAliasPart(0, b"ABCDEFG")),
    ),
    (
        b"DMRG\x28\x07\x22" + bytes.fromhex("02000000000000"),
        HostGpsFrame(2623266, GpsInfo(GeoPoint(0.0, 0.0), 20.0)),
    ),
    (
        b"DMRC\x00\x03\xc0\xf1LIEPAJA 43000000043500000025013"
        + b"20260713".ljust(40)
        + b"MMDVM".ljust(40),
        HostConfiguration(
            repeater_id=ID,
            callsign="LIEPAJA",
            rx_frequency_hz=430_000_000,
            tx_frequency_hz=435_000_000,
            power_w=25,
            colour_code=1,
            slots="3",
            software="20260713",
            hardware="MMDVM",
        ),
    ),
]


@pytest.mark.parametrize(("octets", "frame"), HOST)
def test_messages_of_the_host_dialect(octets: bytes, frame: HostFrame) -> None:
    assert parse_host_frame(octets) == frame
    assert frame.build() == octets


@pytest.mark.parametrize(
    ("flags", "slot", "group", "kind", "detail"),
    # the examples of the protocol description
    [
        (0x21, 1, True, FrameType.DATA_SYNC, 1),
        (0xE2, 2, False, FrameType.DATA_SYNC, 2),
        (0x90, 2, True, FrameType.VOICE_SYNC, 0),
        (0x83, 2, True, FrameType.VOICE, 3),
    ],
)
def test_flags(flags: int, slot: int, group: bool, kind: FrameType, detail: int) -> None:
    octets = b"DMRD" + bytes(11) + bytes((flags,)) + b"\x01\x02\x03\x04" + bytes(33)
    frame = DmrFrame.parse(octets)

    assert (frame.slot, frame.group, frame.frame_type, frame.detail) == (slot, group, kind, detail)
    assert frame.build() == octets


def test_trunked_frame_is_read_without_its_tail() -> None:
    plain = bytes.fromhex(VECTORS[0]["hex"])
    assert len(plain) == 55

    assert DmrFrame.parse(plain + bytes(16)) == DmrFrame.parse(plain)


def test_configuration_of_an_id_that_begins_like_a_farewell() -> None:
    octets = Configuration(repeater_id=0x4C000001, callsign="X").build()

    assert octets.startswith(b"RPTCL")
    frame = parse_frame(octets)
    assert isinstance(frame, Configuration)
    assert frame.repeater_id == 0x4C000001


@pytest.mark.parametrize("filler", [b" ", b"\0", b"?", b"-"])
def test_unreadable_numbers_do_not_refuse_a_repeater(filler: bytes) -> None:
    frame = parse_frame(b"RPTC\x00\x03\xc0\xf1" + filler * 294)

    assert isinstance(frame, Configuration)
    assert (frame.rx_frequency_hz, frame.colour_code, frame.point) == (None, None, None)


def test_hidden_location_is_no_place() -> None:
    head = b"RPTC\x00\x03\xc0\xf1LIEPAJA 4300000004350000002501"
    frame = Configuration.parse((head + b"0.00000000.000000040").ljust(98))

    assert frame.point is None


def test_oversized_datagram_is_malformed() -> None:
    with pytest.raises(MalformedError, match="longer than any message"):
        parse_frame(b"RPTO" + bytes(509))


TAGS = [b"RPTL", b"RPTK", b"RPTC", b"RPTO", b"RPTPING", b"RPTCL", b"RPTG", b"DMRD", b"DMRA",
        b"DMRG", b"DMRC", b"MSTNAK", b"RPTACK", b""]  # fmt: skip


@given(st.sampled_from(TAGS), st.binary(max_size=310))
def test_any_bytes(tag: bytes, rest: bytes) -> None:
    for parse in (parse_frame, parse_host_frame):
        with contextlib.suppress(MalformedError):
            parse(tag + rest)
