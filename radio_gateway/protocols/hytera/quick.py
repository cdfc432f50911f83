"""The quick way to read a position report of the usual form, as nearly all radios send.

One pattern checks every field at once, so that plain conversions are safe behind it. What does
not match takes the way through `Hdap.parse` and `read_message`, and so does a wrong checksum, a
position that is not valid, or one without a time.
"""

import re
from datetime import datetime
from functools import lru_cache
from typing import Final, TypeAlias

from radio_gateway.domain.geo import GeoPoint
from radio_gateway.domain.quick import unfrozen
from radio_gateway.protocols.hytera.gps import course_deg, instant, speed_knots
from radio_gateway.protocols.hytera.hdap import checksum
from radio_gateway.protocols.hytera.lp import ConditionReport, TriggeredReport

Fix: TypeAlias = tuple[int, tuple[int, bytes], GeoPoint, datetime | None, float | None, int | None]
"Radio number; opcode and payload; place, time of the fix, speed in knots, course in degrees."

_GPS: Final = (
    rb"A([0-9]{12})([NS])([0-8][0-9])([0-5][0-9]\.[0-9]{4})"
    rb"([EW])(0[0-9]{2}|1[0-7][0-9])([0-5][0-9]\.[0-9]{4})(.{6})"
)
_DEGREES: Final = {
    **{b"%02d" % whole: whole for whole in range(90)},
    **{b"%03d" % whole: whole for whole in range(180)},
}
_OpenPoint: Final = unfrozen(GeoPoint)
_HEADER: Final = 5
_FORMS: Final = {
    kind.OPCODE.to_bytes(2, "big") + kind.LAYOUT.size.to_bytes(2, "big"): (
        kind.OPCODE,
        _HEADER + kind.LAYOUT.size,
        re.compile(rb"[\x08\x88].{8}.(.{3})" + between + _GPS + rb".\x03", re.DOTALL),
    )
    for kind, between in ((TriggeredReport, b".{8}"), (ConditionReport, b""))
}
"By opcode and length: opcode, where the checksum stands, and what the report looks like."


def read(octets: bytes) -> Fix | None:
    """Read one HDAP message; None: not of the usual form, or its checksum is wrong."""
    form = _FORMS.get(octets[1:_HEADER])
    if form is None:
        return None
    opcode, end, pattern = form
    match = pattern.match(octets)
    if match is None or checksum(octets[1:end]) != octets[end]:
        return None
    address, time, north, lat, lat_minutes, east, lon, lon_minutes, motion = match.groups()
    number = int.from_bytes(address, "big")
    if not number:
        return None
    latitude = _DEGREES[lat] + float(lat_minutes) / 60
    longitude = _DEGREES[lon] + float(lon_minutes) / 60
    point = _OpenPoint()  # within its bounds by the pattern
    point.lat = latitude if north == b"N" else -latitude
    point.lon = longitude if east == b"E" else -longitude
    point.__class__ = GeoPoint
    speed, course = _motion(motion)
    return number, (opcode, octets[_HEADER:end]), point, _fixed_at(time), speed, course


@lru_cache(maxsize=1024)
def _fixed_at(digits: bytes) -> datetime | None:
    text = digits.decode("ascii")
    return instant(text[6:], text[:6])


@lru_cache(maxsize=4096)
def _motion(octets: bytes) -> tuple[float | None, int | None]:
    text = octets.decode("latin-1")
    return speed_knots(text[:3]), course_deg(text[3:])
