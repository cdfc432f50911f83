"""RMC, GGA, GLL and other lines: known lines first, then the traps, then any bytes."""

import contextlib
import json
from datetime import date, time
from functools import reduce
from operator import xor
from pathlib import Path
from typing import Any

import pynmea2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.nmea.reader import MAX_LINE, LineReader
from radio_gateway.protocols.nmea.sentences import (
    Gga,
    Gll,
    OtherSentence,
    Rmc,
    Sentence,
    build_rmc,
    parse,
)

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[3] / "vectors/serial/nmea.json").read_text()
)
NAMES = [vector["name"] for vector in VECTORS]


def sealed(body: str) -> bytes:
    octets = body.encode("latin-1")
    return b"$%s*%02X" % (octets, reduce(xor, octets, 0))


def shown_time(value: time | None) -> str | None:
    if value is None:
        return None
    text = value.isoformat()
    return text.rstrip("0") if "." in text else text


def record(sentence: Sentence) -> dict[str, Any]:
    """A value in the terms of the vector file."""
    if isinstance(sentence, OtherSentence):
        address = sentence.address
        own: dict[str, Any] = {"type": "other", "fields": list(sentence.fields)}
    else:
        address = f"{sentence.talker}{type(sentence).__name__.upper()}"
        own = {
            "type": "position",
            "time": shown_time(sentence.utc_time),
            "latitude": sentence.lat,
            "longitude": sentence.lon,
            "valid": sentence.valid,
        }
    match sentence:
        case Rmc():
            own |= {
                "fix": sentence.status,
                "speed_knots": sentence.speed_knots,
                "course_deg": sentence.course_deg,
                "date": sentence.utc_date and sentence.utc_date.isoformat(),
                "magvar_deg": sentence.variation_deg,
                "mode": sentence.mode,
                "nav_status": sentence.nav_status,
            }
        case Gga():
            own |= {
                "quality": sentence.quality,
                "satellites": sentence.satellites,
                "hdop": sentence.hdop,
                "altitude_m": sentence.altitude_m,
            }
        case Gll():
            own |= {"fix": sentence.status, "mode": sentence.mode}
    return own | {
        "sentence": address,
        "talker": address[:2],
        "formatter": address[2:],
        "checksum": sentence.checksum.state,
        "checksum_given": sentence.checksum.given,
        "checksum_computed": f"{sentence.checksum.computed:02X}",
    }


def assert_same(got: dict[str, Any], expected: dict[str, Any]) -> None:
    assert got.keys() == expected.keys()
    for key, value in expected.items():
        if isinstance(value, float):
            assert got[key] == pytest.approx(value, abs=1e-6), key
        else:
            assert got[key] == value, key


@pytest.mark.parametrize("vector", VECTORS, ids=NAMES)
def test_vector_reads_as_written_down(vector: dict[str, Any]) -> None:
    reader = LineReader()
    lines = reader.feed(bytes.fromhex(vector["hex"])) + reader.flush()
    expected = vector["expect"]["messages"]
    assert len(lines) == len(expected)
    for line, message in zip(lines, expected, strict=True):
        assert_same(record(parse(line)), message)


@pytest.mark.parametrize("vector", VECTORS, ids=NAMES)
def test_every_cut_gives_the_same_lines(vector: dict[str, Any]) -> None:
    data = bytes.fromhex(vector["hex"])
    whole = LineReader().feed(data)
    for cut in range(len(data) + 1):
        reader = LineReader()
        assert reader.feed(data[:cut]) + reader.feed(data[cut:]) == whole


RMC = "GPRMC,160902,A,{place},5.0,90.0,070617,,,A"


@pytest.mark.parametrize(
    "place",
    [
        "abcd,N,07228.2519,E",
        ",,,",
        "0,N,0,E",
        "2301.2967,X,07228.2519,E",
        "9901.2900,N,07228.2519,E",
        "2399.0000,N,07228.2519,E",
        "9000.0001,N,07228.2519,E",
        "2301.2967,E,07228.2519,N",
        "-301.2967,N,07228.2519,E",
    ],
)
def test_a_latitude_that_cannot_be_is_none(place: str) -> None:
    sentence = parse(sealed(RMC.format(place=place)))
    assert isinstance(sentence, Rmc)
    assert sentence.lat is None
    assert not sentence.valid


