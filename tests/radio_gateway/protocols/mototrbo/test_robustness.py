"""Any octets become a value that builds octets with the same meaning, or a MalformedError."""

import contextlib
import json
import os
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.mototrbo.ars import parse_ars
from radio_gateway.protocols.mototrbo.battery import parse_battery
from radio_gateway.protocols.mototrbo.lrrp import (
    OtherDocument,
    Report,
    Request,
    build_document,
    parse_lrrp,
)
from radio_gateway.protocols.mototrbo.numbers import (
    build_float,
    build_signed_float,
    build_unsigned,
    read_float,
    read_signed_float,
    read_unsigned,
)
from radio_gateway.protocols.mototrbo.tms import UnknownTms, parse_tms

FOLDER = Path(__file__).parents[3] / "vectors" / "mototrbo"
SLOWEST_S = 0.05
MUTATIONS = int(os.environ.get("SARDZE_FUZZ", "200000"))
"Per service; 5000000 for a long run."


def vectors(name: str) -> list[bytes]:
    entries = json.loads((FOLDER / f"{name}.json").read_text())
    return sorted({bytes.fromhex(entry["hex"]) for entry in entries})


def use_all(value: object) -> None:
    """Read every property, as an adapter may."""
    for name in dir(type(value)):
        if isinstance(getattr(type(value), name), property):
            getattr(value, name)


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
    use_all(parse_battery(data))


READERS: dict[str, Callable[[bytes], None]] = {
    "ars": ars,
    "tms": tms,
    "lrrp": lrrp,
    "battery": battery,
}


@pytest.mark.parametrize("name", READERS)
@given(data=st.binary(max_size=80))
def test_any_octets_are_read_or_malformed(name: str, data: bytes) -> None:
    for octets in (data, repaired(name, data)):
        with contextlib.suppress(MalformedError):
            READERS[name](octets)


@pytest.mark.parametrize("name", READERS)
def test_every_datagram_cut_anywhere_is_read_or_malformed(name: str) -> None:
    for datagram in vectors(name):
        for size in range(len(datagram)):
            with contextlib.suppress(MalformedError):
                READERS[name](datagram[:size])


@pytest.mark.parametrize("name", ["ars", "tms", "lrrp"])
def test_a_datagram_cut_short_is_malformed(name: str) -> None:
    for datagram in vectors(name):
        for size in range(len(datagram)):
            with pytest.raises(MalformedError):
                READERS[name](datagram[:size])


@pytest.mark.parametrize("name", READERS)
def test_every_datagram_with_any_bit_turned_is_read_or_malformed(name: str) -> None:
    for datagram in vectors(name):
        for bit in range(8 * len(datagram)):
            turned = bytearray(datagram)
            turned[bit // 8] ^= 1 << bit % 8
            with contextlib.suppress(MalformedError):
                READERS[name](bytes(turned))


@given(st.integers(0, 2**32 - 1))
def test_whole_numbers_go_there_and_back(value: int) -> None:
    octets = build_unsigned(value)
    assert read_unsigned(octets, 0, len(octets)) == (value, len(octets))


@given(st.integers(0, 2**30), st.integers(0, 2**14 - 1), st.booleans())
def test_fractions_go_there_and_back(whole: int, fraction: int, negative: bool) -> None:
    value = whole + fraction / 2**14
    octets = build_float(value)
    assert read_float(octets, 0, len(octets)) == (value, len(octets))
    signed = -value if negative else value
    octets = build_signed_float(signed)
    assert read_signed_float(octets, 0, len(octets)) == (signed, len(octets))


@pytest.mark.parametrize("octets", ["", "80", "8080808080", "FFFFFFFF7F", "808080808001"])
def test_numbers_without_an_end_or_over_32_bits_are_malformed(octets: str) -> None:
    data = bytes.fromhex(octets)
    for read in (read_unsigned, read_float, read_signed_float):
        with pytest.raises(MalformedError):
            read(data, 0, len(data))


def mutated(datagram: bytes, rng: random.Random) -> bytes:
    """Turn, drop, add or repeat a few octets."""
    data = bytearray(datagram)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(data) + 1)
        match rng.randrange(4):
            case 0 if at < len(data):
                data[at] ^= 1 << rng.randrange(8)
            case 1:
                del data[at : at + rng.randint(1, 8)]
            case 2:
                data[at:at] = rng.randbytes(rng.randint(1, 8))
            case _:
                data[at:at] = data[at : at + rng.randint(1, 8)]
    return bytes(data)


def repaired(name: str, data: bytes) -> bytes:
    """Set the length right, so that the damage reaches the fields."""
    if name in ("ars", "tms"):
        return len(data[2:]).to_bytes(2, "big") + data[2:]
    if name == "lrrp" and len(data) >= 2:
        kind = data[0] if 4 <= data[0] <= 0x27 else 4 + data[0] % 0x12
        return bytes((kind,)) + build_unsigned(len(data) - 2) + data[2:]
    return data


@pytest.mark.slow
@pytest.mark.parametrize("name", READERS)
def test_mutated_datagrams_are_read_or_malformed_and_none_takes_long(name: str) -> None:
    rng = random.Random(20260101)
    originals = vectors(name)
    slowest = 0.0
    for n in range(MUTATIONS):
        data = mutated(rng.choice(originals), rng)
        octets = repaired(name, data) if n % 2 else data
        began = time.thread_time()
        with contextlib.suppress(MalformedError):
            READERS[name](octets)
        slowest = max(slowest, time.thread_time() - began)
    assert slowest < SLOWEST_S
