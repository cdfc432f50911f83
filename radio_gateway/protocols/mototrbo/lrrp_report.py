"""What a radio answers and reports: a result, or where it is, how fast and when."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from struct import Struct
from typing import Final

from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.mototrbo.numbers import (
    build_float,
    build_signed_float,
    build_unsigned,
    read_float,
    read_signed_float,
    read_unsigned,
)

WEEKS_LOST: Final = timedelta(weeks=1024)
"A GPS receiver counts weeks in 10 bits; older ones start again from 0."
_LATITUDE_STEP: Final = 90 / 2**31
_LONGITUDE_STEP: Final = 360 / 2**32
_PLACE: Final = Struct(">Ii")
_SOUTH: Final = 0x8000_0000


class Result(IntEnum):
    """Result codes whose meaning is known."""

    OK = 0
    NOT_UNDERSTOOD = 10
    NO_FIX = 15
    "Seen without a fix; its exact meaning is not."
    NO_SATELLITES = 16
    ALREADY_ACTIVE = 22
    INITIALISING = 512


RESULT_WORDS: Final[Mapping[int, str]] = {
    Result.OK: "done",
    Result.NOT_UNDERSTOOD: "the radio does not understand the request",
    Result.NO_FIX: "the radio has no fix",
    Result.NO_SATELLITES: "the radio has no GPS, or no satellites in view",
    Result.ALREADY_ACTIVE: "the radio has such a request already",
    Result.INITIALISING: "the radio's GPS receiver is starting, its fix is not good enough",
}


def result_words(result: int) -> str:
    """A result for people."""
    return RESULT_WORDS.get(result) or f"the radio answered with result {result}"


class Shape(IntEnum):
    """How a place is given; the values are the tokens."""

    CIRCLE_2D = 0x51
    CIRCLE_3D_SHORT = 0x54
    "Without altitude accuracy; no example is known."
    CIRCLE_3D = 0x55
    POINT_2D = 0x66
    POINT_3D = 0x69
    POINT_3D_ACCURACY = 0x6A


_RADIUS: Final = frozenset({Shape.CIRCLE_2D, Shape.CIRCLE_3D_SHORT, Shape.CIRCLE_3D})
_ALTITUDE: Final = frozenset(set(Shape) - {Shape.CIRCLE_2D, Shape.POINT_2D})
_ALTITUDE_ERROR: Final = frozenset({Shape.CIRCLE_3D, Shape.POINT_3D_ACCURACY})


@dataclass(frozen=True, slots=True)
class Report:
    """An answer or report; None where the radio gave no such value."""

    kind: int
    "A `DocumentKind` of answers and reports."
    request: bytes | None = None
    "Id of the request that it belongs to."
    request_short: bool = False
    "Whether the id came in its one-octet form."
    result: int | None = None
    "A `Result`, or a number that is not known."
    result_text: bytes = b""
    stamp: int | None = None
    "40 bits of fix time as sent: `time` reads them."
    shape: Shape | None = None
    latitude: int = 0
    "Sign and magnitude, units of 90/2^31 degrees; meaningful with a shape."
    longitude: int = 0
    "Two's complement, units of 360/2^32 degrees."
    radius_m: float | None = None
    altitude_m: float | None = None
    "Read with a sign, as its type has one; two public readers take 64..127 m for unsigned."
    altitude_error_m: float | None = None
    confidence_percent: int | None = None
    heading: int | None = None
    "Units of 2 degrees from true north, 0..179."
    speed_mps: float | None = None
    speed_other: int | None = None
    "Token 6B, probably whole metres per second; one sample is known, so it is not used."
    vertical_mps: float | None = None
    version: int | None = None
    table: bytes | None = None
    unread: bytes = b""
    "From the first token on that is unknown or cut short; what stands before it is kept."

    @property
    def partial(self) -> bool:
        return bool(self.unread)

    @property
    def latitude_deg(self) -> float:
        """-90..90; the south by sign and magnitude, on which public readers do not agree."""
        magnitude = (self.latitude & ~_SOUTH) * _LATITUDE_STEP
        return -magnitude if self.latitude & _SOUTH else magnitude

    @property
    def longitude_deg(self) -> float:
        return self.longitude * _LONGITUDE_STEP

    @property
    def heading_deg(self) -> int | None:
        """0..358; None: not given, or no direction."""
        return None if self.heading is None or self.heading > 179 else 2 * self.heading

    @property
    def time(self) -> datetime | None:
        """Fix time by the radio's clock, UTC; None: not given, or no date."""
        return None if self.stamp is None else _time(self.stamp)

    def body(self) -> bytes:
        """The octets behind document id, length and constant table, in the usual order."""
        parts = []
        if self.request is not None:
            head = b"\x23" if self.request_short else b"\x22" + build_unsigned(len(self.request))
            parts.append(head + self.request)
        parts.append(self._build_result())
        if self.stamp is not None:
            parts.append(b"\x34" + self.stamp.to_bytes(5, "big"))
        if self.shape is not None:
            parts.append(self._build_place(self.shape))
        if self.confidence_percent is not None:
            parts.append(bytes((0x65, self.confidence_percent)))
        if self.speed_other is not None:
            parts.append(b"\x6b" + build_unsigned(self.speed_other))
        if self.speed_mps is not None:
            parts.append(b"\x6c" + build_float(self.speed_mps))
        if self.heading is not None:
            parts.append(bytes((0x56, self.heading)))
        if self.vertical_mps is not None:
            parts.append(b"\x70" + build_signed_float(self.vertical_mps))
        if self.version is not None:
            parts.append(b"\x36" + build_unsigned(self.version))
        return b"".join(parts) + self.unread

    def _build_result(self) -> bytes:
        if self.result is None:
            return b""
        if self.result_text:
            code, text = build_unsigned(self.result), self.result_text
            return b"\x39" + code + build_unsigned(len(text)) + text
        return b"\x37" + build_unsigned(self.result) if self.result else b"\x38"

    def _build_place(self, shape: Shape) -> bytes:
        octets = bytes((shape,)) + _PLACE.pack(self.latitude, self.longitude)
        if shape in _RADIUS:
            octets += build_float(self.radius_m or 0.0)
        if shape in _ALTITUDE:
            octets += build_signed_float(self.altitude_m or 0.0)
        if shape in _ALTITUDE_ERROR:
            octets += build_float(self.altitude_error_m or 0.0)
        return octets


