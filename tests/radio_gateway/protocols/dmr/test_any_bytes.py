"""Whatever comes in, a decoder gives a value or says MalformedError."""

import contextlib
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radio_gateway.protocols.dmr import bptc, embedded, trellis
from radio_gateway.protocols.dmr.burst import DataBurst, VoiceBurst, parse_burst
from radio_gateway.protocols.dmr.checks import CrcMask, seal
from radio_gateway.protocols.dmr.csbk import Csbk
from radio_gateway.protocols.dmr.data_header import parse_data_header
from radio_gateway.protocols.dmr.data_packet import ConfirmedBlock, open_packet
from radio_gateway.protocols.dmr.emb import Emb
from radio_gateway.protocols.dmr.ip import CompressedUdp, UdpDatagram
from radio_gateway.protocols.dmr.link_control import parse_lc
from radio_gateway.protocols.dmr.pi_header import PiHeader
from radio_gateway.protocols.dmr.short_lc import ShortLc
from radio_gateway.protocols.errors import MalformedError

_ROOT = Path(__file__).parents[3] / "vectors/dmr"


def whole_burst(octets: bytes) -> None:
    match burst := parse_burst(octets):
        case DataBurst():
            burst.payload()
        case VoiceBurst():
            assert 0 <= burst.wrong_bits <= 141


def sealed_csbk(octets: bytes) -> None:
    Csbk.parse(seal(octets[:10].ljust(10, b"\0"), CrcMask.CSBK)).message()


def sealed_data_header(octets: bytes) -> None:
    parse_data_header(seal(octets[:10].ljust(10, b"\0"), CrcMask.DATA_HEADER))


DECODERS: dict[str, Callable[[bytes], object]] = {
    "burst": whole_burst,
    "bptc": bptc.decode,
    "trellis": trellis.decode,
    "embedded": embedded.decode,
    "emb": Emb.parse,
    "lc": parse_lc,
    "short lc": lambda octets: ShortLc.parse(int.from_bytes(octets[:9], "big")),
    "csbk": Csbk.parse,
    "sealed csbk": sealed_csbk,
    "data header": parse_data_header,
    "sealed data header": sealed_data_header,
    "pi header": PiHeader.parse,
    "confirmed block": ConfirmedBlock.parse,
    "packet": lambda octets: open_packet(octets, 4),
    "udp": UdpDatagram.parse,
    "compressed udp": CompressedUdp.parse,
}


@pytest.mark.parametrize("decode", DECODERS.values(), ids=DECODERS.keys())
@given(data=st.binary(max_size=64) | st.binary(min_size=33, max_size=33))
def test_any_bytes(decode: Callable[[bytes], object], data: bytes) -> None:
    with contextlib.suppress(MalformedError):
        decode(data)


def golden() -> list[bytes]:
    vectors: list[dict[str, Any]] = []
    for name in ("bursts", "link_control", "control_blocks", "data"):
        vectors += json.loads((_ROOT / f"{name}.json").read_text())
    return [bytes.fromhex(vector["hex"]) for vector in vectors]


@pytest.mark.parametrize("decode", DECODERS.values(), ids=DECODERS.keys())
def test_every_prefix_of_golden_frames(decode: Callable[[bytes], object]) -> None:
    for frame in golden()[::5]:
        for length in range(min(len(frame), 40)):
            with contextlib.suppress(MalformedError):
                decode(frame[:length])


@pytest.mark.slow
@pytest.mark.parametrize("decode", DECODERS.values(), ids=DECODERS.keys())
def test_200_000_mutated_frames(decode: Callable[[bytes], object]) -> None:
    rng = random.Random(200_000)
    frames = golden()
    for _ in range(200_000):
        frame = bytearray(rng.choice(frames))
        for _ in range(rng.randrange(1, 6)):
            frame[rng.randrange(len(frame))] ^= 1 << rng.randrange(8)
        if rng.random() < 0.2:
            del frame[rng.randrange(len(frame)) :]
        with contextlib.suppress(MalformedError):
            decode(bytes(frame))
