"""Checksums and bit maps against values from elsewhere."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radio_gateway.protocols.bits import LinearMap, bit_list, from_bits, gather, scatter, signed
from radio_gateway.protocols.crc import CRC_CCITT, Crc
from radio_gateway.protocols.dmr.checks import CrcMask, seal, sealed
from radio_gateway.protocols.dmr.reed_solomon import (
    RsMask,
    rs_repaired,
    rs_seal,
    rs_sealed,
)

CATALOGUE = [
    # check values over "123456789" from the public catalogue of CRC algorithms
    (CRC_CCITT, 0x31C3),
    (Crc(16, 0x1021, initial=0xFFFF), 0x29B1),
    (Crc(8, 0x07), 0xF4),
    (Crc(32, 0x04C11DB7, initial=0xFFFFFFFF), 0x0376E6E7),
    (Crc(32, 0x04C11DB7, final_xor=0xFFFFFFFF), 0x765E7680),
]


@pytest.mark.parametrize(("crc", "value"), CATALOGUE)
def test_crc_of_the_catalogue(crc: Crc, value: int) -> None:
    assert crc.of(b"123456789") == value


SEALED = [
    ("bd0080180008fd23383bb2ed", CrcMask.CSBK),
    ("4da323383b23383b05608040", CrcMask.DATA_HEADER),
    ("211002177afc730000090dda", CrcMask.PI_HEADER),
]


@pytest.mark.parametrize(("octets", "mask"), SEALED)
def test_a_seal_holds_under_its_own_mask_only(octets: str, mask: CrcMask) -> None:
    block = bytes.fromhex(octets)

    assert seal(block[:10], mask) == block
    assert [other for other in CrcMask if sealed(block, other)] == [mask]


def test_reed_solomon_notices_up_to_three_wrong_octets() -> None:
    block = rs_seal(bytes.fromhex("0300002635a903d475"), RsMask.VOICE_LC_HEADER)
    rng = random.Random(129)
    for _ in range(500):
        damaged = bytearray(block)
        for place in rng.sample(range(12), rng.randint(1, 3)):
            damaged[place] ^= rng.randint(1, 255)
        assert not rs_sealed(bytes(damaged), RsMask.VOICE_LC_HEADER)


def test_bits_are_counted_from_the_first_on_the_air() -> None:
    assert gather(2, (0, 15, 8))(bytes.fromhex("8001")) == 0b110
    assert scatter((15, 0, 1, 2, 3, 4, 5, 6), 16)(b"\xc0") == 0x8001
    assert bit_list(0b0110, 4) == [0, 1, 1, 0]


@given(st.binary(min_size=4, max_size=4), st.permutations(range(32)))
def test_gather_picks_every_bit_once(data: bytes, order: list[int]) -> None:
    bits = bit_list(int.from_bytes(data, "big"), 32)

    assert gather(4, order)(data) == from_bits([bits[place] for place in order])


@pytest.mark.parametrize(
    ("value", "width", "expected"), [(0x7F, 8, 127), (0x80, 8, -128), (0x1FFFFFF, 25, -1)]
)
def test_signed(value: int, width: int, expected: int) -> None:
    assert signed(value, width) == expected


def test_a_map_takes_whole_octets() -> None:
    with pytest.raises(ValueError, match="whole octets"):
        LinearMap([1] * 7)
    with pytest.raises(ValueError, match="zip"):
        LinearMap([1] * 8)(b"ab")


HEADER_BLOCK = bytes.fromhex("0300002635a903d475cb8795")


def test_one_wrong_octet_of_a_link_control_is_repaired() -> None:
    for place in range(12):
        for error in range(1, 256):
            wrong = bytearray(HEADER_BLOCK)
            wrong[place] ^= error
            assert rs_repaired(bytes(wrong), RsMask.VOICE_LC_HEADER) == HEADER_BLOCK


def test_two_wrong_octets_are_always_seen() -> None:
    rng = random.Random(12)
    for _ in range(20_000):
        wrong = bytearray(HEADER_BLOCK)
        for place in rng.sample(range(12), 2):
            wrong[place] ^= rng.randrange(1, 256)
        assert rs_repaired(bytes(wrong), RsMask.VOICE_LC_HEADER) is None


def test_a_good_block_needs_no_repair_and_a_short_one_gets_none() -> None:
    assert rs_repaired(HEADER_BLOCK, RsMask.VOICE_LC_HEADER) == HEADER_BLOCK
    assert rs_repaired(HEADER_BLOCK, RsMask.TERMINATOR) is None
    assert rs_repaired(HEADER_BLOCK[:11], RsMask.VOICE_LC_HEADER) is None
