"""Bursts that we build: bit by bit those of the captures, and read back by our own decoder."""

import json
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radio_gateway.protocols.dmr.air import AirBurst, Channel, Parties
from radio_gateway.protocols.dmr.burst import DataBurst, build_data, parse_burst
from radio_gateway.protocols.dmr.checks import CrcMask, seal
from radio_gateway.protocols.dmr.csbk import (
    CallAlert,
    Csbk,
    CsbkMessage,
    EmergencyAlarm,
    Preamble,
    RadioCheck,
    ServiceAck,
)
from radio_gateway.protocols.dmr.data_header import (
    ConfirmedHeader,
    Refusal,
    ResponseHeader,
    Sap,
    StatusHeader,
    parse_data_header,
)
from radio_gateway.protocols.dmr.header_building import build_data_header
from radio_gateway.protocols.dmr.ip import CompressedUdp, UdpDatagram
from radio_gateway.protocols.dmr.packet_building import Packet, datagram, packet, short_data
from radio_gateway.protocols.dmr.sending import (
    acknowledgement,
    csbk_bursts,
    refusal,
    response_bursts,
    status_bursts,
    text_bursts,
)
from radio_gateway.protocols.dmr.slot_type import DataType
from radio_gateway.protocols.dmr.sync import Sync

_ROOT = Path(__file__).parents[3] / "vectors/dmr"
DATA: list[dict[str, Any]] = json.loads((_ROOT / "data.json").read_text())
BURSTS: list[dict[str, Any]] = json.loads((_ROOT / "bursts.json").read_text())
SEQUENCES = {v["name"]: v for v in DATA if v["protocol"] == "dmr-burst-sequence"}
CHANNEL = Channel(colour_code=5)
RATES = [DataType.RATE_12_DATA, DataType.RATE_34_DATA, DataType.RATE_1_DATA]


def joined(bursts: list[AirBurst]) -> str:
    return b"".join(burst.octets for burst in bursts).hex()


def blocks_of(bursts: list[AirBurst]) -> list[tuple[DataType, bytes]]:
    read = []
    for burst in bursts:
        parsed = parse_burst(burst.octets)
        assert isinstance(parsed, DataBurst)
        assert parsed.slot_type == burst.slot_type
        read.append((burst.slot_type.data_type, parsed.payload()))
    return read


def test_a_compressed_datagram_starts_as_the_captured_one() -> None:
    expect = SEQUENCES["sequence-unconfirmed-udp-compressed-tms-ack"]["expect"]
    whole = bytes.fromhex(expect["payload_no_pad_no_crc"])
    sent = datagram(
        whole[5:],
        Parties(expect["dst"], expect["src"]),
        source_port=4007,
        target_port=4007,
        identification=expect["udp_compressed"]["ipv4_id"],
    )

    assert sent.blocks[0].startswith(whole)


def test_captured_bursts_of_an_unconfirmed_packet_are_rebuilt_bit_by_bit() -> None:
    vector = SEQUENCES["sequence-unconfirmed-udp-compressed-tms-ack"]
    expect = vector["expect"]
    sent = packet(
        bytes.fromhex(expect["payload_no_pad_no_crc"]),
        Parties(expect["dst"], expect["src"]),
        sap=Sap.UDP_IP_COMPRESSED,
    )

    assert joined(sent.bursts(CHANNEL, preambles=expect["preambles"])) == vector["hex"]


@pytest.mark.parametrize("name", ["sequence-msms-12", "sequence-msms2-6"])
def test_captured_bursts_of_a_confirmed_packet_are_rebuilt_bit_by_bit(name: str) -> None:
    vector = SEQUENCES[name]
    header, ip = vector["expect"]["header"], vector["expect"]["ip"]
    whole = bytes.fromhex(vector["expect"]["data"])
    sent = datagram(
        bytes.fromhex(ip["udp_payload"]),
        Parties(header["dst"], header["src"]),
        source_port=ip["sport"],
        target_port=ip["dport"],
        identification=int.from_bytes(whole[4:6], "big"),
        networks=(12, 12),
        rate=DataType.RATE_34_DATA,
        confirmed=True,
        send_sequence=header["ns"],
    )

    assert joined(sent.bursts(Channel(colour_code=1))) == vector["hex"]


@pytest.mark.parametrize(
    ("octets", "pdu"),
    [
        pytest.param(v["hex"], v["expect"]["pdu"], id=v["name"])
        for v in BURSTS
        if "pdu" in v["expect"] and v["name"] != "burst-okdmr-5"  # has wrong bits on the air
    ],
)
def test_every_captured_data_burst_is_rebuilt_bit_by_bit(octets: str, pdu: str) -> None:
    read = parse_burst(bytes.fromhex(octets))
    assert isinstance(read, DataBurst)
    assert read.slot_type is not None

    assert build_data(read.sync, read.slot_type, bytes.fromhex(pdu)).hex() == octets


