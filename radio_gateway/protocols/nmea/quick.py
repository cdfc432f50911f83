"""The quick way to read RMC and GGA sentences of the usual form, as nearly all receivers write.

One pattern checks every field at once, so that plain conversions are safe behind it; what does
not match takes the way through pynmea2 and gives the same values.
"""

import re
from collections.abc import Callable
from datetime import date, time
from functools import lru_cache
from typing import Final

from radio_gateway.domain.quick import unfrozen
from radio_gateway.protocols.nmea.fields import calendar_date
from radio_gateway.protocols.nmea.line import Checksum, ChecksumState
from radio_gateway.protocols.nmea.values import Gga, Rmc

_TIME: Final = r"((?:[01]\d|2[0-3])[0-5]\d[0-5]\d(?:\.\d{1,6})?)?"
_PLACE: Final = (
    r"([0-8]\d)([0-5]\d(?:\.\d{0,8})?),([NS]),(0\d\d|1[0-7]\d)([0-5]\d(?:\.\d{0,8})?),([EW])"
)
_NUMBER: Final = r"([0-9.]{0,12})"
"Two points, or nothing but one, are found by `float`."
_END: Final = r"\*([0-9A-Fa-f]{2})"
_RMC: Final = re.compile(
    rf"\$([A-OQ-Z][A-Z])RMC,{_TIME},([AV]),{_PLACE},{_NUMBER},{_NUMBER},(\d{{6}})?,"
    rf"{_NUMBER},([EW]?)(?:,([A-Z]))?(?:,([A-Z]))?{_END}",
    re.ASCII,
)
_GGA: Final = re.compile(
    rf"\$([A-OQ-Z][A-Z])GGA,{_TIME},{_PLACE},(\d)?,(\d{{1,2}})?,{_NUMBER},(-?[0-9.]{{0,12}}),M?,"
    rf"[-.\d]*,M?,[.\d]*,\d*{_END}",
    re.ASCII,
)
_TWO_DIGITS: Final = {f"{n:02d}": n for n in range(100)}
_THREE_DIGITS: Final = {f"{n:03d}": n for n in range(181)}
_OK: Final = tuple(Checksum(ChecksumState.OK, f"{n:02X}", n) for n in range(256))
"By value; shared by all sentences with that checksum."


_OpenRmc: Final = unfrozen(Rmc)
_OpenGga: Final = unfrozen(Gga)


def read(line: bytes) -> Rmc | Gga | None:
    """Read one line without CR LF; None: not of the usual form, or its checksum is wrong."""
    formatter = line[3:6]
    try:
        text = line.decode("ascii")
        if formatter == b"RMC":
            match = _RMC.fullmatch(text)
            return None if match is None else _rmc(line, match)
        if formatter == b"GGA":
            match = _GGA.fullmatch(text)
            return None if match is None else _gga(line, match)
    except ValueError:  # octets outside ASCII, or a number that is none
        return None
    return None


def _rmc(line: bytes, match: re.Match[str]) -> Rmc | None:
    (
        talker, at, status, lat, lat_minutes, north, lon, lon_minutes,
        east, speed, course, day, variation, side, mode, nav_status, given,
    ) = match.groups()  # fmt: skip
    checksum = _checksum(line, given)
    if checksum is None:
        return None
    latitude = _TWO_DIGITS[lat] + float(lat_minutes) / 60
    longitude = _THREE_DIGITS[lon] + float(lon_minutes) / 60
    found = _OpenRmc()
    found.talker = talker
    found.checksum = checksum
    found.utc_time = at and _time(at)
    found.status = status
    found.lat = latitude if north == "N" else -latitude
    found.lon = longitude if east == "E" else -longitude
    found.speed_knots = float(speed) if speed else None
    found.course_deg = float(course) if course else None
    found.utc_date = day and _day(day)
    found.variation_deg = _variation(variation, side) if variation and side else None
    found.mode = mode
    found.nav_status = nav_status
    found.__class__ = Rmc
    sentence: Rmc = found
    return sentence


def _gga(line: bytes, match: re.Match[str]) -> Gga | None:
    (
        talker, at, lat, lat_minutes, north, lon, lon_minutes, east,
        quality, satellites, hdop, altitude, given,
    ) = match.groups()  # fmt: skip
    checksum = _checksum(line, given)
    if checksum is None:
        return None
    latitude = _TWO_DIGITS[lat] + float(lat_minutes) / 60
    longitude = _THREE_DIGITS[lon] + float(lon_minutes) / 60
    found = _OpenGga()
    found.talker = talker
    found.checksum = checksum
    found.utc_time = at and _time(at)
    found.lat = latitude if north == "N" else -latitude
    found.lon = longitude if east == "E" else -longitude
    found.quality = quality and int(quality)
    found.satellites = satellites and int(satellites)
    found.hdop = float(hdop) if hdop else None
    found.altitude_m = float(altitude) if altitude else None
    found.__class__ = Gga
    sentence: Gga = found
    return sentence


def _variation(text: str, side: str) -> float:
    return float(text) if side == "E" else -float(text)


def _checksum(line: bytes, given: str) -> Checksum | None:
    """The checksum of a line that starts with its mark and ends with two digits, if right."""
    bits = int.from_bytes(line[1:-3], "big")
    if len(line) > 68:
        bits ^= bits >> 512
    bits ^= bits >> 256
    bits ^= bits >> 128
    bits ^= bits >> 64
    bits = (bits ^ bits >> 32) & 0xFFFFFFFF
    bits ^= bits >> 16
    checksum = _OK[(bits ^ bits >> 8) & 0xFF]
    return checksum if checksum.given == given else None


@lru_cache(maxsize=1024)
def _time(text: str) -> time:
    """The time hhmmss with up to six decimals; many radios report in each second."""
    whole = int(text[:2]), int(text[2:4]), int(text[4:6])
    return time(*whole, int(text[7:].ljust(6, "0")))


_day: Final[Callable[[str], date | None]] = lru_cache(maxsize=64)(calendar_date)
"Many sentences of one day."
