"""What each code repairs and each check finds: all patterns where they can be counted."""

import contextlib
import random
from collections.abc import Callable
from itertools import combinations

import pytest

from radio_gateway.protocols.dmr import single_burst
from radio_gateway.protocols.dmr.checks import (
    Crc9Mask,
    crc8,
    crc9,
    crc32,
    crc_ccitt,
    five_bit_sum,
)
from radio_gateway.protocols.dmr.codes import (
    GOLAY_20_8,
    GOLAY_23_12,
    GOLAY_24_12,
    HAMMING_7_4,
    HAMMING_13_9,
    HAMMING_15_11,
    HAMMING_16_11,
    HAMMING_17_12,
    QR_16_7,
    BlockCode,
)
from radio_gateway.protocols.dmr.reed_solomon import RsMask, rs_seal, rs_sealed
from radio_gateway.protocols.dmr.short_lc import ShortLc
from radio_gateway.protocols.errors import MalformedError

SHORT = ShortLc(0x1234567)
NOTICE = 0x2A5


@pytest.mark.parametrize(
    ("code", "repairs", "sees"),
    # of distance d, t are repaired and d - t - 1 are seen
    [
        (GOLAY_20_8, 3, 4),
        (GOLAY_24_12, 3, 4),
        (GOLAY_23_12, 3, 3),
        (QR_16_7, 2, 3),
        (HAMMING_16_11, 1, 2),
        (HAMMING_15_11, 1, 1),
        (HAMMING_13_9, 1, 1),
        (HAMMING_17_12, 1, 1),
        (HAMMING_7_4, 1, 1),
    ],
)
def test_all_patterns_of_few_wrong_bits(code: BlockCode, repairs: int, sees: int) -> None:
    rng = random.Random(code.length)
    for weight in range(sees + 1):
        for wrong in combinations(range(code.length), weight):
            information = rng.randrange(1 << code.information)
            word = code.encode(information) ^ sum(1 << place for place in wrong)
            expected = (information, weight) if weight <= repairs else None
            assert code.decode(word) == expected


def test_the_perfect_code_takes_four_wrong_bits_for_fewer() -> None:
    for wrong in combinations(range(23), 4):
        decoded = GOLAY_23_12.decode(sum(1 << place for place in wrong))
        assert decoded is not None
        assert decoded[0] != 0


Check = Callable[[int], int]


def ccitt(block: int) -> int:
    octets = block.to_bytes(12, "big")
    return crc_ccitt(octets[:10]) ^ int.from_bytes(octets[10:], "big")


def confirmed(block: int) -> int:
    octets = block.to_bytes(18, "big")
    check = crc9(octets[2:], octets[0] >> 1, Crc9Mask.RATE_34)
    return check ^ (octets[0] & 1) << 8 ^ octets[1]


def four_blocks(packet: int) -> int:
    octets = packet.to_bytes(48, "big")
    return int.from_bytes(crc32(octets[:-4]), "big") ^ int.from_bytes(octets[-4:], "big")


def short(bits: int) -> int:
    return crc8(bits >> 8) ^ bits & 0xFF


def changes(check: Check, bits: int) -> list[int]:
    """What each wrong bit changes in the check: all of them are linear."""
    nothing = check(0)
    return [check(1 << place) ^ nothing for place in range(bits)]


@pytest.mark.parametrize(
    ("check", "bits", "finds"),
    [(ccitt, 96, 3), (confirmed, 144, 2), (four_blocks, 384, 3), (short, 36, 3)],
)
def test_all_patterns_of_few_wrong_bits_are_found(check: Check, bits: int, finds: int) -> None:
    of_bit = changes(check, bits)
    assert 0 not in of_bit
    assert len(set(of_bit)) == bits  # no pair cancels
    if finds >= 3:
        single = set(of_bit)
        assert not any(first ^ second in single for first, second in combinations(of_bit, 2))


@pytest.mark.parametrize(("check", "bits", "longest"), [(ccitt, 96, 16), (short, 36, 8)])
def test_all_runs_of_wrong_bits_are_found(check: Check, bits: int, longest: int) -> None:
    nothing = check(0)
    for start in range(bits - longest + 1):
        for pattern in range(1, 1 << longest, 1 if longest <= 8 else 61):
            assert check((pattern | 1) << start) != nothing


def test_all_runs_within_the_data_of_a_confirmed_block_are_found() -> None:
    nothing = confirmed(0)
    for start in range(128 - 9 + 1):
        for pattern in range(1, 1 << 9, 2):
            assert confirmed(pattern << start) != nothing


@pytest.mark.parametrize(("check", "bits", "odds"), [(ccitt, 96, 65_536), (confirmed, 144, 512)])
def test_of_noise_no_more_passes_than_chance_has_it(check: Check, bits: int, odds: int) -> None:
    rng = random.Random(bits)
    nothing = check(0)
    tries = 40_000
    passed = sum(check(rng.getrandbits(bits)) == nothing for _ in range(tries))
    assert passed <= 2 * tries / odds + 3


def test_three_wrong_octets_of_a_link_control_are_always_found() -> None:
    rng = random.Random(12)
    block = rs_seal(bytes.fromhex("0300002635a903d475"), RsMask.VOICE_LC_HEADER)
    for places in combinations(range(12), 3):
        for _ in range(40):
            wrong = bytearray(block)
            for place in places:
                wrong[place] ^= rng.randrange(1, 256)
            assert not rs_sealed(bytes(wrong), RsMask.VOICE_LC_HEADER)


def test_the_sum_of_embedded_link_control_finds_single_bits_and_most_pairs() -> None:
    rng = random.Random(31)
    passed = 0
    for _ in range(4000):
        lc = rng.randbytes(9)
        sealed = int.from_bytes(lc, "big") << 5 | five_bit_sum(lc)
        first, second = rng.sample(range(77), 2)
        for wrong in (1 << first, 1 << first | 1 << second):
            bits = sealed ^ wrong
            good = five_bit_sum((bits >> 5).to_bytes(9, "big")) == bits & 0x1F
            assert not (good and wrong.bit_count() == 1)
            passed += good
    assert passed < 0.13 * 4000


def recovered(
    read: Callable[[int], object], word: int, bits: int, good: object, wrong_bits: int
) -> tuple[int, int]:
    """Of 200 words with so many wrong bits: how many come out right, and how many wrong."""
    rng = random.Random(wrong_bits)
    right = wrong = 0
    for _ in range(200):
        damaged = word
        for place in rng.sample(range(bits), wrong_bits):
            damaged ^= 1 << place
        with contextlib.suppress(MalformedError):
            found = read(damaged)
            right += found == good
            wrong += found != good
    return right, wrong


@pytest.mark.parametrize(("wrong_bits", "least"), [(1, 200), (2, 175), (3, 125), (4, 65)])
def test_short_link_control_recovery(wrong_bits: int, least: int) -> None:
    right, wrong = recovered(ShortLc.parse, SHORT.build(), 68, SHORT, wrong_bits)
    assert right >= least
    assert wrong == 0


@pytest.mark.parametrize(("wrong_bits", "least"), [(1, 200), (2, 85), (3, 0), (4, 0), (5, 0)])
def test_key_notice_recovery(wrong_bits: int, least: int) -> None:
    def read(word: int) -> int:
        return single_burst.decode(word.to_bytes(4, "big"))

    sent = int.from_bytes(single_burst.encode(NOTICE), "big")
    right, wrong = recovered(read, sent, 32, NOTICE, wrong_bits)
    assert right >= least
    assert wrong == 0