CONTROL: list[tuple[str, CsbkMessage]] = [
    # ten octets by the table of opcodes, and what they say
    ("9f 10 0000 000065 0000ca", CallAlert(target=101, source=202)),
    ("a4 10 0080 000065 0000ca", RadioCheck(target=101, source=202, request=True)),
    ("a0 10 2700 280722 0000ca", ServiceAck(target=2623266, source=202, service=0x27)),
    ("a0 10 1f00 000065 0000ca", ServiceAck(target=101, source=202)),
    ("a7 10 0000 000009 280722", EmergencyAlarm(talkgroup=9, source=2623266)),
]


@pytest.mark.parametrize(("octets", "message"), CONTROL)
def test_control_blocks_on_the_air(octets: str, message: CsbkMessage) -> None:
    first, second = blocks_of(csbk_bursts(message, CHANNEL, repeats=2))

    assert first == second == (DataType.CSBK, seal(bytes.fromhex(octets), CrcMask.CSBK))


def test_preambles_of_a_control_block_count_down_and_name_its_parties() -> None:
    *lead, last = blocks_of(csbk_bursts(CallAlert(101, 202), CHANNEL, preambles=3, repeats=2))

    read = [Csbk.parse(block).message() for _, block in lead[:3]]
    assert read == [Preamble(101, 202, left, data_follows=False) for left in (4, 3, 2)]
    assert Csbk.parse(last[1]).message() == CallAlert(101, 202)


def test_preambles_of_an_emergency_go_to_its_talkgroup() -> None:
    [(_, first), _] = blocks_of(csbk_bursts(EmergencyAlarm(9, 202), CHANNEL, preambles=1))

    assert Csbk.parse(first).message() == Preamble(9, 202, 1, data_follows=False, group=True)


@given(
    st.binary(max_size=300),
    st.sampled_from(RATES),
    st.booleans(),
    st.integers(0, 7),
)
def test_any_content_has_a_header_that_fits_its_blocks(
    content: bytes, rate: DataType, confirmed: bool, sequence: int
) -> None:
    sent = packet(
        content, Parties(1, 2), sap=Sap.IP, rate=rate, confirmed=confirmed, send_sequence=sequence
    )
    (kind, head), *rest = blocks_of(sent.bursts(Channel(3, Sync.MS_DATA)))

    assert kind is DataType.DATA_HEADER
    assert parse_data_header(head) == sent.header
    assert [data for _, data in rest] == list(sent.blocks)
    assert {kind for kind, _ in rest} == {rate}


def test_only_lost_blocks_are_sent_again_with_their_own_numbers() -> None:
    sent = packet(bytes(100), Parties(1, 2), sap=Sap.IP, confirmed=True, send_sequence=5)
    (_, head), *rest = blocks_of(sent.bursts(CHANNEL, only={3, 7}))

    header = parse_data_header(head)
    assert isinstance(header, ConfirmedHeader)
    assert (header.blocks, header.full_message, header.send_sequence) == (2, False, 5)
    assert [data[0] >> 1 for _, data in rest] == [3, 7]


def test_a_captured_answer_belongs_to_the_packet_of_its_number() -> None:
    # header-434e1bd1 was sent with N(S) 7; burst-from-ipsc-33 answers with status 7
    [question] = [v for v in DATA_HEADERS if v["name"] == "header-434e1bd1"]
    [answer] = [v for v in BURSTS if v["name"] == "burst-from-ipsc-33"]
    asked = parse_data_header(bytes.fromhex(question["hex"]))
    response = parse_data_header(bytes.fromhex(answer["expect"]["pdu"]))
    assert isinstance(asked, ConfirmedHeader)
    assert isinstance(response, ResponseHeader)

    assert response.acknowledged
    assert Packet(asked, (), DataType.RATE_34_DATA).answered_by(response)
    other = packet(b"", Parties(asked.target, asked.source), sap=4, confirmed=True, send_sequence=6)
    assert not other.answered_by(response)


DATA_HEADERS: list[dict[str, Any]] = [
    v
    for v in json.loads((_ROOT / "control_blocks.json").read_text())
    if v["protocol"] == "dmr-data-header"
]
HEADERS = [(v["name"], v["hex"]) for v in DATA_HEADERS] + [
    (v["name"], v["expect"]["pdu"]) for v in BURSTS if "header" in v["expect"]
]


