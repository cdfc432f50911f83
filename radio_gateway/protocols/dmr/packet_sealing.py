"""Other content into the blocks of a packet that was opened: the inverse of `packet_opening`."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from radio_gateway.protocols.dmr.checks import crc32, crc_ccitt
from radio_gateway.protocols.dmr.data_header import (
    ConfirmedHeader,
    ProprietaryHeader,
    RawDataHeader,
    ShortDataHeader,
    UdtHeader,
    UnconfirmedHeader,
)
from radio_gateway.protocols.dmr.data_packet import ConfirmedBlock, is_sealed
from radio_gateway.protocols.dmr.packet_opening import (
    COMPRESSED_HEAD,
    CRC_FROM,
    FirstHeader,
    is_compressed,
)
from radio_gateway.protocols.dmr.reassembly import DataPacket

_HEAD_OCTETS: Final = 10
"Of a proprietary header without its CRC."


@dataclass(frozen=True, slots=True)
class Sealed:
    """As many blocks of the same sizes, and the second header, which may begin the content."""

    blocks: tuple[bytes, ...]
    vendor: ProprietaryHeader | None


def seal_again(packet: DataPacket, payload: bytes) -> Sealed:
    """The blocks that carry `payload` instead of the packet's own; pad octets become zeros.

    Raises:
        ValueError: another length than the packet's payload.
    """
    if len(payload) != len(packet.payload):
        raise ValueError(f"{len(payload)} octets for a packet of {len(packet.payload)}")
    header, vendor, blocks = packet.header, packet.vendor, packet.blocks
    whole = b"".join(blocks)
    match header:
        case UdtHeader():
            return Sealed(_cut(payload + crc_ccitt(payload).to_bytes(2, "big"), blocks), vendor)
        case UnconfirmedHeader() | ConfirmedHeader() if vendor and is_compressed(vendor):
            return _compressed(vendor, whole, blocks, payload)
        case ShortDataHeader() | RawDataHeader() if _is_numbered(header, blocks):
            return Sealed(_numbered(blocks, payload), vendor)
        case _:
            return Sealed(_cut(_packet(payload, len(whole)), blocks), vendor)


def _packet(payload: bytes, size: int) -> bytes:
    padded = payload.ljust(size - 4, b"\0")
    return padded + crc32(padded)


def _compressed(
    vendor: ProprietaryHeader, whole: bytes, blocks: tuple[bytes, ...], payload: bytes
) -> Sealed:
    """Motorola's own compression, whose payload begins in the last octets of the header."""
    first = _HEAD_OCTETS - COMPRESSED_HEAD
    content = payload.ljust(first + len(whole) - 4, b"\0")
    told = replace(vendor, data=vendor.data[:-first] + content[:first])
    checked = told.data[CRC_FROM - 2 :] + content[first:-1]
    return Sealed(_cut(content[first:] + crc32(checked), blocks), told)


def _numbered(blocks: tuple[bytes, ...], payload: bytes) -> tuple[bytes, ...]:
    """Blocks of short data that bear serial numbers, by which they are in order."""
    inner = [ConfirmedBlock.parse(block) for block in blocks]
    order = sorted(range(len(inner)), key=lambda n: inner[n].serial)
    data = [inner[n].data for n in order]
    pieces = _cut(_packet(payload, sum(map(len, data))), data)
    told = {
        n: ConfirmedBlock(inner[n].serial, piece).build()
        for n, piece in zip(order, pieces, strict=True)
    }
    return tuple(told[n] for n in range(len(inner)))


def _is_numbered(header: FirstHeader, blocks: tuple[bytes, ...]) -> bool:
    return header.response_requested and all(map(is_sealed, blocks))


def _cut(octets: bytes, like: Sequence[bytes]) -> tuple[bytes, ...]:
    """Pieces as long as those that stood there before."""
    pieces, at = [], 0
    for block in like:
        pieces.append(octets[at : at + len(block)])
        at += len(block)
    return tuple(pieces)
