"""RMC, GGA and GLL: the sentences that carry a position.

pynmea2 1.19 takes the sentence apart and names its fields. It is never given a line before
checksum and character set were looked at here, and never asked for a value: see `fields`.
"""

from datetime import date, time
from typing import Final

import pynmea2

from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.nmea import fields, quick
from radio_gateway.protocols.nmea.line import NmeaLine, write
from radio_gateway.protocols.nmea.values import (
    Gga,
    Gll,
    OtherSentence,
    PositionSentence,
    Rmc,
    Sentence,
)

__all__ = [
    "FORMATTERS",
    "Gga",
    "Gll",
    "OtherSentence",
    "PositionSentence",
    "Rmc",
    "Sentence",
    "build_rmc",
    "interpret",
    "parse",
]

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
    return quick.read(line) or interpret(NmeaLine.parse(line))


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
