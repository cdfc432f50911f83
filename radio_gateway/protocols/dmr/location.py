"""Positions outside link control: unified data transport, and the single-burst short report."""

from dataclasses import dataclass
from datetime import time
from typing import Final

from radio_gateway.domain.geo import GeoPoint
from radio_gateway.protocols.bits import signed
from radio_gateway.protocols.dmr.checks import CrcMask, check_seal
from radio_gateway.protocols.errors import MalformedError

KMH_PER_KNOT: Final = 1.852
_FAST: Final = 127
"Speed field: as fast as this or faster, so not known."
_LIP: Final = 0
"Service of USB data: location."
_ONE_BLOCK: Final = 10
_TWO_BLOCKS: Final = 22
_ERROR_BOUNDS_M: Final = (2.0, 20.0, 200.0, 2e3, 2e4, 2e5)
_NO_COURSE: Final = 360


@dataclass(frozen=True, slots=True)
class UdtPosition:
    """A position as NMEA numbers in unified data transport (format 5).

    Read as decoders read it; no capture is known. A third or fourth block adds nothing that is
    read here.
    """

    point: GeoPoint | None
    "None: no fix, or numbers that lie nowhere on earth."
    speed_kmh: float | None
    course_deg: int | None
    "0..359; only with two blocks or more."
    at: time | None
    "UTC; to 10 s with one block."
    encrypted: bool

    @classmethod
    def parse(cls, payload: bytes) -> "UdtPosition":
        """Read 10 octets (one block) or 22 (two).

        Raises:
            MalformedError: another length.
        """
        if len(payload) < _ONE_BLOCK or _ONE_BLOCK < len(payload) < _TWO_BLOCKS:
            raise MalformedError("a UDT position is 10 or 22 octets", payload)
        bits = _Bits(payload)
        encrypted = bool(bits.at(0, 1))
        long = len(payload) >= _TWO_BLOCKS
        speed = bits.at(4, 7)
        course = bits.at(103, 9) if long else _NO_COURSE
        point = None if encrypted or not bits.at(3, 1) else _nmea_point(bits)
        return cls(
            point=point,
            speed_kmh=None if point is None or speed == _FAST else round(speed * KMH_PER_KNOT, 1),
            course_deg=course if course < _NO_COURSE and point is not None else None,
            at=None if encrypted else _time_of_day(bits, long=long),
            encrypted=encrypted,
        )


@dataclass(frozen=True, slots=True)
class LipShortReport:
    """The location information protocol's short report in one USB data burst (data type 11).

    Widths as TETRA defines them; a decoder that follows the same tables gives the example of the
    tests. The sender is known by a hash only, so the report says where, and the envelope of the
    burst says who: how addresses are hashed was never seen in a capture, so it is not compared.
    The same report in unified data transport (format 11) or compressed UDP (port 5017) has no
    public bytes that show where it begins; it is not read there.
    """

    point: GeoPoint
    error_m: float | None
    "Upper bound; None: unknown, or over 200 km."
    speed_kmh: float | None
    course_deg: float
    "Multiples of 22.5."
    elapsed: int
    "Age of the fix: 0 under 5 s, 1 under 5 min, 2 under 30 min, 3 unknown."
    reason: int
    "0: answer to a request; others are reserved."
    address_hash: int
    "8 bit"

    @classmethod
    def parse(cls, block: bytes) -> "LipShortReport":
        """Read the 12 octets of the burst.

        Raises:
            MalformedError: wrong length or CRC, or another service than location.
        """
        if usb_service(block) != _LIP:
            raise MalformedError("USB data of another service than location", block)
        bits = _Bits(block)
        error, velocity = bits.at(55, 3), bits.at(58, 7)
        return cls(
            point=GeoPoint(
                lat=signed(bits.at(31, 24), 24) * 180 / 2**24,
                lon=signed(bits.at(6, 25), 25) * 360 / 2**25,
            ),
            error_m=_ERROR_BOUNDS_M[error] if error < len(_ERROR_BOUNDS_M) else None,
            speed_kmh=lip_speed_kmh(velocity),
            course_deg=bits.at(65, 4) * 22.5,
            elapsed=bits.at(4, 2),
            reason=bits.at(69, 3),
            address_hash=bits.at(72, 8),
        )


def usb_service(block: bytes) -> int:
    """Which service the 12 octets of a USB data burst are of, 0..15; 0 is location.

    Raises:
        MalformedError: wrong length or CRC.
    """
    check_seal(block, CrcMask.USB_DATA, "USB data")
    return block[0] >> 4


def lip_speed_kmh(code: int) -> float | None:
    """Whole km/h up to 28, then steps of 3.8 per cent; None: not known."""
    if code == _FAST:
        return None
    return float(code) if code <= 28 else round(16 * 1.038 ** (code - 13), 1)


class _Bits:
    """Fields of an octet string by first bit and width."""

    __slots__ = ("_count", "_value")

    def __init__(self, octets: bytes) -> None:
        self._value = int.from_bytes(octets, "big")
        self._count = 8 * len(octets)

    def at(self, first: int, width: int) -> int:
        return self._value >> (self._count - first - width) & ((1 << width) - 1)


def _nmea_point(bits: _Bits) -> GeoPoint | None:
    lat = _degrees(bits.at(11, 7), bits.at(18, 6), bits.at(24, 14))
    lon = _degrees(bits.at(38, 8), bits.at(46, 6), bits.at(52, 14))
    if lat is None or lon is None or lat > 90 or lon > 180 or lat == lon == 0:
        return None
    return GeoPoint(lat if bits.at(1, 1) else -lat, lon if bits.at(2, 1) else -lon)


def _degrees(degrees: int, minutes: int, fraction: int) -> float | None:
    """`fraction` counts ten-thousandths of a minute."""
    if minutes >= 60 or fraction >= 10_000:
        return None
    return degrees + (minutes + fraction / 10_000) / 60


def _time_of_day(bits: _Bits, *, long: bool) -> time | None:
    hour, minute = bits.at(66, 5), bits.at(71, 6)
    second = bits.at(77, 6) if long else 10 * bits.at(77, 3)
    return time(hour, minute, second) if hour < 24 and minute < 60 and second < 60 else None