@pytest.mark.parametrize("octets", [row[1] for row in HEADERS], ids=[row[0] for row in HEADERS])
def test_captured_headers_are_built_bit_by_bit(octets: str) -> None:
    assert build_data_header(parse_data_header(bytes.fromhex(octets))).hex() == octets


def test_our_answer_is_the_one_that_radios_send() -> None:
    [answer] = [v for v in BURSTS if v["name"] == "burst-from-ipsc-33"]
    [question] = [v for v in DATA_HEADERS if v["name"] == "header-434e1bd1"]
    asked = parse_data_header(bytes.fromhex(question["hex"]))
    assert isinstance(asked, ConfirmedHeader)

    [burst] = response_bursts(acknowledgement(asked), CHANNEL)
    assert burst.octets.hex() == answer["hex"]


def test_a_refusal_names_its_packet() -> None:
    [question] = [v for v in DATA_HEADERS if v["name"] == "header-434e1bd1"]
    asked = parse_data_header(bytes.fromhex(question["hex"]))
    assert isinstance(asked, ConfirmedHeader)
    answer = refusal(asked, Refusal.PACKET_CRC)

    assert (answer.target, answer.source) == (asked.source, asked.target)
    assert (answer.response_class, answer.response_type, answer.status) == (1, 2, 7)
    assert not answer.acknowledged


def test_text_as_short_data() -> None:
    sent = text_bursts("Liepāja: ēka 3", Parties(9, 202, group=True), CHANNEL, preambles=2)
    kinds = [burst.slot_type.data_type for burst in sent]

    assert kinds[:3] == [DataType.CSBK, DataType.CSBK, DataType.DATA_HEADER]
    content = b"".join(block for _, block in blocks_of(sent)[3:])
    assert content.startswith("Liepāja: ēka 3".encode("utf-16-be"))


def test_status() -> None:
    [(kind, block)] = blocks_of(
        status_bursts(517, Parties(1, 2), CHANNEL, source_port=1, target_port=2)
    )

    assert kind is DataType.DATA_HEADER
    assert parse_data_header(block) == StatusHeader(
        target=1, source=2, sap=10, source_port=1, target_port=2, status=517
    )


def test_captured_ip_packet_is_rebuilt_with_both_checksums() -> None:
    whole = bytes.fromhex(SEQUENCES["sequence-msms2-6"]["expect"]["data"])

    assert UdpDatagram.parse(whole).build() == whole


@pytest.mark.parametrize(
    ("octets", "port"),
    [
        ("d6790062620003bf0007", 4007),  # captured
        ("0a9a016161000af0200531323334350000", 4005),  # published by a decoder's author
        ("00010000000fa90fa94142", 4009),  # no well-known port: both in full
    ],
)
def test_compressed_headers_are_rebuilt(octets: str, port: int) -> None:
    read = CompressedUdp.parse(bytes.fromhex(octets))

    assert read.ports() == (port, port)
    assert read.build().hex() == octets


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Channel(16),
        lambda: Channel(1, Sync.BS_VOICE),
        lambda: Parties(0, 1),
        lambda: Parties(1, 1 << 24),
        lambda: packet(b"", Parties(9, 1, group=True), sap=4, confirmed=True),
        lambda: packet(bytes(12 * 127), Parties(9, 1), sap=4),
        lambda: packet(b"", Parties(9, 1), sap=4, rate=DataType.CSBK),
        lambda: short_data(bytes(12 * 63), Parties(9, 1), character_format=0x14),
        lambda: text_bursts("x", Parties(9, 1), CHANNEL, character_format=0),
        lambda: text_bursts("ā", Parties(9, 1), CHANNEL, character_format=3),
        lambda: text_bursts("x", Parties(9, 1), CHANNEL, preambles=101),
        lambda: status_bursts(1024, Parties(9, 1), CHANNEL),
        lambda: status_bursts(1, Parties(9, 1), CHANNEL, source_port=8),
        lambda: csbk_bursts(Csbk(0x3F, 0x99, bytes(8)), CHANNEL, preambles=1),
        lambda: packet(b"", Parties(9, 1), sap=4).bursts(CHANNEL, only={0}),
        lambda: packet(b"", Parties(9, 1), sap=4, confirmed=True).bursts(CHANNEL, only={9}),
        lambda: UdpDatagram(IPv4Address(1), IPv4Address(2), 70_000, 1, b"").build(),
        lambda: CompressedUdp(0, 0, 16, 1, 1, b"").build(),
        lambda: CompressedUdp(0, 0, 0, 0, 1, b"").build(),
        lambda: CompressedUdp(0, 0, 0, 200, 1, b"").build(),
    ],
)
def test_what_cannot_be_sent_is_refused_before_it_is_built(wrong: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        wrong()
