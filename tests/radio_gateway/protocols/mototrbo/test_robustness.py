"""Numbers go there and back, and what is cut short is refused (any damage: `fuzzing`)."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.mototrbo.ars import parse_ars
from radio_gateway.protocols.mototrbo.lrrp import parse_lrrp
from radio_gateway.protocols.mototrbo.numbers import (
    build_float,
    build_signed_float,
    build_unsigned,
    read_float,
    read_signed_float,
    read_unsigned,
)
from radio_gateway.protocols.mototrbo.tms import parse_tms

FOLDER = Path(__file__).parents[3] / "vectors" / "mototrbo"
READERS: dict[str, Callable[[bytes], object]] = {
    "ars": parse_ars,
    "tms": parse_tms,
    "lrrp": parse_lrrp,
}


@pytest.mark.parametrize("name", READERS)
def test_a_datagram_cut_short_is_malformed(name: str) -> None:
    for entry in json.loads((FOLDER / f"{name}.json").read_text()):
        datagram = bytes.fromhex(entry["hex"])
        for size in range(len(datagram)):
            with pytest.raises(MalformedError):
                READERS[name](datagram[:size])


def test_a_datagram_no_radio_can_send_costs_nothing() -> None:
    # 65 kB of stop requests took a fifth of a second and were twenty thousand documents
    stop = bytes.fromhex("0F01 33")
    assert len(parse_lrrp(stop * 1365)) == 1365
    with pytest.raises(MalformedError, match="longer than any"):
        parse_lrrp(stop * 1366)


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
