"""When a sentence is a place on earth, and at what time."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from radio_gateway.domain.geo import GeoPoint
from radio_gateway.protocols.nmea.fields import KNOT_KMH
from radio_gateway.protocols.nmea.line import ChecksumState
from radio_gateway.protocols.nmea.sentences import Gga, Gll, PositionSentence, Rmc

MIDNIGHT_SLACK: Final = timedelta(minutes=5)
"A time of day further than this in our future belongs to yesterday."
CLOCK_SKEW: Final = timedelta(minutes=10)
"A fix time further than this from our clock is a fault of one of the clocks."
ROLLOVER_AGE: Final = timedelta(days=365)
"An older date comes from a receiver whose week counter has rolled over."
MAX_SPEED_KNOTS: Final = 400.0


class Refusal(StrEnum):
    """Why a sentence is not drawn; the receiver itself may be well."""

    CHECKSUM = "checksum wrong or missing"
    NO_FIX = "no fix"
    NOT_REAL = "simulator or manual input"
    NO_PLACE = "no believable coordinates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """A believable position."""

    point: GeoPoint
    fixed_at: datetime | None
    "Aware UTC; None: the receiver gave no time, or one that cannot be (`clock_fault`)."
    speed_kmh: float | None = None
    bearing_deg: float | None = None
    altitude_m: float | None = None
    estimated: bool = False
    "Dead reckoning: the receiver has lost its satellites and goes on by guess."
    clock_fault: bool = False
    "The receiver's date or time disagrees with ours."


def accept(sentence: PositionSentence, now: datetime) -> Fix | Refusal:
    """Judge one sentence of a plain NMEA port; `now` is our clock, aware UTC."""
    if sentence.checksum.state is not ChecksumState.OK:
        return Refusal.CHECKSUM
    refused = _refused(sentence)
    if refused is not None:
        return refused
    point = place(sentence.lat, sentence.lon)
    if point is None:
        return Refusal.NO_PLACE
    day = sentence.utc_date if isinstance(sentence, Rmc) else None
    fixed_at, clock_fault = fix_time(sentence.utc_time, day, now)
    return Fix(
        point=point,
        fixed_at=fixed_at,
        speed_kmh=speed(sentence.speed_knots) if isinstance(sentence, Rmc) else None,
        bearing_deg=bearing(sentence.course_deg) if isinstance(sentence, Rmc) else None,
        altitude_m=sentence.altitude_m if isinstance(sentence, Gga) else None,
        estimated=_estimated(sentence),
        clock_fault=clock_fault,
    )


def place(lat: float | None, lon: float | None) -> GeoPoint | None:
    """Both coordinates or none; exactly 0, 0 is a receiver without a fix, not a place."""
    if lat is None or lon is None or (lat == 0 and lon == 0):
        return None
    return GeoPoint(lat, lon)


def speed(knots: float | None) -> float | None:
    """Speed in km/h, None when it cannot be."""
    if knots is None or not 0 <= knots <= MAX_SPEED_KNOTS:
        return None
    return knots * KNOT_KMH


def bearing(course_deg: float | None) -> float | None:
    """Course in degrees 0..360 (360 excluded), None when it cannot be."""
    if course_deg is None or not 0 <= course_deg <= 360:
        return None
    return course_deg % 360


def fix_time(at: time | None, on: date | None, now: datetime) -> tuple[datetime | None, bool]:
    """Put date and time together; the receiver's midnight is not ours.

    Returns:
        The time of the fix or None, and whether the receiver's clock is at fault. A date over
        a year old is replaced by ours: the time of day of such receivers is right.
    """
    if at is None:
        return None, False
    rolled_over = False
    if on is not None:
        dated = datetime.combine(on, at, UTC)
        if abs(now - dated) <= CLOCK_SKEW:
            return dated, False
        rolled_over = now - dated > ROLLOVER_AGE
        if not rolled_over:
            return None, True
    today = datetime.combine(now.date(), at, UTC)
    nearest = today - timedelta(days=1) if today - now > MIDNIGHT_SLACK else today
    if abs(now - nearest) > CLOCK_SKEW:
        return None, True
    return nearest, rolled_over


def _refused(sentence: PositionSentence) -> Refusal | None:
    if isinstance(sentence, Gga):
        if sentence.quality in (7, 8):
            return Refusal.NOT_REAL
        return None if sentence.quality in range(1, 7) else Refusal.NO_FIX
    if sentence.mode in ("S", "M"):
        return Refusal.NOT_REAL
    good = sentence.status == "A" and sentence.mode != "N"
    return None if good else Refusal.NO_FIX


def _estimated(sentence: PositionSentence) -> bool:
    match sentence:
        case Gga(quality=quality):
            return quality == 6
        case Rmc(mode=mode) | Gll(mode=mode):
            return mode == "E"
