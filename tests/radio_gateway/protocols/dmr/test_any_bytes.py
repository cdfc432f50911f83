"""Whatever comes in, a decoder gives a value or says MalformedError, and soon."""

import contextlib
import json
import os
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radio_gateway.protocols.dmr import bptc, embedded, single_burst, trellis
from radio_gateway.protocols.dmr.air import Channel
from radio_gateway.protocols.dmr.burst import DataBurst, VoiceBurst, build_data, parse_burst
from radio_gateway.protocols.dmr.checks import CrcMask, crc32, seal
from radio_gateway.protocols.dmr.content import content_of
from radio_gateway.protocols.dmr.csbk import Csbk
from radio_gateway.protocols.dmr.data_header import parse_data_header
from radio_gateway.protocols.dmr.data_packet import MASK_BY_SIZE, ConfirmedBlock, open_packet
from radio_gateway.protocols.dmr.emb import Emb
from radio_gateway.protocols.dmr.ip import CompressedUdp, UdpDatagram
from radio_gateway.protocols.dmr.link_control import lc_of_burst, open_full_lc, parse_lc
from radio_gateway.protocols.dmr.location import LipShortReport, UdtPosition
from radio_gateway.protocols.dmr.multi_block import MultiBlockCollector
from radio_gateway.protocols.dmr.opcodes import name_of
from radio_gateway.protocols.dmr.pi_header import PiHeader
from radio_gateway.protocols.dmr.reassembly import Reassembler
from radio_gateway.protocols.dmr.reed_solomon import RsMask, rs_seal
from radio_gateway.protocols.dmr.short_lc import ShortLc
from radio_gateway.protocols.dmr.short_text import decode as decode_text
from radio_gateway.protocols.dmr.slot_type import DataType, SlotType
from radio_gateway.protocols.dmr.trunking import ChannelGrant
from radio_gateway.protocols.errors import MalformedError

_ROOT = Path(__file__).parents[3] / "vectors/dmr"
MUTATIONS: Final = int(os.environ.get("DMR_MUTATIONS", "250000"))
"Mutated frames of the slow test, all decoders together; 5000000 take a quarter of an hour."
SLOWEST_S: Final = 0.05
_CHANNEL = Channel(1)


def whole_burst(octets: bytes) -> None:
    match burst := parse_burst(octets):
        case DataBurst():
            burst.payload()
        case VoiceBurst():
            assert 0 <= burst.wrong_bits <= 141


def in_a_burst(octets: bytes) -> None:
    """The block of any type within a good burst, so that FEC lets all of it through."""
    block = octets[1:13].ljust(12, b"\0")
    kind = DataType(octets[0] & 0xF) if octets else DataType.CSBK
    if kind not in (DataType.RATE_34_DATA, DataType.RATE_1_DATA):
        whole_burst(build_data(_CHANNEL.sync, SlotType(1, kind), block))


def sealed_csbk(octets: bytes) -> None:
    block = Csbk.parse(seal(octets[:10].ljust(10, b"\0"), CrcMask.CSBK))
    block.message()
    ChannelGrant.of(block)
    name_of(block.fid, block.opcode)


def sealed_data_header(octets: bytes) -> None:
    parse_data_header(seal(octets[:10].ljust(10, b"\0"), CrcMask.DATA_HEADER))


def sealed_lc(octets: bytes) -> None:
    block = rs_seal(octets[:9].ljust(9, b"\0"), RsMask.VOICE_LC_HEADER)
    parse_lc(open_full_lc(block, DataType.VOICE_LC_HEADER))


def sealed_pi(octets: bytes) -> None:
    header = PiHeader.parse(seal(octets[:10].ljust(10, b"\0"), CrcMask.PI_HEADER))
    assert header.algorithm_name


def sealed_lip(octets: bytes) -> None:
    LipShortReport.parse(seal(octets[:10].ljust(10, b"\0"), CrcMask.USB_DATA))


def sealed_packet(octets: bytes) -> None:
    """A stream of one header and its blocks, all checksums repaired, to the very content."""
    reassembler = Reassembler()
    head = seal(octets[:10].ljust(10, b"\0"), CrcMask.DATA_HEADER)
    rest = octets[10:130]
    kind = (DataType.RATE_12_DATA, DataType.RATE_34_DATA, DataType.RATE_1_DATA)[len(rest) % 3]
    size = {DataType.RATE_12_DATA: 12, DataType.RATE_34_DATA: 18, DataType.RATE_1_DATA: 24}[kind]
    confirmed = head[0] & 0xF == 3
    data_size = size - 2 * confirmed
    padded = rest + bytes(-(len(rest) + 4) % data_size)
    blocks = padded + crc32(padded)
    count = len(blocks) // data_size
    if head[0] & 0xF in (2, 3):  # announce as many blocks as there are
        head = seal(head[:8] + bytes((0x80 | count, head[9])), CrcMask.DATA_HEADER)
    whole = reassembler.header(parse_data_header(head), 0.0)
    for serial in range(count):
        block = blocks[serial * data_size : (serial + 1) * data_size]
        if confirmed:
            assert size in MASK_BY_SIZE
            block = ConfirmedBlock(serial, block).build()
        whole = reassembler.block(kind, block, serial / 10) or whole
    if whole is not None:
        content_of(whole)
    reassembler.expire(1e9)


