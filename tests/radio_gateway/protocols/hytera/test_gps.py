from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radio_gateway.domain.geo import GeoPoint
from radio_gateway.protocols.hytera.gps import GpsData, gps_data
from radio_gateway.protocols.hytera.lp import span, span_seconds

LIEPAJA = b"A101500140226N5630.6600E02100.840012.090"
"56.5110 N 21.0140 E: 0.5110 x 60 = 30.66 minutes, 0.0140 x 60 = 0.84; worked out by hand."


def with_field(at: int, octets: bytes) -> GpsData:
    return GpsData.from_bytes(LIEPAJA[:at] + octets + LIEPAJA[at + len(octets) :])


def test_a_position_is_read_in_degrees() -> None:
    gps = GpsData.from_bytes(LIEPAJA)
    assert gps.point is not None
    assert gps.point.lat == pytest.approx(56.5110, abs=1e-9)
    assert gps.point.lon == pytest.approx(21.0140, abs=1e-9)
    assert gps.fixed_at == datetime(2026, 2, 14, 10, 15, tzinfo=UTC)
    assert (gps.speed_knots, gps.course_deg) == (12.0, 90)


def test_south_and_west_are_negative() -> None:
    gps = GpsData.from_bytes(LIEPAJA.replace(b"N", b"S").replace(b"E", b"W"))
    assert gps.point is not None
    assert gps.point.lat == pytest.approx(-56.5110)
    assert gps.point.lon == pytest.approx(-21.0140)


def test_a_valid_report_without_a_date_has_no_fix_time() -> None:
    gps = with_field(7, bytes(6))
    assert gps.valid
    assert gps.date is None
    assert gps.fixed_at is None
    assert gps.point is not None
    assert gps.to_bytes() == LIEPAJA[:7] + bytes(6) + LIEPAJA[13:]


def test_missing_speed_and_course_are_none_and_not_zero() -> None:
    gps = GpsData.from_bytes(LIEPAJA[:34] + bytes(6))
    assert (gps.speed_knots, gps.course_deg) == (None, None)


@pytest.mark.parametrize(
    ("at", "octets"),
    [
        (14, b"9100.0000"),
        (14, b"5660.0000"),
        (14, b"56 0.0000"),
        (14, b"\xb25.0.0000"),
        (13, b"X"),
        (24, b"18100.0000"),
        (24, bytes(10)),
        (23, bytes(1)),
    ],
)
def test_a_text_that_is_no_place_gives_no_point(at: int, octets: bytes) -> None:
    assert with_field(at, octets).point is None


@pytest.mark.parametrize("octets", [b"nan", b"inf", b"-1.", b"1e3", b"..."])
def test_a_text_that_is_no_speed_gives_none(octets: bytes) -> None:
    assert with_field(34, octets).speed_knots is None


@pytest.mark.parametrize(("octets", "degrees"), [(b"360", 0), (b"361", None), (b"9.0", None)])
def test_courses_are_0_to_359(octets: bytes, degrees: int | None) -> None:
    assert with_field(37, octets).course_deg == degrees


def test_a_date_that_does_not_exist_gives_no_fix_time() -> None:
    assert with_field(7, b"310226").fixed_at is None
    assert with_field(1, b"246000").fixed_at is None


def test_a_radio_that_never_had_a_fix_has_no_point() -> None:
    zeros = b"V" + bytes(12) + b"N0000.0000E00000.0000" + bytes(6)
    assert GpsData.from_bytes(zeros).point is None


def test_writing_a_position_gives_what_a_radio_writes() -> None:
    gps = gps_data(
        GeoPoint(56.5110, 21.0140),
        fixed_at=datetime(2026, 2, 14, 10, 15, tzinfo=UTC),
        speed_knots=12.0,
        course_deg=90.0,
    )
    assert gps.to_bytes() == LIEPAJA


@pytest.mark.parametrize(
    ("knots", "text"), [(0.0, "0.0"), (9.94, "9.9"), (9.96, "10."), (67.2, "67."), (1500, "999")]
)
def test_speeds_are_three_characters(knots: float, text: str) -> None:
    assert gps_data(None, fixed_at=None, speed_knots=knots).speed == text


@settings(deadline=None)
@given(lat=st.floats(-90, 90), lon=st.floats(-180, 180))
def test_any_place_survives_to_a_ten_thousandth_minute(lat: float, lon: float) -> None:
    octets = gps_data(GeoPoint(lat, lon), fixed_at=None).to_bytes()
    point = GpsData.from_bytes(octets).point
    assert point is not None
    assert point.lat == pytest.approx(lat, abs=1e-6)
    assert point.lon == pytest.approx(lon, abs=1e-6)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "00000000"), (30, "00000030"), (3661, "00010101"), (90061, "01010101")],
)
def test_spans_are_days_hours_minutes_seconds(seconds: int, text: str) -> None:
    assert span(seconds) == text
    assert span_seconds(text) == seconds


@pytest.mark.parametrize("seconds", [-1, 100 * 86_400])
def test_a_span_that_does_not_fit_is_refused(seconds: int) -> None:
    with pytest.raises(ValueError, match="99 days"):
        span(seconds)


@pytest.mark.parametrize("text", ["", "0000003", "0000003x", "00000\xb20"])
def test_a_text_that_is_no_span_is_none(text: str) -> None:
    assert span_seconds(text) is None
