"""How much damage the codes repair."""

import contextlib
import json
import random
from collections.abc import Callable, Sequence
from itertools import combinations
from pathlib import Path

import pytest

from radio_gateway.protocols.dmr import bptc, embedded, trellis
from radio_gateway.protocols.dmr.burst import DataBurst, parse_burst
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
from radio_gateway.protocols.dmr.slot_type import DataType
from radio_gateway.protocols.dmr.sync import Sync
from radio_gateway.protocols.errors import MalformedError

CSBK_BURST = bytes.fromhex("53df0a83b7a8282c2509625014fdff57d75df5dcadde429028c87ae3341e24191c")
CSBK = bytes.fromhex("bd00801d23386323383b5889")
RATE_34_BURST = bytes.fromhex("24327b2f7f0e3242227223fe063dff57d75df5da85ee28222e7de0a82f2275eb5c")
RATE_34 = bytes.fromhex("010e4500002e000c0000401158280c2110dd")
EMBEDDED = bytes.fromhex("0300030a0f0006060f033a030c393530")
CAPTURED = [
    bytes.fromhex(vector["hex"])
    for vector in json.loads((Path(__file__).parents[3] / "vectors/dmr/bursts.json").read_text())
    if len(vector["hex"]) == 66
]
INFORMATION_BITS = (*range(98), *range(166, 264))


def damaged(burst: bytes, bits: list[int]) -> bytes:
    octets = bytearray(burst)
    for bit in bits:
        octets[bit // 8] ^= 0x80 >> bit % 8
    return bytes(octets)


def recoveries(
    decode: Callable[[bytes], bytes],
    burst: bytes,
    places: Sequence[int],
    wrong_bits: int,
    rounds: int = 200,
) -> int:
    """How many of `rounds` bursts with so many wrong bits come out as they were."""
    good = decode(burst)
    rng = random.Random(wrong_bits)
    recovered = 0
    for _ in range(rounds):
        with contextlib.suppress(MalformedError):
            recovered += decode(damaged(burst, rng.sample(places, wrong_bits))) == good
    return recovered


@pytest.mark.parametrize(
    ("wrong_bits", "least"),
    [(1, 200), (3, 200), (4, 200), (6, 196), (8, 180), (10, 176), (12, 145)],
)
def test_bptc_recovery(wrong_bits: int, least: int) -> None:
    assert recoveries(bptc.decode, CSBK_BURST, INFORMATION_BITS, wrong_bits) >= least


@pytest.mark.parametrize(("wrong_bits", "least"), [(1, 60), (2, 52), (3, 44), (4, 36), (6, 14)])
def test_viterbi_recovery(wrong_bits: int, least: int) -> None:
    assert recoveries(trellis.decode, RATE_34_BURST, INFORMATION_BITS, wrong_bits, 60) >= least


@pytest.mark.parametrize(("wrong_bits", "least"), [(1, 40), (2, 40), (3, 38), (4, 34), (6, 20)])
def test_viterbi_recovery_with_a_check_to_choose_by(wrong_bits: int, least: int) -> None:
    def in_a_data_burst(burst: bytes) -> bytes:
        return DataBurst(burst, Sync.BS_DATA, None).payload(DataType.RATE_34_DATA)

    assert recoveries(in_a_data_burst, RATE_34_BURST, INFORMATION_BITS, wrong_bits, 40) >= least


@pytest.mark.parametrize(("wrong_bits", "least"), [(1, 200), (2, 200), (3, 180), (4, 145), (5, 95)])
def test_embedded_recovery(wrong_bits: int, least: int) -> None:
    assert recoveries(embedded.decode, EMBEDDED, range(128), wrong_bits) >= least


@pytest.mark.parametrize("length", range(1, 9))
def test_unbroken_runs_of_wrong_bits_are_repaired(length: int) -> None:
    information = bptc.decode(CSBK_BURST)
    for start in range(196 - length + 1):
        run = [INFORMATION_BITS[place] for place in range(start, start + length)]
        assert bptc.decode(damaged(CSBK_BURST, run)) == information
    lc = embedded.decode(EMBEDDED)
    for start in range(128 - length + 1):
        run = list(range(start, start + length))
        assert embedded.decode(damaged(EMBEDDED, run)) == lc


def test_bptc_repairs_every_single_bit() -> None:
    for bit in INFORMATION_BITS:
        assert bptc.decode(damaged(CSBK_BURST, [bit])) == CSBK


@pytest.mark.slow
def test_bptc_repairs_every_pair_of_bits() -> None:
    for pair in combinations(INFORMATION_BITS, 2):
        assert bptc.decode(damaged(CSBK_BURST, list(pair))) == CSBK


def test_a_wrong_bit_never_changes_what_a_captured_burst_says() -> None:
    for octets in CAPTURED[::4]:
        read = parse_burst(octets)
        if not isinstance(read, DataBurst) or read.slot_type is None:
            continue
        said = read.slot_type, read.payload()
        for bit in range(264):
            again = parse_burst(damaged(octets, [bit]))
            assert isinstance(again, DataBurst)
            assert (again.slot_type, again.payload()) == said


def test_viterbi_repairs_every_single_bit() -> None:
    for bit in INFORMATION_BITS:
        assert trellis.decode(damaged(RATE_34_BURST, [bit])) == RATE_34


def distance(block: bytes, burst: bytes) -> int:
    """Bits in which a burst differs from the one of a rate 3/4 block."""
    sent = trellis.encode(block).to_bytes(33, "big")
    return sum((sent[at // 8] ^ burst[at // 8]) >> 7 - at % 8 & 1 for at in INFORMATION_BITS)


def test_the_search_finds_what_the_list_puts_first() -> None:
    rng = random.Random(49)
    for _ in range(40):
        burst = damaged(RATE_34_BURST, rng.sample(INFORMATION_BITS, rng.randrange(1, 6)))
        found, listed = trellis.decode(burst), trellis.nearest(burst, 1)[0]
        assert distance(found, burst) == distance(listed, burst)


def test_noise_is_no_rate_34_block() -> None:
    rng = random.Random(3)
    refused = 0
    for _ in range(50):
        try:
            trellis.decode(rng.randbytes(33))
        except MalformedError:
            refused += 1

    assert refused == 50


@pytest.mark.parametrize(
    ("information", "parity"),
    # ETSI's generator rows as the receivers print them
    list(
        zip(
            (0x80, 0x40, 0x20, 0x10, 0x08, 0x04, 0x02, 0x01),
            (0x3DA, 0xD99, 0x6CD, 0x367, 0xDC6, 0xA97, 0x93E, 0x8EB),
            strict=True,
        )
    ),
)
def test_golay_20_8_rows(information: int, parity: int) -> None:
    assert GOLAY_20_8.encode(information) == information << 12 | parity


@pytest.mark.parametrize(
    ("code", "distance"),
    [
        (GOLAY_20_8, 8),
        (GOLAY_24_12, 8),
        (GOLAY_23_12, 7),
        (QR_16_7, 6),
        (HAMMING_15_11, 3),
        (HAMMING_16_11, 4),
        (HAMMING_13_9, 3),
        (HAMMING_17_12, 3),
        (HAMMING_7_4, 3),
    ],
)
def test_minimum_distance(code: BlockCode, distance: int) -> None:
    weights = (code.encode(word).bit_count() for word in range(1, 1 << code.information))

    assert min(weights) == distance
