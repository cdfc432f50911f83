"""What RMC, GGA, GLL and other sentences say, as values."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from typing import Self, TypeAlias

from radio_gateway.protocols.nmea import fields
from radio_gateway.protocols.nmea.line import Checksum

_Text = Callable[[str], str]
"Raw text of a field by its pynmea2 name; empty when the sentence is shorter."


@dataclass(frozen=True, slots=True, kw_only=True)
class Rmc:
    """Recommended minimum data: the only one of the three with a date."""

    talker: str
    checksum: Checksum
    utc_time: time | None
    status: str
    "`A` current, `V` warning."
    lat: float | None
    "Decimal degrees, north positive."
    lon: float | None
    "Decimal degrees, east positive."
    speed_knots: float | None
    course_deg: float | None
    utc_date: date | None
    variation_deg: float | None
    "East positive."
    mode: str | None
    "NMEA 2.3: A autonomous, D differential, E estimated, M manual, S simulator, N not valid."
    nav_status: str | None
    "NMEA 4.1; many receivers say V here although the fix is good."

    @property
    def valid(self) -> bool:
        """Whether the receiver calls this a fix; the checksum is another matter."""
        return self.status == "A" and self.mode != "N" and None not in (self.lat, self.lon)

    @classmethod
    def read(cls, talker: str, checksum: Checksum, text: _Text) -> Self:
        return cls(
            talker=talker,
            checksum=checksum,
            utc_time=fields.time_of_day(text("timestamp")),
            status=text("status"),
            lat=fields.latitude(text("lat"), text("lat_dir")),
            lon=fields.longitude(text("lon"), text("lon_dir")),
            speed_knots=fields.number(text("spd_over_grnd")),
            course_deg=fields.number(text("true_course")),
            utc_date=fields.calendar_date(text("datestamp")),
            variation_deg=fields.variation(text("mag_variation"), text("mag_var_dir")),
            mode=text("mode_indicator") or None,
            nav_status=text("nav_status") or None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Gga:
    """Fix data: quality, satellites, altitude."""

    talker: str
    checksum: Checksum
    utc_time: time | None
    lat: float | None
    lon: float | None
    quality: int | None
    "0 none, 1..5 satellites, 6 estimated, 7 manual, 8 simulator."
    satellites: int | None
    hdop: float | None
    altitude_m: float | None
    "Above mean sea level."

    @property
    def valid(self) -> bool:
        """Whether the receiver calls this a satellite fix."""
        return self.quality in range(1, 6) and None not in (self.lat, self.lon)

    @classmethod
    def read(cls, talker: str, checksum: Checksum, text: _Text) -> Self:
        metres = text("altitude_units") in ("M", "")
        return cls(
            talker=talker,
            checksum=checksum,
            utc_time=fields.time_of_day(text("timestamp")),
            lat=fields.latitude(text("lat"), text("lat_dir")),
            lon=fields.longitude(text("lon"), text("lon_dir")),
            quality=fields.whole(text("gps_qual")),
            satellites=fields.whole(text("num_sats")),
            hdop=fields.number(text("horizontal_dil")),
            altitude_m=fields.number(text("altitude")) if metres else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Gll:
    """Geographic position."""

    talker: str
    checksum: Checksum
    lat: float | None
    lon: float | None
    utc_time: time | None
    status: str
    mode: str | None

    @property
    def valid(self) -> bool:
        """Whether the receiver calls this a fix."""
        return self.status == "A" and self.mode != "N" and None not in (self.lat, self.lon)

    @classmethod
    def read(cls, talker: str, checksum: Checksum, text: _Text) -> Self:
        return cls(
            talker=talker,
            checksum=checksum,
            lat=fields.latitude(text("lat"), text("lat_dir")),
            lon=fields.longitude(text("lon"), text("lon_dir")),
            utc_time=fields.time_of_day(text("timestamp")),
            status=text("status"),
            mode=text("faa_mode") or None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherSentence:
    """Any other sentence, query or maker's own; a sign of life, no position."""

    address: str
    checksum: Checksum
    fields: tuple[str, ...]

    @property
    def query(self) -> bool:
        """A question of one device to another: `$CCGPQ,GGA`."""
        return len(self.address) == 5 and self.address[-1] == "Q" and len(self.fields) == 1


PositionSentence: TypeAlias = Rmc | Gga | Gll
Sentence: TypeAlias = PositionSentence | OtherSentence
