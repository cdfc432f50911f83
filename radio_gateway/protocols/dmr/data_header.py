"""Data headers: what the blocks that follow are (ETSI TS 102 361-1, 9.2)."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, TypeAlias, TypedDict

from radio_gateway.protocols.dmr.checks import CrcMask, check_seal
from radio_gateway.protocols.errors import MalformedError


class DataFormat(IntEnum):
    """Data packet format: which header this is."""

    UDT = 0
    RESPONSE = 1
    UNCONFIRMED = 2
    CONFIRMED = 3
    SHORT_DEFINED = 13
    SHORT_RAW = 14
    PROPRIETARY = 15


class Sap(IntEnum):
    """Service access point: what the packet holds."""

    UDT = 0
    TCP_IP_COMPRESSED = 2
    UDP_IP_COMPRESSED = 3
    IP = 4
    ARP = 5
    PROPRIETARY = 9
    SHORT_DATA = 10


class Refusal(IntEnum):
    """Type of a response of class 1."""

    FORMAT = 1
    PACKET_CRC = 2
    MEMORY_FULL = 3
    FRAGMENT_ORDER = 4
    UNDELIVERABLE = 5
    PACKET_ORDER = 6
    USER = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressed:
    """What all headers but the proprietary one have in common."""

    target: int
    source: int
    sap: int
    "A `Sap` where we know it."
    group: bool = False
    response_requested: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UdtHeader(Addressed):
    """Unified data transport: short formatted data such as a position."""

    udt_format: int
    "5 NMEA position, 11 location information protocol, .."
    pad_nibbles: int
    appended_blocks: int
    "1..4"
    opcode: int
    supplementary: bool = False
    protect: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseHeader(Addressed):
    """Acknowledgement of a confirmed packet."""

    blocks: int
    response_class: int
    "0 ACK, 1 NACK, 2 selective retry"
    response_type: int
    status: int

    @property
    def acknowledged(self) -> bool:
        """The packet arrived whole."""
        return self.response_class == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class UnconfirmedHeader(Addressed):
    """Blocks without serial numbers follow."""

    blocks: int
    pad_octets: int
    full_message: bool
    fragment: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmedHeader(Addressed):
    """Blocks with serial numbers and CRC-9 follow; the receiver answers."""

    blocks: int
    pad_octets: int
    full_message: bool
    resynchronise: bool
    send_sequence: int
    "N(S), 0..7"
    fragment: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortDataHeader(Addressed):
    """Defined short data: text in the named character set."""

    appended_blocks: int
    character_format: int
    "0 binary, 1 BCD, 2 7-bit, 3..11 hex ISO 8859-1..16, 12 hex UTF-8, 13.. UTF-16, .."
    selective_request: bool
    full_message: bool
    pad_bits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RawDataHeader(Addressed):
    """Raw short data between two ports of the radios."""

    appended_blocks: int
    source_port: int
    target_port: int
    selective_request: bool
    full_message: bool
    pad_bits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusHeader(Addressed):
    """A numbered status; nothing follows."""

    source_port: int
    target_port: int
    status: int
    "0..1023"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProprietaryHeader:
    """A second header of a vendor; it counts as one of the blocks."""

    sap: int
    fid: int
    data: bytes
    "8 octets"


DataHeader: TypeAlias = (
    UdtHeader
    | ResponseHeader
    | UnconfirmedHeader
    | ConfirmedHeader
    | ShortDataHeader
    | RawDataHeader
    | StatusHeader
    | ProprietaryHeader
)


def parse_data_header(block: bytes) -> DataHeader:
    """Read 12 octets.

    Raises:
        MalformedError: wrong length or CRC, or a format that DMR does not define.
    """
    check_seal(block, CrcMask.DATA_HEADER, "data header")
    reader = _READERS.get(block[0] & 0xF)
    if reader is None:
        raise MalformedError("data header of an undefined format", block)
    return reader(block)


def _udt(block: bytes) -> UdtHeader:
    return UdtHeader(
        **_addressed(block),
        udt_format=block[1] & 0xF,
        pad_nibbles=block[8] >> 3,
        appended_blocks=(block[8] & 0x3) + 1,
        opcode=block[9] & 0x3F,
        supplementary=bool(block[9] & 0x80),
        protect=bool(block[9] & 0x40),
    )


def _response(block: bytes) -> ResponseHeader:
    return ResponseHeader(
        **_addressed(block),
        blocks=block[8] & 0x7F,
        response_class=block[9] >> 6,
        response_type=block[9] >> 3 & 0x7,
        status=block[9] & 0x7,
    )


def _unconfirmed(block: bytes) -> UnconfirmedHeader:
    return UnconfirmedHeader(
        **_addressed(block),
        blocks=block[8] & 0x7F,
        pad_octets=block[0] & 0x10 | block[1] & 0xF,
        full_message=bool(block[8] & 0x80),
        fragment=block[9] & 0xF,
    )


def _confirmed(block: bytes) -> ConfirmedHeader:
    return ConfirmedHeader(
        **_addressed(block),
        blocks=block[8] & 0x7F,
        pad_octets=block[0] & 0x10 | block[1] & 0xF,
        full_message=bool(block[8] & 0x80),
        resynchronise=bool(block[9] & 0x80),
        send_sequence=block[9] >> 4 & 0x7,
        fragment=block[9] & 0xF,
    )


def _short_defined(block: bytes) -> ShortDataHeader:
    return ShortDataHeader(
        **_addressed(block),
        appended_blocks=block[0] & 0x30 | block[1] & 0xF,
        character_format=block[8] >> 2,
        selective_request=bool(block[8] & 0x2),
        full_message=bool(block[8] & 0x1),
        pad_bits=block[9],
    )


def _short_raw(block: bytes) -> RawDataHeader | StatusHeader:
    blocks = block[0] & 0x30 | block[1] & 0xF
    source_port, target_port = block[8] >> 5, block[8] >> 2 & 0x7
    if not blocks:
        return StatusHeader(
            **_addressed(block),
            source_port=source_port,
            target_port=target_port,
            status=(block[8] & 0x3) << 8 | block[9],
        )
    return RawDataHeader(
        **_addressed(block),
        appended_blocks=blocks,
        source_port=source_port,
        target_port=target_port,
        selective_request=bool(block[8] & 0x2),
        full_message=bool(block[8] & 0x1),
        pad_bits=block[9],
    )


def _proprietary(block: bytes) -> ProprietaryHeader:
    return ProprietaryHeader(sap=block[0] >> 4, fid=block[1], data=block[2:10])


class _Common(TypedDict):
    """The keyword arguments of `Addressed`."""

    target: int
    source: int
    sap: int
    group: bool
    response_requested: bool


def _addressed(block: bytes) -> _Common:
    return {
        "target": int.from_bytes(block[2:5], "big"),
        "source": int.from_bytes(block[5:8], "big"),
        "sap": block[1] >> 4,
        "group": bool(block[0] & 0x80),
        "response_requested": bool(block[0] & 0x40),
    }


_READERS: Final[dict[int, Callable[[bytes], DataHeader]]] = {
    DataFormat.UDT: _udt,
    DataFormat.RESPONSE: _response,
    DataFormat.UNCONFIRMED: _unconfirmed,
    DataFormat.CONFIRMED: _confirmed,
    DataFormat.SHORT_DEFINED: _short_defined,
    DataFormat.SHORT_RAW: _short_raw,
    DataFormat.PROPRIETARY: _proprietary,
}
