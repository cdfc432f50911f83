"""What packets say: datagrams, texts, status, positions, and what cannot be read."""

import json
from datetime import time
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest

from radio_gateway.protocols.dmr.checks import CrcMask, seal
from radio_gateway.protocols.dmr.content import (
    Content,
    Datagram,
    Encrypted,
    Position,
    Response,
    ShortText,
    Status,
    Unread,
    content_of,
)
from radio_gateway.protocols.dmr.data_header import (
    ProprietaryHeader,
    RawDataHeader,
    ResponseHeader,
    Sap,
    ShortDataHeader,
    StatusHeader,
    UdtHeader,
    UnconfirmedHeader,
    parse_data_header,
)
from radio_gateway.protocols.dmr.location import LipShortReport, UdtPosition, lip_speed_kmh
from radio_gateway.protocols.dmr.reassembly import DataPacket, Reassembler
from radio_gateway.protocols.dmr.slot_type import DataType
from radio_gateway.protocols.errors import MalformedError

_ROOT = Path(__file__).parents[3] / "vectors/dmr"
PUBLISHED: dict[str, dict[str, Any]] = {
    v["name"]: v for v in json.loads((_ROOT / "published.json").read_text())
}
DATA: list[dict[str, Any]] = json.loads((_ROOT / "data.json").read_text())


def header(sap: int) -> UnconfirmedHeader:
    return UnconfirmedHeader(
        target=101, source=202, sap=sap, blocks=1, pad_octets=0, full_message=True, fragment=0
    )


def short(form: int) -> ShortDataHeader:
    return ShortDataHeader(
        target=101,
        source=202,
        sap=Sap.SHORT_DATA,
        appended_blocks=1,
        character_format=form,
        selective_request=False,
        full_message=True,
        pad_bits=0,
    )


def udt(form: int, *, pad_nibbles: int = 0, protect: bool = False) -> UdtHeader:
    return UdtHeader(
        target=101,
        source=202,
        sap=Sap.UDT,
        udt_format=form,
        pad_nibbles=pad_nibbles,
        appended_blocks=1,
        opcode=0x1A,
        protect=protect,
    )


def test_a_received_location_report_behind_a_second_header() -> None:
    octets = bytes.fromhex(PUBLISHED["compressed-lrrp-report"]["hex"])
    expect = PUBLISHED["compressed-lrrp-report"]["expect"]
    reassembler = Reassembler()
    reassembler.header(parse_data_header(octets[:12]), 0.0)
    reassembler.header(parse_data_header(octets[12:24]), 0.06)
    whole = None
    for at in range(24, 60, 12):
        whole = reassembler.block(DataType.RATE_12_DATA, octets[at : at + 12], at / 100)

    assert whole is not None
    assert content_of(whole) == Datagram(
        source=expect["src"],
        target=expect["dst"],
        source_port=expect["port"],
        target_port=expect["port"],
        payload=bytes.fromhex(expect["payload"]),
        identification=expect["ident"],
    )


def test_a_captured_text_message_names_port_and_addresses() -> None:
    [vector] = [v for v in DATA if v["name"] == "sequence-msms-12"]
    ip = vector["expect"]["ip"]

    assert content_of(
        DataPacket(header(Sap.IP), bytes.fromhex(vector["expect"]["data"]))
    ) == Datagram(
        source=202,
        target=101,
        source_port=4007,
        target_port=4007,
        payload=bytes.fromhex(ip["udp_payload"]),
        identification=12,
        source_address=IPv4Address(ip["src"]),
        target_address=IPv4Address(ip["dst"]),
    )


def test_a_compressed_registration() -> None:
    vector = PUBLISHED["compressed-ars"]
    said = content_of(DataPacket(header(Sap.UDP_IP_COMPRESSED), bytes.fromhex(vector["hex"])))

    assert isinstance(said, Datagram)
    assert (said.source_port, said.target_port) == (vector["expect"]["port"],) * 2
    assert said.payload.hex() == vector["expect"]["payload"]
    assert said.identification == vector["expect"]["ident"]


TEXTS = [
    # format, octets, text; worked out by hand
    (0x02, "99a77000", "Lin"),  # 1001100 1101001 1101110 0000000
    (0x06, "4c6965 70 e0 6a61", "Liepāja"),  # ISO 8859-4
    (0x0E, "4b 6c 61 69 70 eb 64 61", "Klaipėda"),  # ISO 8859-13
    (0x01, "1234a5bc", "1234 5*#"),
    (0x12, "c4807a", "Āz"),
    (0x14, "0100 006100620000 0063", "Āab"),
    (0x15, "0001 6100", "Āa"),
]


@pytest.mark.parametrize(("form", "octets", "text"), TEXTS)
def test_short_texts(form: int, octets: str, text: str) -> None:
    said = content_of(DataPacket(short(form), bytes.fromhex(octets)))

    assert said == ShortText(source=202, target=101, text=text)


@pytest.mark.parametrize(
    ("form", "octets", "text"), [(3, "99a77000", "Lin"), (4, "4142430000", "ABC"), (7, "0100", "Ā")]
)
def test_texts_by_unified_data_transport(form: int, octets: str, text: str) -> None:
    said = content_of(DataPacket(udt(form), bytes.fromhex(octets)))

    assert said == ShortText(source=202, target=101, text=text)


def test_a_position_by_unified_data_transport() -> None:
    vector = PUBLISHED["udt-position"]
    said = content_of(DataPacket(udt(5), bytes.fromhex(vector["hex"])))

    assert isinstance(said, Position)
    found, expect = said.position, vector["expect"]
    assert found.point is not None
    assert found.point.lat == pytest.approx(expect["lat"], abs=1e-6)
    assert found.point.lon == pytest.approx(expect["lon"], abs=1e-6)
    assert found.speed_kmh == expect["speed_kmh"]
    assert found.at == time.fromisoformat(expect["time"])
    assert found.course_deg is None


