"""CSBK, data headers and PI header."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radio_gateway.protocols.dmr.checks import CrcMask, seal
from radio_gateway.protocols.dmr.csbk import (
    CallAlert,
    Csbk,
    CsbkMessage,
    EmergencyAlarm,
    NackResponse,
    OutboundActivation,
    Preamble,
    RadioCheck,
    ServiceAck,
    UnitVoiceAnswer,
    UnitVoiceRequest,
)
from radio_gateway.protocols.dmr.data_header import (
    ConfirmedHeader,
    DataHeader,
    ProprietaryHeader,
    RawDataHeader,
    ResponseHeader,
    ShortDataHeader,
    StatusHeader,
    UdtHeader,
    UnconfirmedHeader,
    parse_data_header,
)
from radio_gateway.protocols.dmr.header_building import build_data_header
from radio_gateway.protocols.dmr.pi_header import PiHeader
from radio_gateway.protocols.errors import MalformedError

_ROOT = Path(__file__).parents[3] / "vectors/dmr"
BLOCKS: list[dict[str, Any]] = json.loads((_ROOT / "control_blocks.json").read_text())
BURSTS: list[dict[str, Any]] = json.loads((_ROOT / "bursts.json").read_text())


def of(protocol: str, within: str) -> list[Any]:
    alone = [
        pytest.param(bytes.fromhex(v["hex"]), v["expect"], id=v["name"])
        for v in BLOCKS
        if v["protocol"] == protocol
    ]
    inside = [
        pytest.param(bytes.fromhex(v["expect"]["pdu"]), v["expect"][within], id=v["name"])
        for v in BURSTS
        if within in v["expect"]
    ]
    return alone + inside


@pytest.mark.parametrize(("octets", "expect"), of("dmr-csbk", "csbk"))
def test_csbk(octets: bytes, expect: dict[str, Any]) -> None:
    block = Csbk.parse(octets)

    assert (block.opcode, block.fid) == (expect["csbko"], expect["fid"])
    assert (block.last_block, block.protect) == (expect["last_block"], expect["protect"])
    assert block.build() == octets
    match message := block.message():
        case Preamble():
            assert expect["name"] == "preamble"
            assert message.data_follows == expect["data_follows"]
            assert message.group == expect["group"]
            assert message.blocks_to_follow == expect["blocks_to_follow"]
            assert (message.target, message.source) == (expect["dst"], expect["src"])
        case OutboundActivation():
            assert expect["name"] == "bs_outbound_activation"
            assert (message.base, message.source) == (expect["bs_address"], expect["src"])
        case UnitVoiceRequest():
            assert expect["name"] == "uu_voice_request"
            assert message.service == expect["service_options"]
            assert (message.target, message.source) == (expect["dst"], expect["src"])
        case UnitVoiceAnswer():
            assert expect["name"] == "uu_voice_answer"
            assert message.answer == expect["answer"]
            assert (message.target, message.source) == (expect["dst"], expect["src"])
        case _:
            assert message is None
            assert "name" not in expect


_RENAMED = {
    "dst": "target",
    "src": "source",
    "fsn": "fragment",
    "resync": "resynchronise",
    "ns": "send_sequence",
    "dd_format": "character_format",
    "sarq": "selective_request",
    "resp_class": "response_class",
    "resp_type": "response_type",
    "resp_status": "status",
}
_KINDS = {1: ResponseHeader, 2: UnconfirmedHeader, 3: ConfirmedHeader, 13: ShortDataHeader}


@pytest.mark.parametrize(("octets", "expect"), of("dmr-data-header", "header"))
def test_data_header(octets: bytes, expect: dict[str, Any]) -> None:
    header = parse_data_header(octets)

    assert isinstance(header, _KINDS[expect["dpf"]])
    for key, value in expect.items():
        if key not in ("dpf", "crc_ok"):
            assert getattr(header, _RENAMED.get(key, key)) == value, key


OTHER_HEADERS = [
    # name, ten octets, header; worked out from the field widths
    (
        "status",
        "4e a0 000001 000002 2a 05",
        StatusHeader(
            target=1, source=2, sap=10, response_requested=True, source_port=1, target_port=2,
            status=0x205,
        ),
    ),
    (
        "raw",
        "8e a2 000001 000002 2b 10",
        RawDataHeader(
            target=1, source=2, sap=10, group=True, appended_blocks=2, source_port=1,
            target_port=2, selective_request=True, full_message=True, pad_bits=16,
        ),
    ),
    (
        "position by UDT",
        "00 05 000001 000002 29 c5",
        UdtHeader(
            target=1, source=2, sap=0, udt_format=5, pad_nibbles=5, appended_blocks=2, opcode=5,
            supplementary=True, protect=True,
        ),
    ),
    (
        "proprietary",
        "9f 10 21 02 00 00 00 00 00 00",
        ProprietaryHeader(sap=9, fid=0x10, data=bytes.fromhex("2102000000000000")),
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("octets", "header"), [row[1:] for row in OTHER_HEADERS], ids=[row[0] for row in OTHER_HEADERS]
)
def test_headers_without_a_capture(octets: str, header: DataHeader) -> None:
    block = seal(bytes.fromhex(octets), CrcMask.DATA_HEADER)

    assert parse_data_header(block) == header
    assert build_data_header(header) == block


def test_undefined_format_is_malformed() -> None:
    with pytest.raises(MalformedError, match="undefined"):
        parse_data_header(seal(bytes([0x07]) + bytes(9), CrcMask.DATA_HEADER))


def test_pi_header() -> None:
    [vector] = [v for v in BLOCKS if v["protocol"] == "dmr-pi-header"]
    octets, expect = bytes.fromhex(vector["hex"]), vector["expect"]
    header = PiHeader.parse(octets)

    assert header == PiHeader(
        expect["algid"],
        expect["fid"],
        expect["key_id"],
        bytes.fromhex(expect["mi"]),
        expect["dst"],
    )
    assert header.algorithm_name == "RC4"
    assert header.build() == octets


MESSAGES: list[tuple[str, CsbkMessage]] = [
    # first ten octets by the table of opcodes, and what they say
    ("a7 10 0000 000009 280722", EmergencyAlarm(talkgroup=9, source=2623266)),
    ("9f 10 0000 000065 0000ca", CallAlert(target=101, source=202)),
    ("a0 10 0000 000065 0000ca", ServiceAck(target=101, source=202, service=0)),
    ("a4 10 0080 000065 0000ca", RadioCheck(target=101, source=202, request=True)),
    ("a4 10 0000 0000ca 000065", RadioCheck(target=101, source=202, request=False)),
    ("a6 00 0021 0000ca 000065", NackResponse(target=101, source=202, reason=0x21)),
]


@pytest.mark.parametrize(("octets", "message"), MESSAGES)
def test_messages(octets: str, message: CsbkMessage) -> None:
    block = seal(bytes.fromhex(octets), CrcMask.CSBK)

    assert Csbk.parse(block).message() == message
    assert message.build().build() == block


@pytest.mark.parametrize(("service", "emergency"), [("80", True), ("40", False)])
def test_a_request_to_talk_may_be_an_emergency(service: str, emergency: bool) -> None:
    block = seal(bytes.fromhex(f"84 00 {service}00 000065 0000ca"), CrcMask.CSBK)
    message = Csbk.parse(block).message()

    assert isinstance(message, UnitVoiceRequest)
    assert message.emergency == emergency


@pytest.mark.parametrize("opcode", ["9f", "a0", "a7"])
def test_motorola_opcodes_mean_nothing_under_etsi(opcode: str) -> None:
    block = seal(bytes.fromhex(f"{opcode} 00 0000 000009 280722"), CrcMask.CSBK)

    assert Csbk.parse(block).message() is None


@given(st.integers(0, 95))
def test_one_wrong_bit_makes_no_emergency(bit: int) -> None:
    block = bytearray(seal(bytes.fromhex("a7100000000009280722"), CrcMask.CSBK))
    block[bit // 8] ^= 0x80 >> bit % 8

    with pytest.raises(MalformedError, match="CRC"):
        Csbk.parse(bytes(block))


def test_a_data_header_is_no_csbk() -> None:
    with pytest.raises(MalformedError, match="CRC"):
        Csbk.parse(bytes.fromhex("434e20f96d2110dd84087afc"))
