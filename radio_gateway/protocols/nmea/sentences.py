"""RMC, GGA and GLL: the sentences that carry a position.

pynmea2 1.19 takes the sentence apart and names its fields. It is never given a line before
checksum and character set were looked at here, and never asked for a value: see `fields`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from typing import Final, Self, TypeAlias

import pynmea2

from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.nmea import fields
from radio_gateway.protocols.nmea.line import Checksum, NmeaLine, write

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

FORMATTERS: Final[dict[str, type[Rmc] | type[Gga] | type[Gll]]] = {
    "RMC": Rmc,
    "GGA": Gga,
    "GLL": Gll,
}


def parse(line: bytes) -> Sentence:
    """Read one line of any talker; a wrong checksum is noted in the value, not raised.

    Args:
        line: without CR LF; noise or a tag block in front is skipped.

    Raises:
        MalformedError: no sentence, octets outside printable ASCII, not the form of a sentence.
    """
    return interpret(NmeaLine.parse(line))


def interpret(line: NmeaLine) -> Sentence:
    """Read a line that is already cut; raises MalformedError as `parse` does."""
    if not (line.body.isascii() and line.body.isprintable()):
        raise MalformedError("sentence with octets outside ASCII", line.body.encode("latin-1"))
    talker, formatter = line.address[:2], line.address[2:]
    kind = FORMATTERS.get(formatter)
    makers_own = talker.startswith("P")
    if kind is None or makers_own or line.start != "$":
        return OtherSentence(address=line.address, checksum=line.checksum, fields=line.fields)
    try:
        sentence = pynmea2.parse(line.body)
    except pynmea2.ParseError as error:
        raise MalformedError("no NMEA sentence", line.body.encode("ascii")) from error
    names: dict[str, int] = sentence.name_to_idx
    data: list[str] = sentence.data

    def text(name: str) -> str:
        index = names[name]
        return data[index] if index < len(data) else ""

    return kind.read(talker, line.checksum, text)


def build_rmc(
    *,
    talker: str,
    at: time,
    on: date,
    lat: float,
    lon: float,
    speed_knots: float,
    course_deg: float,
    status: str = "A",
) -> bytes:
    """Write an RMC sentence without CR LF."""
    place = f"{fields.write_latitude(lat)},{fields.write_longitude(lon)}"
    motion = f"{speed_knots:.1f},{course_deg:.1f}"
    return write(f"{talker}RMC,{at:%H%M%S},{status},{place},{motion},{on:%d%m%y},,,A")