@pytest.mark.parametrize("place", ["2301.2967,N,99928.2500,E", "2301.2967,N,18000.0001,W"])
def test_a_longitude_that_cannot_be_is_none(place: str) -> None:
    sentence = parse(sealed(RMC.format(place=place)))
    assert isinstance(sentence, Rmc)
    assert sentence.lon is None


def test_minutes_without_a_decimal_point_are_read() -> None:
    sentence = parse(sealed(RMC.format(place="2330,N,07230,E")))
    assert isinstance(sentence, Rmc)
    assert (sentence.lat, sentence.lon) == (23.5, 72.5)


@pytest.mark.parametrize(
    ("field", "body"),
    [
        ("utc_time", "GPRMC,250000,A,2301.2967,N,07228.2519,E,5.0,90.0,070617,,,A"),
        ("utc_time", "GPRMC,1609,A,2301.2967,N,07228.2519,E,5.0,90.0,070617,,,A"),
        ("utc_time", "GPRMC,16 902,A,2301.2967,N,07228.2519,E,5.0,90.0,070617,,,A"),
        ("utc_date", "GPRMC,160902,A,2301.2967,N,07228.2519,E,5.0,90.0,310220,,,A"),
        ("utc_date", "GPRMC,160902,A,2301.2967,N,07228.2519,E,5.0,90.0,,,,A"),
        ("speed_knots", "GPRMC,160902,A,2301.2967,N,07228.2519,E,nan,90.0,070617,,,A"),
        ("speed_knots", "GPRMC,160902,A,2301.2967,N,07228.2519,E,1e9,90.0,070617,,,A"),
        ("speed_knots", f"GPRMC,160902,A,2301.2967,N,07228.2519,E,{'9' * 400},90.0,070617,,,A"),
        ("course_deg", "GPRMC,160902,A,2301.2967,N,07228.2519,E,5.0,inf,070617,,,A"),
    ],
)
def test_a_field_that_cannot_be_is_none_and_the_rest_stays(field: str, body: str) -> None:
    sentence = parse(sealed(body))
    assert isinstance(sentence, Rmc)
    assert getattr(sentence, field) is None
    assert sentence.lat == pytest.approx(23.0216117, abs=1e-6)


@pytest.mark.parametrize(
    ("digits", "year"), [("80", 1980), ("99", 1999), ("00", 2000), ("79", 2079)]
)
def test_two_digit_years_turn_at_1980(digits: str, year: int) -> None:
    sentence = parse(sealed(f"GPRMC,160902,A,2301.2967,N,07228.2519,E,5.0,90.0,0706{digits},,,A"))
    assert isinstance(sentence, Rmc)
    assert sentence.utc_date == date(year, 6, 7)


def test_a_fix_with_nav_status_v_is_valid() -> None:
    sentence = parse(sealed("GNRMC,160902,A,2301.2967,N,07228.2519,E,0.0,,070617,,,A,V"))
    assert isinstance(sentence, Rmc)
    assert sentence.valid


def test_unicode_digits_are_malformed() -> None:
    with pytest.raises(MalformedError, match="outside ASCII"):
        parse("$GPRMC,160902,A,٢٣01.2967,N,07228.2519,E,,,,,*00".encode())


@pytest.mark.parametrize(
    "line", [b"", b"GPGLL,3926.7952,N,12000.5947,W,022732,A,A*58", b"$", b"$*00", b"$gprmc,1*00"]
)
def test_a_line_without_start_and_address_is_malformed(line: bytes) -> None:
    with pytest.raises(MalformedError, match="no NMEA sentence"):
        parse(line)


