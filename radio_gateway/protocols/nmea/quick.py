"""The quick way to read RMC and GGA sentences of the usual form, as nearly all receivers write.

One pattern checks every field at once, so that plain conversions are safe behind it; what does
not match takes the way through pynmea2 and gives the same values. A sentence gets its value
object field by field: the constructor of a frozen class costs three times that.
"""

import re
from collections.abc import Callable
from datetime import date, time
from functools import lru_cache
from typing import Final

from radio_gateway.domain.quick import setters
from radio_gateway.protocols.nmea.fields import calendar_date
from radio_gateway.protocols.nmea.line import Checksum, ChecksumState
from radio_gateway.protocols.nmea.values import Gga, Rmc

_TIME: Final = r"(?:([01]\d|2[0-3])([0-5]\d)([0-5]\d)(?:\.(\d{1,6}))?)?"
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


(
    _rmc_talker,
    _rmc_checksum,
    _rmc_time,
    _rmc_status,
    _rmc_lat,
    _rmc_lon,
    _rmc_speed,
    _rmc_course,
    _rmc_date,
    _rmc_variation,
    _rmc_mode,
    _rmc_nav_status,
) = setters(Rmc)
(
    _gga_talker,
    _gga_checksum,
    _gga_time,
    _gga_lat,
    _gga_lon,
    _gga_quality,
    _gga_satellites,
    _gga_hdop,
    _gga_altitude,
) = setters(Gga)


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
        talker, hour, minute, second, fraction, status, lat, lat_minutes, north, lon, lon_minutes,
        east, speed, course, day, variation, side, mode, nav_status, given,
    ) = match.groups()  # fmt: skip
    checksum = _checksum(line, given)
    if checksum is None:
        return None
    latitude = _TWO_DIGITS[lat] + float(lat_minutes) / 60
    longitude = _THREE_DIGITS[lon] + float(lon_minutes) / 60
    found: Rmc = object.__new__(Rmc)
    _rmc_talker(found, talker)
    _rmc_checksum(found, checksum)
    _rmc_time(found, hour and _time(hour, minute, second, fraction))
    _rmc_status(found, status)
    _rmc_lat(found, latitude if north == "N" else -latitude)
    _rmc_lon(found, longitude if east == "E" else -longitude)
    _rmc_speed(found, float(speed) if speed else None)
    _rmc_course(found, float(course) if course else None)
    _rmc_date(found, day and _day(day))
    _rmc_variation(found, _variation_of(variation, side))
    _rmc_mode(found, mode)
    _rmc_nav_status(found, nav_status)
    return found


def _gga(line: bytes, match: re.Match[str]) -> Gga | None:
    (
        talker, hour, minute, second, fraction, lat, lat_minutes, north, lon, lon_minutes, east,
        quality, satellites, hdop, altitude, given,
    ) = match.groups()  # fmt: skip
    checksum = _checksum(line, given)
    if checksum is None:
        return None
    latitude = _TWO_DIGITS[lat] + float(lat_minutes) / 60
    longitude = _THREE_DIGITS[lon] + float(lon_minutes) / 60
    found: Gga = object.__new__(Gga)
    _gga_talker(found, talker)
    _gga_checksum(found, checksum)
    _gga_time(found, hour and _time(hour, minute, second, fraction))
    _gga_lat(found, latitude if north == "N" else -latitude)
    _gga_lon(found, longitude if east == "E" else -longitude)
    _gga_quality(found, quality and int(quality))
    _gga_satellites(found, satellites and int(satellites))
    _gga_hdop(found, float(hdop) if hdop else None)
    _gga_altitude(found, float(altitude) if altitude else None)
    return found


def _variation_of(text: str, side: str) -> float | None:
    if not text or not side:
        return None
    return float(text) if side == "E" else -float(text)


def _checksum(line: bytes, given: str) -> Checksum | None:
    """The checksum of a line that starts with its mark and ends with two digits, if right."""
    bits = int.from_bytes(line[1:-3], "big")
    if bits >> 512:
        bits ^= bits >> 512
    bits ^= bits >> 256
    bits ^= bits >> 128
    bits ^= bits >> 64
    bits = (bits ^ bits >> 32) & 0xFFFFFFFF
    bits ^= bits >> 16
    checksum = _OK[(bits ^ bits >> 8) & 0xFF]
    return checksum if checksum.given == given else None


def _time(hour: str, minute: str, second: str, fraction: str | None) -> time:
    whole = _TWO_DIGITS[hour], _TWO_DIGITS[minute], _TWO_DIGITS[second]
    return time(*whole) if fraction is None else time(*whole, int(fraction.ljust(6, "0")))


_day: Final[Callable[[str], date | None]] = lru_cache(maxsize=64)(calendar_date)
"Many sentences of one day."