def stream(octets: bytes) -> None:
    """Any bursts one after the other."""
    reassembler = Reassembler()
    for at in range(0, len(octets) - 32, 33):
        with contextlib.suppress(MalformedError):
            burst = parse_burst(octets[at : at + 33])
            if isinstance(burst, DataBurst):
                done = reassembler.feed(burst, at / 33)
                if done is not None:
                    content_of(done)
    reassembler.expire(1e9)


def control_message(octets: bytes) -> None:
    collector = MultiBlockCollector()
    collector.header(seal(octets[:10].ljust(10, b"\0"), CrcMask.MBC_HEADER))
    for at in range(10, len(octets), 12):
        collector.add(octets[at : at + 12])


def texts(octets: bytes) -> None:
    text = decode_text(octets[1:], octets[0] if octets else 0)
    assert text is None or "\0" not in text


DECODERS: dict[str, Callable[[bytes], object]] = {
    "burst": whole_burst,
    "block in a burst": in_a_burst,
    "bptc": bptc.decode,
    "trellis": trellis.decode,
    "embedded": embedded.decode,
    "single burst": single_burst.KeyNotice.parse,
    "emb": Emb.parse,
    "lc": parse_lc,
    "lc of a burst": lambda octets: lc_of_burst(octets, DataType.VOICE_LC_HEADER),
    "sealed lc": sealed_lc,
    "short lc": lambda octets: ShortLc.parse(int.from_bytes(octets[:9], "big")),
    "csbk": Csbk.parse,
    "sealed csbk": sealed_csbk,
    "control message": control_message,
    "data header": parse_data_header,
    "sealed data header": sealed_data_header,
    "pi header": PiHeader.parse,
    "sealed pi header": sealed_pi,
    "confirmed block": ConfirmedBlock.parse,
    "packet": lambda octets: open_packet(octets, 4),
    "sealed packet": sealed_packet,
    "stream": stream,
    "udp": UdpDatagram.parse,
    "compressed udp": CompressedUdp.parse,
    "udt position": UdtPosition.parse,
    "sealed lip": sealed_lip,
    "texts": texts,
}
each_decoder = pytest.mark.parametrize("decode", DECODERS.values(), ids=DECODERS.keys())


@each_decoder
@given(data=st.binary(max_size=64) | st.binary(min_size=33, max_size=33))
def test_any_bytes(decode: Callable[[bytes], object], data: bytes) -> None:
    with contextlib.suppress(MalformedError):
        decode(data)


def golden() -> list[bytes]:
    vectors: list[dict[str, Any]] = []
    for name in ("bursts", "link_control", "control_blocks", "data", "published"):
        vectors += json.loads((_ROOT / f"{name}.json").read_text())
    return [bytes.fromhex(vector["hex"]) for vector in vectors]


def prefixes() -> Iterator[bytes]:
    for frame in golden():
        for length in range(min(len(frame), 64)):
            yield frame[:length]


def single_flips() -> Iterator[bytes]:
    for frame in golden():
        for place in range(8 * min(len(frame), 66)):
            flipped = bytearray(frame)
            flipped[place // 8] ^= 0x80 >> place % 8
            yield bytes(flipped)


@each_decoder
def test_every_prefix_of_golden_frames(decode: Callable[[bytes], object]) -> None:
    for frame in prefixes():
        with contextlib.suppress(MalformedError):
            decode(frame)


@pytest.mark.slow
@each_decoder
def test_every_wrong_bit_of_golden_frames(decode: Callable[[bytes], object]) -> None:
    for frame in single_flips():
        with contextlib.suppress(MalformedError):
            decode(frame)


def test_a_wrong_bit_never_changes_what_a_captured_burst_says() -> None:
    """Of the information field, one wrong bit is always repaired; elsewhere nothing is read."""
    bursts = [frame for frame in golden() if len(frame) == 33]
    for octets in bursts[::8]:
        read = parse_burst(octets)
        if not isinstance(read, DataBurst) or read.slot_type is None:
            continue
        said = read.slot_type, read.payload()
        for place in range(264):
            flipped = bytearray(octets)
            flipped[place // 8] ^= 0x80 >> place % 8
            again = parse_burst(bytes(flipped))
            assert isinstance(again, DataBurst)
            assert (again.slot_type, again.payload()) == said


@pytest.mark.slow
@each_decoder
def test_mutated_frames(decode: Callable[[bytes], object]) -> None:
    """Flips, cuts, insertions and joins; none takes longer than 50 ms of processor time."""
    rng = random.Random(MUTATIONS)
    frames = golden()
    for _ in range(MUTATIONS // len(DECODERS)):
        frame = bytearray(rng.choice(frames)[:660])
        for _ in range(rng.randrange(1, 6)):
            frame[rng.randrange(len(frame))] ^= 1 << rng.randrange(8)
        chance = rng.random()
        if chance < 0.2:
            del frame[rng.randrange(len(frame)) :]
        elif chance < 0.3:
            frame += rng.choice(frames)[:66]
        elif chance < 0.4:
            place = rng.randrange(len(frame))
            frame[place:place] = rng.randbytes(rng.randrange(1, 12))
        began = time.thread_time()
        with contextlib.suppress(MalformedError):
            decode(bytes(frame))
        assert time.thread_time() - began < SLOWEST_S, frame.hex()
