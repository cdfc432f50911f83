"""Text fields of a sentence to values; what is empty or cannot be believed becomes None.

pynmea2's own converters are not used for values: they answer 0.0 for a missing coordinate,
text for a bad time, `nan` for "nan", and take minutes of 99.
"""

import re
from datetime import date, time
from typing import Final

KNOT_KMH: Final = 1.852

_NUMBER: Final = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)", re.ASCII)
_LATITUDE: Final = re.compile(r"(\d{2})(\d{2}(?:\.\d*)?)", re.ASCII)
_LONGITUDE: Final = re.compile(r"(\d{3})(\d{2}(?:\.\d*)?)", re.ASCII)
_TIME: Final = re.compile(r"(\d{2})(\d{2})(\d{2})(?:\.(\d*))?", re.ASCII)
_DATE: Final = re.compile(r"(\d{2})(\d{2})(\d{2})", re.ASCII)
_LONGEST: Final = 24
"No field that we read is longer; spares us floats of 500 digits."

_FIRST_YEAR: Final = 80
"Two-digit years from here on are 19yy: GPS began in 1980."


def number(text: str) -> float | None:
    """Read a decimal number; no exponent, no `nan`, no `inf`."""
    if len(text) > _LONGEST or not _NUMBER.fullmatch(text):
        return None
    return float(text)


def whole(text: str) -> int | None:
    """Read an unsigned whole number."""
    if len(text) > _LONGEST or not (text.isascii() and text.isdigit()):
        return None
    return int(text)


def latitude(text: str, letter: str) -> float | None:
    """Read `ddmm.mmmm` with `N` or `S`; decimal degrees, north positive."""
    return _degrees(_LATITUDE, 90.0, text, {"N": 1, "S": -1}.get(letter))


def longitude(text: str, letter: str) -> float | None:
    """Read `dddmm.mmmm` with `E` or `W`; decimal degrees, east positive."""
    return _degrees(_LONGITUDE, 180.0, text, {"E": 1, "W": -1}.get(letter))


def time_of_day(text: str) -> time | None:
    """Read `hhmmss` or `hhmmss.f`; UTC by definition, so without a zone."""
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    hour, minute, second, fraction = match.groups()
    try:
        return time(int(hour), int(minute), int(second), int((fraction or "").ljust(6, "0")[:6]))
    except ValueError:
        return None


def calendar_date(text: str) -> date | None:
    """Read `ddmmyy`; 80..99 are of the last century."""
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    day, month, year = map(int, match.groups())
    try:
        return date(year + (1900 if year >= _FIRST_YEAR else 2000), month, day)
    except ValueError:
        return None


def variation(text: str, letter: str) -> float | None:
    """Read a magnetic variation in degrees with `E` or `W`; east positive."""
    value = number(text)
    sign = {"E": 1, "W": -1}.get(letter)
    if value is None or sign is None:
        return None
    return sign * value


def write_latitude(degrees: float) -> str:
    """Write `ddmm.mmmm,N`: address field and letter, to 0.0001 minute (0.2 m)."""
    return f"{_write(degrees, 2)},{'S' if degrees < 0 else 'N'}"


def write_longitude(degrees: float) -> str:
    """Write `dddmm.mmmm,E`."""
    return f"{_write(degrees, 3)},{'W' if degrees < 0 else 'E'}"


def _degrees(form: re.Pattern[str], limit: float, text: str, sign: int | None) -> float | None:
    match = form.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None or sign is None:
        return None
    minutes = float(match[2])
    value = int(match[1]) + minutes / 60
    if minutes >= 60 or value > limit:
        return None
    return sign * value


def _write(degrees: float, digits: int) -> str:
    whole_degrees, steps = divmod(round(abs(degrees) * 600_000), 600_000)
    return f"{whole_degrees:0{digits}d}{steps / 10_000:07.4f}"
