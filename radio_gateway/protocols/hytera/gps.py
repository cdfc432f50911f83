"""The 40 ASCII octets of a position in every LP report."""

import re
from dataclasses import astuple, dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Final

from radio_gateway.domain.geo import GeoPoint
from radio_gateway.domain.quick import unfrozen
from radio_gateway.protocols.hytera.message import ByteOrder

SIZE: Final = 40
_WIDTHS: Final = (1, 6, 6, 1, 9, 1, 10, 3, 3)
_PLACES: Final = tuple(
    slice(sum(_WIDTHS[:at]), sum(_WIDTHS[: at + 1])) for at in range(len(_WIDTHS))
)
"Where each field begins and ends."
_POINT: Final = re.compile(
    r"([NS])([0-9]{2})([0-5][0-9]\.[0-9]{4}) ([EW])([0-9]{3})([0-5][0-9]\.[0-9]{4})"
)
_SPEED: Final = re.compile(r"[0-9]+\.?[0-9]*|\.[0-9]+")
_NO_POINT: Final = ("0000.0000", "00000.0000")


@dataclass(frozen=True, slots=True)
class GpsData:
    """A position as the radio wrote it; any field may be missing (all NUL on the wire, None here).

    The texts are kept as they are, and the properties say what they mean: a bad field gives None
    there, so that a damaged position never hides the report that carries it.
    """

    status: str | None
    "`A` valid, `V` not valid (an old fix, or none)."
    time: str | None
    "hhmmss UTC"
    date: str | None
    "ddmmyy; missing in some valid reports."
    north_south: str | None
    latitude: str | None
    "ddmm.mmmm"
    east_west: str | None
    longitude: str | None
    "dddmm.mmmm"
    speed: str | None
    "Knots, three characters: `0.1`, `67.`"
    course: str | None
    "Degrees, 000..359."

    @classmethod
    def from_bytes(cls, data: bytes) -> "GpsData":
        """Read exactly 40 octets."""
        text = data.decode("latin-1")
        texts = [text[place] for place in _PLACES]
        if "\0" in text:
            return cls(*map(_unless_nul, texts))
        found = _OpenGps()
        (
            found.status, found.time, found.date, found.north_south, found.latitude,
            found.east_west, found.longitude, found.speed, found.course,
        ) = texts  # fmt: skip
        found.__class__ = cls
        position: GpsData = found
        return position

    def to_bytes(self) -> bytes:
        """Write 40 octets.

        Raises:
            ValueError: a text has not the width of its field.
        """
        octets = b""
        for text, width in zip(astuple(self), _WIDTHS, strict=True):
            if text is not None and len(text) != width:
                raise ValueError(f"{text!r} is not {width} characters")
            octets += bytes(width) if text is None else text.encode("latin-1")
        return octets

    @property
    def valid(self) -> bool:
        return self.status == "A"

    @property
    def point(self) -> GeoPoint | None:
        """Decimal degrees; None where the texts are no place, or not valid and all zeros."""
        if not self.valid and (self.latitude, self.longitude) == _NO_POINT:
            return None
        match = _POINT.fullmatch(
            f"{self.north_south}{self.latitude} {self.east_west}{self.longitude}"
        )
        if match is None:
            return None
        side, degrees, minutes, half, meridian, parts = match.groups()
        lat, lon = int(degrees) + float(minutes) / 60, int(meridian) + float(parts) / 60
        if lat > 90 or lon > 180:
            return None
        return GeoPoint(lat if side == "N" else -lat, lon if half == "E" else -lon)

    @property
    def fixed_at(self) -> datetime | None:
        """Time of the fix; None without date or time, or where they are no instant."""
        day, time = self.date, self.time
        return None if time is None or day is None else instant(day, time)

    @property
    def speed_knots(self) -> float | None:
        return None if self.speed is None else speed_knots(self.speed)

    @property
    def course_deg(self) -> int | None:
        """0..359; a radio's 360 is north."""
        return None if self.course is None else course_deg(self.course)


_OpenGps: Final = unfrozen(GpsData)


def speed_knots(text: str) -> float | None:
    """A speed as a radio writes it; None where it is no number."""
    digits = text.rstrip("\0 ")
    return float(digits) if _SPEED.fullmatch(digits) else None


def course_deg(text: str) -> int | None:
    """0..359 of three digits; None where they are no course."""
    if not (text.isascii() and text.isdigit()) or int(text) > 360:
        return None
    return int(text) % 360


@lru_cache(maxsize=1024)
def instant(day: str, time: str) -> datetime | None:
    """The second written as ddmmyy and hhmmss; many radios report in each."""
    if not (time.isascii() and time.isdigit()):
        return None
    its_day = _day(day)
    hour, minute, second = int(time[:2]), int(time[2:4]), int(time[4:])
    if its_day is None or hour > 23 or minute > 59 or second > 59:
        return None
    return datetime(*its_day, hour, minute, second, tzinfo=UTC)


def gps_data(
    point: GeoPoint | None,
    *,
    fixed_at: datetime | None,
    valid: bool = True,
    speed_knots: float | None = None,
    course_deg: float | None = None,
) -> GpsData:
    """Write a position as a radio does; fields that are None stay NUL."""
    day = time = lat = lon = north_south = east_west = None
    if fixed_at is not None:
        utc = fixed_at.astimezone(UTC)
        day, time = utc.strftime("%d%m%y"), utc.strftime("%H%M%S")
    if point is not None:
        lat, north_south = _minutes(point.lat, 2), "N" if point.lat >= 0 else "S"
        lon, east_west = _minutes(point.lon, 3), "E" if point.lon >= 0 else "W"
    return GpsData(
        status="A" if valid else "V",
        time=time,
        date=day,
        north_south=north_south,
        latitude=lat,
        east_west=east_west,
        longitude=lon,
        speed=None if speed_knots is None else _three(speed_knots),
        course=None if course_deg is None else f"{round(course_deg) % 360:03d}",
    )


class GpsPart:
    """`GpsData` as a field of a message."""

    size = SIZE
    code = f"{SIZE}s"
    finish = GpsData.from_bytes

    def write(self, value: GpsData, order: ByteOrder) -> bytes:  # noqa: ARG002 - as above
        return value.to_bytes()


def _unless_nul(text: str) -> str | None:
    return text if text.strip("\0") else None


@lru_cache(maxsize=64)
def _day(text: str) -> tuple[int, int, int] | None:
    """Year, month and day written as ddmmyy, 1969 to 2068 (POSIX); None: no such day."""
    if not (text.isascii() and text.isdigit()):
        return None
    year = int(text[4:])
    try:
        day = date(year + (2000 if year < 69 else 1900), int(text[2:4]), int(text[:2]))
    except ValueError:
        return None
    return day.year, day.month, day.day


def _minutes(degrees: float, width: int) -> str:
    """`56.511` -> `5630.6600`, counted in 1/10 000 minute so that 59.99999 carries over."""
    whole, part = divmod(round(abs(degrees) * 600_000), 600_000)
    return f"{whole:0{width}d}{part // 10_000:02d}.{part % 10_000:04d}"


def _three(speed: float) -> str:
    """Three characters: `0.1`, `67.`, `125`."""
    if speed < 9.95:
        return f"{speed:.1f}"
    return f"{min(round(speed), 999)}."[:3]