def scaled_place(lat: float, lon: float) -> tuple[int, int]:
    """Degrees as the radio writes them: truncated toward zero, 90 degrees as the largest value."""
    magnitude = min(int(abs(lat) / _LATITUDE_STEP), _SOUTH - 1)
    east = max(-(2**31), min(int(lon / _LONGITUDE_STEP), 2**31 - 1))
    return magnitude | (_SOUTH if lat < 0 else 0), east


def time_stamp(time: datetime) -> int:
    """40 bits of a time: year 14, month 4, day 5, hour 5, minute 6, second 6."""
    utc = time.astimezone(UTC)
    day = utc.year << 26 | utc.month << 22 | utc.day << 17
    return day | utc.hour << 12 | utc.minute << 6 | utc.second


def without_rollover(time: datetime, received: datetime) -> datetime:
    """A fix time that is 1024 or 2048 weeks early, within a day, set right by the clock here."""
    for times in (1, 2):
        lost = times * WEEKS_LOST
        if abs(received - lost - time) <= timedelta(days=1):
            return time + lost
    return time


def _time(stamp: int) -> datetime | None:
    try:
        return datetime(
            stamp >> 26,
            stamp >> 22 & 0xF,
            stamp >> 17 & 0x1F,
            stamp >> 12 & 0x1F,
            stamp >> 6 & 0x3F,
            stamp & 0x3F,
            tzinfo=UTC,
        )
    except ValueError:
        return None


_SHAPES: Final = {int(shape): shape for shape in Shape}
_NUMBERS: Final[dict[int, tuple[str, Callable[[bytes, int, int], tuple[float, int]]]]] = {
    0x36: ("version", read_unsigned),
    0x37: ("result", read_unsigned),
    0x6B: ("speed_other", read_unsigned),
    0x6C: ("speed_mps", read_float),
    0x70: ("vertical_mps", read_signed_float),
}
"Tokens whose value is one number: field and reader."
_SINGLE: Final = {0x56: "heading", 0x65: "confidence_percent"}
"Tokens whose value is one octet."


def read_report(kind: int, table: bytes | None, data: bytes, at: int, end: int) -> Report:
    """Read the tokens of `data[at:end]`; stops at the first that is unknown or cut short."""
    values: dict[str, object] = {}
    try:
        while at < end:
            behind = _token(values, data, at, end)
            if not behind:
                break
            at = behind
    except MalformedError:
        pass  # a value runs past the document: keep what stands before its token
    return Report(kind, table=table, unread=data[at:end], **values)  # type: ignore[arg-type]  # filled by _token


def _token(values: dict[str, object], data: bytes, at: int, end: int) -> int:
    """Read one token into `values`; returns the place behind it, 0 for an unknown one."""
    token = data[at]
    at += 1
    shape = _SHAPES.get(token)
    if shape is not None:
        return _place(values, shape, data, at, end)
    if token in _NUMBERS:
        name, read = _NUMBERS[token]
        values[name], at = read(data, at, end)
        return at
    if token in _SINGLE:
        values[_SINGLE[token]] = _octets(data, at, end, 1)[0]
        return at + 1
    match token:
        case 0x22:
            length, at = read_unsigned(data, at, end)
            values["request"] = _octets(data, at, end, length)
            return at + length
        case 0x23:
            values["request"], values["request_short"] = _octets(data, at, end, 1), True
            return at + 1
        case 0x34 | 0x35:
            values["stamp"] = int.from_bytes(_octets(data, at, end, 5), "big")
            return at + 5
        case 0x38:
            values["result"] = 0
            return at
        case 0x39:
            result, at = read_unsigned(data, at, end)
            length, at = read_unsigned(data, at, end)
            values["result_text"], values["result"] = _octets(data, at, end, length), result
            return at + length
        case _:
            return 0


def _place(values: dict[str, object], shape: Shape, data: bytes, at: int, end: int) -> int:
    latitude, longitude = _PLACE.unpack(_octets(data, at, end, 8))
    found: dict[str, object] = {"shape": shape, "latitude": latitude, "longitude": longitude}
    at += 8
    if shape in _RADIUS:
        found["radius_m"], at = read_float(data, at, end)
    if shape in _ALTITUDE:
        found["altitude_m"], at = read_signed_float(data, at, end)
    if shape in _ALTITUDE_ERROR:
        found["altitude_error_m"], at = read_float(data, at, end)
    values.update(found)
    return at


def _octets(data: bytes, at: int, end: int, count: int) -> bytes:
    if at + count > end:
        raise MalformedError("value cut short", data[at:end])
    return data[at : at + count]
