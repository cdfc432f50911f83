"""Checksums of DMR: CRC-CCITT with masks, CRC-9, CRC-32, CRC-8 and five bits."""

import binascii
import zlib
from enum import IntEnum
from typing import Final

from radio_gateway.protocols.crc import Crc
from radio_gateway.protocols.errors import MalformedError


class CrcMask(IntEnum):
    """What the sender XORs over the CRC, so that one kind of block never passes for another."""

    NONE = 0x0000
    PI_HEADER = 0x6969
    CSBK = 0xA5A5
    MBC_HEADER = 0xAAAA
    DATA_HEADER = 0xCCCC
    USB_DATA = 0x3333


class Crc9Mask(IntEnum):
    """The same for confirmed data blocks."""

    RATE_12 = 0x0F0
    RATE_34 = 0x1FF
    RATE_1 = 0x10F


_CRC_9: Final = Crc(9, 0x059)
_CRC_9_TABLE: Final = tuple(_CRC_9.of_bits(octet, 8) for octet in range(256))
_REVERSED: Final = bytes(int(f"{octet:08b}"[::-1], 2) for octet in range(256))
"Octets with their bits turned round: zlib works from the least significant bit on."
_CRC_8: Final = Crc(8, 0x07)


def crc_ccitt(octets: bytes) -> int:
    """CRC-CCITT as DMR sends it, without a mask: start 0, inverted at the end.

    Over a block of 12 octets it finds every pattern of up to 3 wrong bits and every run of up to
    16; of other damage one in 65 536 passes.
    """
    return binascii.crc_hqx(octets, 0) ^ 0xFFFF


def seal(octets: bytes, mask: CrcMask) -> bytes:
    """Append the masked CRC-CCITT to 10 octets."""
    return octets + (crc_ccitt(octets) ^ mask).to_bytes(2, "big")


def sealed(block: bytes, mask: CrcMask) -> bool:
    """Whether the 12 octets end with their masked CRC-CCITT."""
    return len(block) == 12 and seal(block[:10], mask) == block


def check_seal(block: bytes, mask: CrcMask, what: str) -> None:
    """Insist on 12 octets with a good CRC.

    Raises:
        MalformedError: `what`, with another length or a wrong CRC.
    """
    if len(block) != 12:
        raise MalformedError(f"{what} is not 12 octets", block)
    if not sealed(block, mask):
        raise MalformedError(f"{what} with a wrong CRC", block)


def crc9(data: bytes, serial: int, mask: Crc9Mask) -> int:
    """Check of a confirmed block: over its data octets, then its 7-bit serial number.

    It finds every pair of wrong bits and every run of up to 9; of other damage one in 512 passes,
    and the CRC-32 of the packet finds that.
    """
    register = 0
    for octet in data:
        register = (register << 8 & 0x1FF) ^ _CRC_9_TABLE[register >> 1 ^ octet]
    for shift in range(6, -1, -1):
        feedback = register >> 8 ^ serial >> shift & 1
        register = (register << 1 & 0x1FF) ^ (_CRC_9.polynomial if feedback else 0)
    return register ^ 0x1FF ^ mask


def crc32(data: bytes) -> bytes:
    """The 4 octets that end a data packet; `data` is everything before them, pad included.

    The sum takes octets in swapped pairs and is sent least significant octet first. It finds every
    pattern of up to 3 wrong bits; of other damage one in 4.3 billion passes.
    """
    if len(data) % 2:
        raise ValueError("blocks of DMR data are whole pairs of octets")
    swapped = bytearray(len(data))
    swapped[0::2] = data[1::2]
    swapped[1::2] = data[0::2]
    register = zlib.crc32(swapped.translate(_REVERSED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return register.to_bytes(4, "big").translate(_REVERSED)


def crc8(information: int) -> int:
    """Check of a short link control: over its 28 information bits.

    It finds every pattern of up to 3 wrong bits and every run of up to 8.
    """
    return _CRC_8.of_bits(information, 28)


def five_bit_sum(lc: bytes) -> int:
    """Check of an embedded link control: its 9 octets modulo 31.

    It finds every single wrong bit; one pair in ten passes, of other damage one in 31.
    """
    return sum(lc) % 31