@pytest.mark.parametrize(
    ("ending", "state"),
    [("*58", "ok"), ("*5", "bad"), ("*", "empty"), ("", "absent"), ("*5g", "bad"), ("*580", "bad")],
)
def test_the_state_of_the_checksum(ending: str, state: str) -> None:
    sentence = parse(b"$GPGLL,3926.7952,N,12000.5947,W,022732,A,A" + ending.encode())
    assert sentence.checksum.state == state


def test_lower_case_hex_is_good() -> None:
    # the vector `rmc-gn` in lower case
    line = b"$GNRMC,220516,A,5133.82,N,00042.24,W,173.8,231.8,130694,004.2,W*6e"
    assert parse(line).checksum.state == "ok"


def test_a_tag_block_in_front_is_stripped() -> None:
    line = parse(rb"\s:boat,c:1480000000*11\$GPGLL,3926.7952,N,12000.5947,W,022732,A,A*58")
    assert isinstance(line, Gll)
    assert line.checksum.state == "ok"


def test_a_query_is_no_position() -> None:
    sentence = parse(sealed("CCGPQ,GGA"))
    assert isinstance(sentence, OtherSentence)
    assert sentence.query


def test_a_makers_own_sentence_is_another_sentence() -> None:
    assert isinstance(parse(sealed("PXGGA,160902,2301.2967,N,07228.2519,E,1")), OtherSentence)


def test_an_encapsulated_sentence_is_another_sentence() -> None:
    assert isinstance(parse(b"!AIVDM,1,1,,A,14eG;o@034o8sd<L9i:a;WF>062D,0*7D"), OtherSentence)


def test_the_last_sentence_of_a_noisy_line_is_read() -> None:
    noise = b"\xff$GPR\x00$GPRMC,160902,A,23"
    sentence = parse(noise + b"$GPGLL,3926.7952,N,12000.5947,W,022732,A,A*58")
    assert isinstance(sentence, Gll)
    assert sentence.checksum.state == "ok"


@given(
    lat=st.floats(-89.99, 89.99),
    lon=st.floats(-179.99, 179.99),
    knots=st.floats(0, 90),
    course=st.floats(0, 359.9),
)
def test_what_is_built_reads_back(lat: float, lon: float, knots: float, course: float) -> None:
    line = build_rmc(
        talker="GP",
        at=time(10, 39),
        on=date(2026, 3, 1),
        lat=lat,
        lon=lon,
        speed_knots=knots,
        course_deg=course,
    )
    sentence = parse(line)
    oracle = pynmea2.parse(line.decode(), check=True)
    assert isinstance(sentence, Rmc)
    assert sentence.valid
    assert sentence.lat == pytest.approx(lat, abs=1e-6)
    assert sentence.lon == pytest.approx(lon, abs=1e-6)
    assert sentence.lat == pytest.approx(oracle.latitude, abs=1e-9)
    assert sentence.lon == pytest.approx(oracle.longitude, abs=1e-9)
    assert (sentence.speed_knots, sentence.course_deg) == (oracle.spd_over_grnd, oracle.true_course)
    assert sentence.utc_time == oracle.timestamp.replace(tzinfo=None)
    assert sentence.utc_date == oracle.datestamp


@given(st.binary(max_size=120))
def test_any_bytes_read_or_are_malformed(data: bytes) -> None:
    with contextlib.suppress(MalformedError):
        parse(data)


@given(
    st.sampled_from(["GPRMC", "GNGGA", "IIGLL", "GPVTG", "PKWDX"]),
    st.lists(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12), max_size=16),
)
def test_any_fields_read_or_are_malformed(address: str, fields: list[str]) -> None:
    with contextlib.suppress(MalformedError):
        parse(sealed(",".join([address, *fields])))


def test_a_line_without_end_keeps_only_its_tail() -> None:
    reader = LineReader()
    good = b"$GPGLL,3926.7952,N,12000.5947,W,022732,A,A*58"
    lines = reader.feed(b"\xaa" * 100_000 + good + b"\r\n")
    assert len(lines) == 1
    assert len(lines[0]) == MAX_LINE
    assert parse(lines[0]).checksum.state == "ok"
    assert reader.dropped == 100_000 + len(good) - MAX_LINE
