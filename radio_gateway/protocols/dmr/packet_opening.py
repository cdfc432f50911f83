"""Opening packets: the CRC over all blocks, and what of them is payload."""

from typing import Final, TypeAlias

from radio_gateway.protocols.dmr.checks import crc32, crc_ccitt
from radio_gateway.protocols.dmr.data_header import (
    ConfirmedHeader,
    ProprietaryHeader,
    RawDataHeader,
    ResponseHeader,
    ShortDataHeader,
    StatusHeader,
    UdtHeader,
    UnconfirmedHeader,
)
from radio_gateway.protocols.dmr.data_packet import ConfirmedBlock, open_packet
from radio_gateway.protocols.dmr.link_control import FID_MOTOROLA
from radio_gateway.protocols.errors import MalformedError

FirstHeader: TypeAlias = (
    UdtHeader
    | ResponseHeader
    | UnconfirmedHeader
    | ConfirmedHeader
    | ShortDataHeader
    | RawDataHeader
    | StatusHeader
)
"All headers that name a sender: the proprietary one comes second."

_COMPRESSED_SAP: Final = 1
"In a proprietary header of Motorola: a compressed datagram begins in the header itself."
COMPRESSED_HEAD: Final = 7
"Octets of that header before the payload begins."
CRC_FROM: Final = 3
"Octet of that header at which its CRC-32 begins."


def is_compressed(vendor: ProprietaryHeader) -> bool:
    """Whether a second header begins a datagram in Motorola's own compression."""
    return vendor.fid == FID_MOTOROLA and vendor.sap == _COMPRESSED_SAP


def open_blocks(
    header: FirstHeader, vendor: ProprietaryHeader | None, blocks: list[bytes]
) -> bytes:
    """The payload of a packet of which all blocks are there, in order.

    Raises:
        MalformedError: the CRC over them is wrong.
    """
    match header:
        case UdtHeader():
            return _open_udt(b"".join(blocks))
        case UnconfirmedHeader() | ConfirmedHeader():
            if vendor is not None and is_compressed(vendor):
                return _open_compressed(vendor, b"".join(blocks), header.pad_octets)
            return open_packet(b"".join(blocks), header.pad_octets)
        case ShortDataHeader() | RawDataHeader():
            return _open_short(header, blocks)
        case _:
            return open_packet(b"".join(blocks), 0)


def _open_short(header: ShortDataHeader | RawDataHeader, blocks: list[bytes]) -> bytes:
    """Short data says nowhere whether its blocks are numbered: those that want an answer are.

    Senders differ, so a packet that opens the other way is taken too; the CRC-32 decides.
    """
    plain, pad = b"".join(blocks), header.pad_bits // 8
    if header.response_requested:
        try:
            numbered = sorted(map(ConfirmedBlock.parse, blocks), key=lambda block: block.serial)
            return open_packet(b"".join(block.data for block in numbered), pad)
        except MalformedError:
            return open_packet(plain, pad)
    return open_packet(plain, pad)


def _open_udt(octets: bytes) -> bytes:
    """Unified data transport ends with a CRC-CCITT over all appended blocks, without a mask."""
    if crc_ccitt(octets[:-2]) != int.from_bytes(octets[-2:], "big"):
        raise MalformedError("unified data transport with a wrong CRC", octets)
    return octets[:-2]


def _open_compressed(vendor: ProprietaryHeader, blocks: bytes, pad_octets: int) -> bytes:
    """Motorola's own compression: the header's last three octets begin the payload.

    Its CRC-32 starts behind the header's third octet and leaves out the octet in front of itself.
    So it is in the received packet of the tests, and so the users of a decoder report of 38 more,
    all unconfirmed at rate 1/2; other kinds were never seen.
    """
    head = bytes((vendor.sap << 4 | 0xF, vendor.fid)) + vendor.data
    covered = (head + blocks)[CRC_FROM:-5]
    payload = head[COMPRESSED_HEAD:] + blocks[:-4]
    if len(covered) % 2 or crc32(covered) != blocks[-4:] or len(payload) < pad_octets:
        raise MalformedError("compressed datagram with a wrong CRC-32", head + blocks)
    return payload[: len(payload) - pad_octets]
