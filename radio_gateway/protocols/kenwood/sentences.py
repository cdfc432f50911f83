"""The `$PK...` sentences. Released pynmea2 knows only the waypoint, so fields are read here.

Real radios put a comma before the star, some producers do not, and two field counts of each
sentence occur: fields are counted from the front, and missing ones at the end are no fault.
"""

from dataclasses import dataclass
from datetime import date, time
from typing import Final, Self, TypeAlias

from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.kenwood.ids import IdForm, UnitId
from radio_gateway.protocols.nmea import fields
from radio_gateway.protocols.nmea.line import Checksum, ChecksumState, NmeaLine, write

_FLEETSYNC: Final = "L"
"Third letter of the address: L FleetSync, N NEXEDGE and DMR."


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSentence:
    """PKLDS, PKNDS: RMC with the radio's id and status; the richest of them."""

    unit: UnitId
    checksum: Checksum
    utc_time: time | None
    fix: str
    "`A` current, `V` not current (the radio repeats an old place), `Z` and others: none."
    lat: float | None
    lon: float | None
    speed_knots: float | None = None
    course_deg: float | None = None
    utc_date: date | None = None
    "Often missing."
    variation_deg: float | None = None
    version: str | None = None
    "Sentence version, two digits, glued to the variation letter."
    status: int | None = None
    extension: str | None = None

    @property
    def valid(self) -> bool:
        """Whether the radio calls this a current fix; the checksum is another matter."""
        return self.fix == "A" and None not in (self.lat, self.lon)

    @classmethod
    def read(cls, line: NmeaLine) -> Self:
        unit, rest = _unit(line, 12)
        letter, version = _glued(line.field(11))
        return cls(
            unit=unit,
            checksum=line.checksum,
            utc_time=fields.time_of_day(line.field(1)),
            fix=line.field(2),
            lat=fields.latitude(line.field(3), line.field(4)),
            lon=fields.longitude(line.field(5), line.field(6)),
            speed_knots=fields.number(line.field(7)),
            course_deg=fields.number(line.field(8)),
            utc_date=fields.calendar_date(line.field(9)),
            variation_deg=fields.variation(line.field(10), letter),
            version=version,
            status=fields.whole(line.field(rest)),
            extension=line.field(rest + 1) or None,
        )

    def build(self) -> bytes:
        """Write the sentence with checksum, without CR LF; the variation is left out.

        Raises:
            ValueError: no coordinates or no time to write.
        """
        if self.lat is None or self.lon is None or self.utc_time is None:
            raise ValueError("a position sentence needs time and both coordinates")
        letter, width = ("L", 2) if self.unit.form is IdForm.FLEETSYNC else ("N", 3)
        status = "" if self.status is None else f"{self.status:0{width}d}"
        course = "" if self.course_deg is None else f"{self.course_deg:05.1f}"
        day = "" if self.utc_date is None else f"{self.utc_date:%d%m%y}"
        return write(
            f"PK{letter}DS,{self.utc_time:%H%M%S},{self.fix},"
            f"{fields.write_latitude(self.lat)},{fields.write_longitude(self.lon)},"
            f"{self.speed_knots or 0:05.1f},{course},{day},,{self.version or ''},"
            f"{self.unit.fields},{status},{self.extension or ''},"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortSentence:
    """PKLSH, PKNSH: GLL with the radio's id; sent with PTT or on an emergency."""

    unit: UnitId
    checksum: Checksum
    lat: float | None
    lon: float | None
    utc_time: time | None
    fix: str

    @property
    def valid(self) -> bool:
        """Whether the radio calls this a current fix."""
        return self.fix == "A" and None not in (self.lat, self.lon)

    @classmethod
    def read(cls, line: NmeaLine) -> Self:
        unit, _ = _unit(line, 7)
        return cls(
            unit=unit,
            checksum=line.checksum,
            lat=fields.latitude(line.field(1), line.field(2)),
            lon=fields.longitude(line.field(3), line.field(4)),
            utc_time=fields.time_of_day(line.field(5)),
            fix=line.field(6),
        )

    def build(self) -> bytes:
        """Write the sentence with checksum, without CR LF; raises ValueError as above."""
        if self.lat is None or self.lon is None or self.utc_time is None:
            raise ValueError("a position sentence needs time and both coordinates")
        letter = "L" if self.unit.form is IdForm.FLEETSYNC else "N"
        return write(
            f"PK{letter}SH,{fields.write_latitude(self.lat)},{fields.write_longitude(self.lon)},"
            f"{self.utc_time:%H%M%S},{self.fix},{self.unit.fields},"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentitySentence:
    """PKLID, PKNID: who sends; the place stands in a plain sentence of the same burst."""

    unit: UnitId
    checksum: Checksum
    version: str | None = None
    status: int | None = None
    extension: str | None = None

    @classmethod
    def read(cls, line: NmeaLine) -> Self:
        unit, rest = _unit(line, 2)
        return cls(
            unit=unit,
            checksum=line.checksum,
            version=line.field(1) or None,
            status=fields.whole(line.field(rest)),
            extension=line.field(rest + 1) or None,
        )

    def build(self) -> bytes:
        """Write the sentence with checksum, without CR LF."""
        letter, width = ("L", 2) if self.unit.form is IdForm.FLEETSYNC else ("N", 3)
        status = "" if self.status is None else f"{self.status:0{width}d}"
        head = f"PK{letter}ID,{self.version or ''},{self.unit.fields}"
        return write(f"{head},{status},{self.extension or ''},")


@dataclass(frozen=True, slots=True, kw_only=True)
class Waypoint:
    """PKWDWPL of amateur models: a named place that somebody reported, no unit of a fleet.

    The time is the radio's own clock, and the fix letter is `V` even for good places.
    """

    checksum: Checksum
    utc_time: time | None
    fix: str
    lat: float | None
    lon: float | None
    speed_knots: float | None
    course_deg: float | None
    utc_date: date | None
    altitude_m: float | None
    name: str
    symbol: str
    "Two characters, table and code."

    @classmethod
    def read(cls, line: NmeaLine) -> Self:
        body, checksum = line.body, line.checksum
        first = body.partition("*")[0].encode("latin-1")
        if checksum.state is ChecksumState.BAD and len(first) < len(body):
            # TM-D710A passes a star as symbol and sums only up to it
            checksum = Checksum.of(first, checksum.given)
        head = body.split(",", 11)
        if len(head) < 12 or len(head[11]) < 3 or head[11][-3] != ",":
            raise MalformedError("waypoint without name and symbol", body.encode("latin-1"))
        return cls(
            checksum=checksum,
            utc_time=fields.time_of_day(line.field(1)),
            fix=line.field(2),
            lat=fields.latitude(line.field(3), line.field(4)),
            lon=fields.longitude(line.field(5), line.field(6)),
            speed_knots=fields.number(line.field(7)),
            course_deg=fields.number(line.field(8)),
            utc_date=fields.calendar_date(line.field(9)),
            altitude_m=fields.number(line.field(10)),
            name=head[11][:-3],
            symbol=head[11][-2:],
        )


UnitSentence: TypeAlias = DataSentence | ShortSentence | IdentitySentence
Sentence: TypeAlias = UnitSentence | Waypoint

SENTENCES: Final[dict[str, type[Sentence]]] = {
    "PKLDS": DataSentence,
    "PKNDS": DataSentence,
    "PKLSH": ShortSentence,
    "PKNSH": ShortSentence,
    "PKLID": IdentitySentence,
    "PKNID": IdentitySentence,
    "PKWDWPL": Waypoint,
}


def parse(line: bytes) -> Sentence:
    """Read one `$PK` sentence; a wrong checksum is noted in the value, not raised.

    Raises:
        MalformedError: another address, or no id that a radio can have.
    """
    return interpret(NmeaLine.parse(line))


def interpret(line: NmeaLine) -> Sentence:
    """Read a line that is already cut; raises MalformedError as `parse` does."""
    kind = SENTENCES.get(line.address)
    if kind is None:
        raise MalformedError("no Kenwood sentence", line.body.encode("latin-1"))
    return kind.read(line)


def _unit(line: NmeaLine, index: int) -> tuple[UnitId, int]:
    """Id at this field, and the number of the field behind it."""
    if line.address[2] == _FLEETSYNC:
        unit, rest = UnitId.fleetsync(line.field(index), line.field(index + 1)), index + 2
    else:
        unit, rest = UnitId.parse(line.field(index)), index + 1
        if unit.form is IdForm.FLEETSYNC:
            raise MalformedError("FleetSync id in a NEXEDGE sentence", line.body.encode("latin-1"))
    if line.checksum.state is ChecksumState.ABSENT and len(line.fields) < rest:
        # a cut `U00001205` would be another radio's `U00001`
        raise MalformedError("sentence may be cut off", line.body.encode("latin-1"))
    return unit, rest


def _glued(text: str) -> tuple[str, str | None]:
    """Split `W00` into variation letter and sentence version."""
    letter = text[:1] if text[:1].isalpha() else ""
    return letter, text[len(letter) :] or None