@pytest.mark.parametrize(
    ("octets", "has_point", "has_time"),
    [
        ("618e1e2c10540654134b", False, True),  # no fix
        ("f18e1e2c10540654134b", False, False),  # encrypted
        ("700000000000000000ff", False, False),  # 0/0, 31:31:70
        ("7fffffffffffffffffff", False, False),
    ],
)
def test_positions_that_are_none(octets: str, has_point: bool, has_time: bool) -> None:
    found = UdtPosition.parse(bytes.fromhex(octets))

    assert (found.point is not None, found.at is not None) == (has_point, has_time)
    assert found.speed_kmh is None


def test_a_position_of_two_blocks_has_course_and_seconds() -> None:
    # the first 77 bits as above; 27 s in bits 77-82; 275 degrees in bits 103-111
    value = int("718e1e2c10540654134b", 16) >> 3
    bits = value << 99 | 27 << 93 | 275 << 64
    found = UdtPosition.parse(bits.to_bytes(22, "big"))

    assert found.course_deg == 275
    assert found.at == time(9, 41, 27)


def test_lip_short_report() -> None:
    vector = PUBLISHED["lip-short-report"]
    expect = vector["expect"]
    report = LipShortReport.parse(seal(bytes.fromhex(vector["hex"]), CrcMask.USB_DATA))

    assert (report.point.lat, report.point.lon) == (expect["lat"], expect["lon"])
    assert report.error_m == expect["error_m"]
    assert report.speed_kmh == expect["speed_kmh"]
    assert report.course_deg == expect["course_deg"]
    assert report.elapsed == expect["elapsed"]
    assert report.address_hash == expect["hash"]


def test_lip_with_a_bad_crc_or_another_service_is_no_position() -> None:
    octets = bytes.fromhex(PUBLISHED["lip-short-report"]["hex"])

    with pytest.raises(MalformedError, match="CRC"):
        LipShortReport.parse(seal(octets, CrcMask.CSBK))
    with pytest.raises(MalformedError, match="service"):
        LipShortReport.parse(seal(b"\x10" + octets[1:], CrcMask.USB_DATA))


@pytest.mark.parametrize(("code", "speed"), [(0, 0.0), (28, 28.0), (29, 29.1), (127, None)])
def test_lip_speed(code: int, speed: float | None) -> None:
    assert lip_speed_kmh(code) == speed


def second(octets: str) -> ProprietaryHeader:
    data = bytes.fromhex(octets)
    return ProprietaryHeader(sap=data[0] >> 4, fid=data[1], data=data[2:10])


RESPONSE = ResponseHeader(
    target=101, source=202, sap=4, blocks=0, response_class=0, response_type=1, status=0
)
RAW = RawDataHeader(
    target=101,
    source=202,
    sap=10,
    appended_blocks=1,
    source_port=1,
    target_port=2,
    selective_request=False,
    full_message=True,
    pad_bits=0,
)
STATUS = StatusHeader(target=101, source=202, sap=10, source_port=1, target_port=2, status=600)
OTHERS: list[tuple[DataPacket, Content]] = [
    (
        DataPacket(STATUS, b""),
        Status(source=202, target=101, status=600, source_port=1, target_port=2),
    ),
    (
        DataPacket(RESPONSE, b""),
        Response(source=202, target=101, header=RESPONSE, retry_flags=b""),
    ),
    (
        DataPacket(header(Sap.PROPRIETARY), bytes(20), second("4f102107000000000000")),
        Encrypted(source=202, target=101, algorithm="RC4", key_id=7, octets=20),
    ),
    (
        DataPacket(header(Sap.PROPRIETARY), bytes(20), second("4f680203000000000000")),
        Encrypted(source=202, target=101, algorithm="Hytera enhanced", key_id=3, octets=20),
    ),
    (
        DataPacket(header(Sap.PROPRIETARY), b"\1", second("4f990203000000000000")),
        Unread(source=202, target=101, sap=4, payload=b"\1", why="second header of FID 99"),
    ),
    (
        DataPacket(udt(5, protect=True), bytes(10)),
        Encrypted(source=202, target=101, algorithm="not named", key_id=0, octets=10),
    ),
    (
        DataPacket(RAW, b"\1\2"),
        Unread(source=202, target=101, sap=10, payload=b"\1\2", why="raw short data"),
    ),
    (
        DataPacket(short(0), b"\1\2"),
        Unread(source=202, target=101, sap=10, payload=b"\1\2", why="binary"),
    ),
    (
        DataPacket(udt(11, pad_nibbles=2), b"\1\2\0"),
        Unread(source=202, target=101, sap=0, payload=b"\1\2", why="UDT format 11"),
    ),
    (
        DataPacket(udt(5), b"\1\2"),
        Unread(
            source=202,
            target=101,
            sap=0,
            payload=b"\1\2",
            why="a UDT position is 10 or 22 octets",
        ),
    ),
    (
        DataPacket(header(Sap.TCP_IP_COMPRESSED), b"\1"),
        Unread(source=202, target=101, sap=2, payload=b"\1", why="service access point 2"),
    ),
    (
        DataPacket(header(Sap.IP), b"\1"),
        Unread(source=202, target=101, sap=4, payload=b"\1", why="no IPv4 packet"),
    ),
]


@pytest.mark.parametrize(("packet", "content"), OTHERS)
def test_everything_else_is_named(packet: DataPacket, content: Content) -> None:
    assert content_of(packet) == content
