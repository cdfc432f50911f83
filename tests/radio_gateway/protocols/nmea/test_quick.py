"""The quick way gives what the way through pynmea2 gives, or nothing."""

import json
import random
from pathlib import Path

import pytest

from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.nmea import quick
from radio_gateway.protocols.nmea.line import NmeaLine, write
from radio_gateway.protocols.nmea.sentences import Gga, Rmc, interpret

VECTORS = Path(__file__).parents[3] / "vectors" / "serial" / "nmea.json"
USUAL = [
    b"$GNRMC,220516,A,5133.82,N,00042.24,W,173.8,231.8,130694,004.2,W*6E",
    write("GPRMC,103900.00,A,5630.66000,N,02100.84000,E,0.004,77.52,221126,,,A"),
    write("GNRMC,103900.00,V,5630.66000,S,02100.84000,E,,,221126,,,N,V"),
    write("GPRMC,,A,5630.66,N,02100.84,E,1.5,,,003.1,E"),
    write("GPGGA,103900,5630.6600,N,02100.8400,E,1,08,0.9,12.4,M,25.0,M,,"),
    write("GNGGA,103900.5,5630.6600,N,17959.9999,W,2,12,,-3.5,M,,,1.0,0001"),
]


def read(line: bytes) -> object:
    """By the long way; None: malformed."""
    try:
        return interpret(NmeaLine.parse(line))
    except MalformedError:
        return None


@pytest.mark.parametrize("line", USUAL)
def test_usual_sentences_go_the_quick_way_with_the_same_value(line: bytes) -> None:
    found = quick.read(line)
    assert isinstance(found, Rmc | Gga)
    assert found == read(line)
    assert hash(found) == hash(read(line))


def test_the_values_of_one_sentence() -> None:
    """Worked out by hand: 51 degrees 33.82 minutes, 42.24 minutes west."""
    found = quick.read(USUAL[0])
    assert isinstance(found, Rmc)
    assert (found.lat, found.lon) == pytest.approx((51.563666667, -0.704))
    assert (found.speed_knots, found.course_deg, found.variation_deg) == (173.8, 231.8, -4.2)
    assert str(found.utc_time) == "22:05:16"
    assert str(found.utc_date) == "1994-06-13"
    assert found.checksum.given == "6E"


@pytest.mark.parametrize(
    "line",
    [
        USUAL[0][:-2] + b"6F",
        b"$GNRMC,220516,A,5133.82,N,00042.24,W,173.8,231.8,130694,004.2,W",
        write("GNRMC,240516,A,5133.82,N,00042.24,W,173.8,231.8,130694,004.2,W"),
        write("GNRMC,220516,A,5163.82,N,00042.24,W,173.8,231.8,130694,004.2,W"),
        write("GNRMC,220516,A,5133.82,N,00042.24,W,17.3.8,231.8,130694,004.2,W"),
        write("GNRMC,220516,A,5133.82,N,00042.24,W,1e3,231.8,130694,004.2,W"),
        write("GPGLL,5630.6600,N,02100.8400,E,103900,A"),
        write("PXRMC,220516,A,5133.82,N,00042.24,W,173.8,231.8,130694,004.2,W"),
        b"",
        b"$",
        "$GNRMC,é".encode(),
    ],
)
def test_what_is_unusual_is_left_to_the_long_way(line: bytes) -> None:
    assert quick.read(line) is None


def test_any_damage_gives_the_same_value_both_ways() -> None:
    chance = random.Random(4)
    lines = USUAL + [
        bytes.fromhex(each["hex"]).rstrip(b"\r\n") for each in json.loads(VECTORS.read_text())
    ]
    quickly = 0
    for _ in range(20_000):
        line = bytearray(chance.choice(lines))
        for _ in range(chance.randint(0, 2)):
            at = chance.randrange(1, len(line))
            line[at : at + chance.randint(0, 2)] = bytes(
                chance.choice(b"0123456789.,-NSEWAVMRG*\x80") for _ in range(chance.randint(0, 2))
            )
        body = bytes(line).rpartition(b"*")[0][1:]
        if body.isascii():
            line = bytearray(write(body.decode()))
        found = quick.read(bytes(line))
        quickly += found is not None
        assert found is None or found == read(bytes(line)), bytes(line)
    assert quickly > 3000
