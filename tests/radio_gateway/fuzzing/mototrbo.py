"""The decoders of MOTOTRBO: the data services of radios, and IP Site Connect of repeaters."""

from random import Random
from typing import Final

from radio_gateway.protocols.dmr.checks import CrcMask, seal
from radio_gateway.protocols.dmr.link_control import seal_full_lc
from radio_gateway.protocols.dmr.slot_type import DataType
from radio_gateway.protocols.errors import MalformedError, RefusedError
from radio_gateway.protocols.mototrbo.ars import parse_ars
from radio_gateway.protocols.mototrbo.battery import parse_battery
from radio_gateway.protocols.mototrbo.ipsc import parse_packet
from radio_gateway.protocols.mototrbo.ipsc_auth import IpscKey
from radio_gateway.protocols.mototrbo.ipsc_user import UserPacket
from radio_gateway.protocols.mototrbo.lrrp import (
    OtherDocument,
    Report,
    Request,
    build_document,
    parse_lrrp,
)
from radio_gateway.protocols.mototrbo.numbers import build_unsigned
from radio_gateway.protocols.mototrbo.tms import UnknownTms, parse_tms
from radio_gateway.protocols.mototrbo.xcmp import parse_xcmp
from tests.radio_gateway.fuzzing.harness import Case, Decode, Family, use_all
from tests.radio_gateway.fuzzing.vectors import octets

KEY: Final = IpscKey("C0FFEE")
_DOCUMENTS: Final = (4, 0x27)
"First and last kind of LRRP document."
_BLOCK: Final = slice(38, 50)
"Where a user packet has the block of a control burst."
IPSC: Final = octets("mototrbo/ipsc", protocol="ipsc") + [
    # layouts of which there is no recording, worked out by hand in test_ipsc.py
    bytes.fromhex(packet)
    for packet in (
        "910004BFFD6A0000E00D000204070401",
        "960000000A650000600C04020401",
        "930004BFFD001600000001 0A010203C3506A00000002C0A80001C35160",
        "940000000104020401",
        "98000000016A0000E00C",
        "61000000010000000200000007010001234A9100006540000010",
        "61000000010000000100000008000002234A910000654F0101100000353200",
        "62000000010102",
        "630000000105",
        "7000000001AABB",
    )
]
SEALED: Final = octets("mototrbo/ipsc", protocol="ipsc_auth")


def ars(data: bytes) -> None:
    message = parse_ars(data)
    use_all(message)
    assert parse_ars(message.build()) == message


def tms(data: bytes) -> None:
    message = parse_tms(data)
    use_all(message)
    again = parse_tms(message.build())
    assert type(again) is type(message)
    if isinstance(message, UnknownTms):
        assert again == message


def lrrp(data: bytes) -> None:
    for document in parse_lrrp(data):
        use_all(document)
        assert isinstance(document, Report | Request | OtherDocument)
        (again, *_) = parse_lrrp(build_document(document))
        assert type(again) is type(document)
        if not getattr(document, "unread", b""):
            assert build_document(again) == build_document(document)


def battery(data: bytes) -> None:
    message = parse_battery(data)
    use_all(message)
    assert parse_battery(message.build()) == message


def xcmp(data: bytes) -> None:
    message = parse_xcmp(data)
    use_all(message)
    assert message.build() == data


def ipsc(data: bytes) -> None:
    packet = parse_packet(data)
    use_all(packet)
    assert parse_packet(packet.build()) == packet
    if isinstance(packet, UserPacket):
        use_all(packet.content)


def sealed_with(key: IpscKey) -> Decode:
    """Behind the hash; a wrong one is a detected error."""

    def sealed(data: bytes) -> None:
        try:
            ipsc(key.open(data))
        except RefusedError as refused:
            raise MalformedError(str(refused), data) from refused

    return sealed


def with_length(data: bytes, dice: Random) -> bytes:
    """ARS and texts: two octets of length in front."""
    return len(data[2:]).to_bytes(2, "big") + data[2:]


def as_document(data: bytes, dice: Random) -> bytes:
    if len(data) < 2:
        return data
    first, last = _DOCUMENTS
    kind = data[0] if first <= data[0] <= last else first + data[0] % 0x12
    return bytes((kind,)) + build_unsigned(len(data) - 2) + data[2:]


def with_inner_checks(data: bytes, dice: Random) -> bytes:
    """The block of a user packet with its CRC or parity."""
    if len(data) < _BLOCK.stop or not 0x80 <= data[0] <= 0x84:
        return data
    block = data[_BLOCK]
    mended = dice.choice(
        (
            seal(block[:10], CrcMask.CSBK),
            seal(block[:10], CrcMask.DATA_HEADER),
            seal_full_lc(block[:9], DataType.VOICE_LC_HEADER),
        )
    )
    return data[: _BLOCK.start] + mended + data[_BLOCK.stop :]


def with_hash(data: bytes, dice: Random) -> bytes:
    return KEY.seal(with_inner_checks(data, dice))


RECORDED_KEY: Final = IpscKey("1A2B3C")
"The key of the recorded packets with a hash."


def with_recorded_hash(data: bytes, dice: Random) -> bytes:
    return RECORDED_KEY.seal(data[:-10])


MOTOTRBO: Final = Family(
    "mototrbo",
    (
        Case("ars", octets("mototrbo/ars"), ars, with_length),
        Case("tms", octets("mototrbo/tms"), tms, with_length),
        Case("lrrp", octets("mototrbo/lrrp"), lrrp, as_document),
        Case("battery", octets("mototrbo/battery"), battery),
        Case("xcmp", octets("mototrbo/xcmp"), xcmp),
        Case("ipsc", IPSC, ipsc, with_inner_checks),
        Case("ipsc with a hash", IPSC, sealed_with(KEY), with_hash),
        Case("recorded ipsc with a hash", SEALED, sealed_with(RECORDED_KEY), with_recorded_hash),
    ),
)
