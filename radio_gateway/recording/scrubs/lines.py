"""Lines and frames of Kenwood and NMEA ports without the real numbers, places and texts."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from radio_gateway.domain.geo import GeoPoint
from radio_gateway.domain.ids import MAX_NUMBER
from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.kenwood import frames as kenwood
from radio_gateway.protocols.kenwood.ids import IdForm, UnitId
from radio_gateway.protocols.kenwood.places import is_factory
from radio_gateway.protocols.kenwood.reader import ETX, STX, FrameReader, Item, Kind
from radio_gateway.protocols.nmea import fields
from radio_gateway.protocols.nmea.line import ChecksumState, NmeaLine, write
from radio_gateway.protocols.nmea.reader import LineReader
from radio_gateway.recording.pseudonyms import Pseudonyms
from radio_gateway.recording.ring import Record
from radio_gateway.recording.scrubs.scrubbing import LeftOut, Told, joined

_PLACES: Final = {
    "RMC": 3,
    "GGA": 2,
    "GLL": 1,
    "PKLDS": 3,
    "PKNDS": 3,
    "PKLSH": 1,
    "PKNSH": 1,
    "PKWDWPL": 3,
}
"Field of the latitude, by formatter or by a maker's address; three more follow."
_SAYS: Final = {
    "RMC": {*range(1, 10), 12, 13},
    "GGA": set(range(1, 11)),
    "GLL": set(range(1, 8)),
    "PKLDS": {*range(1, 10), 11, 12, 13, 14},
    "PKNDS": {*range(1, 10), 11, 12, 13},
    "PKLSH": set(range(1, 9)),
    "PKNSH": set(range(1, 8)),
    "PKLID": set(range(1, 5)),
    "PKNID": set(range(1, 4)),
    "PKWDWPL": set(range(1, 11)),
}
"Fields that may stay: the variation of the compass and the height of the geoid name a region."
_COURSES: Final = {"RMC": 8, "PKLDS": 8, "PKNDS": 8, "PKWDWPL": 8}
_HEIGHTS: Final = {"GGA": 9, "PKWDWPL": 10}
_FORM: Final = re.compile(r"[A-Z]?[+-]?[0-9.]{0,12}", re.ASCII)
_GLUED: Final = 11
"The version of the sentence, behind the letter of the variation."
_UNITS: Final = {"PKLDS": 12, "PKNDS": 12, "PKLSH": 7, "PKNSH": 7, "PKLID": 2, "PKNID": 2}
"Field of the unit, whose id takes two fields in FleetSync sentences."
_NAME: Final = 11
"Field of a waypoint's name."
_NINES: Final = 999_999_999
_NXDN_LAST: Final = 65_519


def scrub_nmea(records: Sequence[Record], names: Pseudonyms) -> list[Told]:
    """Whole lines, each in the place of the piece that completed it."""
    reader = LineReader()
    return [joined([_line(line, names) for line in reader.feed(record.data)]) for record in records]


def scrub_kenwood(records: Sequence[Record], names: Pseudonyms) -> list[Told]:
    """Whole lines and frames, each in the place of the piece that completed it."""
    reader, opened = FrameReader(), _Bursts()
    return [
        joined([opened.around(item, _item(item, names)) for item in reader.feed(record.data)])
        for record in records
    ]


class _Bursts:
    """Puts STX in front of the first item of a burst; its end is an item of its own."""

    def __init__(self) -> None:
        self._open: int | None = None

    def around(self, item: Item, found: bytes | LeftOut) -> bytes | LeftOut:
        begins = item.frame is not None and item.frame != self._open
        self._open = item.frame
        if not begins:
            return found
        return STX if isinstance(found, LeftOut) else STX + found


def _item(item: Item, names: Pseudonyms) -> bytes | LeftOut:
    match item.kind:
        case Kind.FRAME_END:
            return ETX
        case Kind.SENTENCE:
            return _line(item.data, names)
        case Kind.BODY:
            return _body(item.data, names)
        case _:
            return LeftOut("octets outside any frame")


def _body(octets: bytes, names: Pseudonyms) -> bytes | LeftOut:
    """What stands between STX and ETX, without these."""
    try:
        frame = kenwood.parse(octets)
        match frame:
            case kenwood.CallerId(repeat_equal=True, extra=None) | kenwood.Poll(extra=None):
                return replace(frame, unit=_unit(frame.unit, names)).build()[1:-1]
            case kenwood.Identity():
                unit = _unit(frame.unit, names)
                return f"{kenwood.prefix_of(unit)}D{unit.text}".encode()
            case kenwood.StatusFrame():
                ends = (_unit(frame.source, names), _unit(frame.destination, names))
                tail = frame.tail if frame.status is not None else "0" * len(frame.tail)
                return kenwood.StatusFrame(*ends, tail).build()[1:-1]
            case kenwood.Result():
                return octets
            case kenwood.TextFrame(long=False, group=None | 0, unit=None):
                return replace(frame, text=names.text(frame.text)).build()[1:-1]
            case kenwood.TextFrame(long=False, unit=UnitId() as unit):
                told, target = names.text(frame.text), _unit(unit, names)
                return replace(frame, unit=target, text=told).build()[1:-1]
            case _:
                return LeftOut("frames of an unknown form")
    except (MalformedError, ValueError):
        return LeftOut("frames that cannot be read")


def _unit(unit: UnitId, names: Pseudonyms) -> UnitId:
    if unit.form is IdForm.FLEETSYNC:
        order = names.within((unit.fleet, unit.number), "fleetsync", 0, 999_999)
        return replace(unit, fleet=100 + order // 4000, number=1000 + order % 4000)
    if unit.number > MAX_NUMBER:  # nobody's, and so it stays
        return replace(unit, number=names.within(unit.number, "no unit", MAX_NUMBER + 1, _NINES))
    if unit.form is IdForm.LETTER5:
        return replace(unit, number=names.within(unit.number, unit.form, 1, _NXDN_LAST))
    return replace(unit, number=names.number(unit.number))


def _line(octets: bytes, names: Pseudonyms) -> bytes | LeftOut:
    try:
        return sentence(octets, names) + b"\r\n"
    except LeftOut as reason:
        return reason
    except (MalformedError, ValueError):
        return LeftOut("sentences that cannot be read")


def sentence(octets: bytes, names: Pseudonyms) -> bytes:
    """One sentence, without its line end.

    Raises:
        LeftOut: it says no place.
        MalformedError: no sentence.
    """
    line = NmeaLine.parse(octets)
    address = line.address
    key = address if address in (*_PLACES, *_UNITS) else address[2:]
    if key not in _PLACES and key not in _UNITS:
        raise LeftOut("sentences without a place")
    return _ended(line, ",".join((address, *_fields(line, key, names))))


def _fields(line: NmeaLine, key: str, names: Pseudonyms) -> list[str]:
    values = [_plain(n, value, key) for n, value in enumerate(line.fields, 1)]
    at = _PLACES.get(key)
    if at is not None:
        told = _place(line, at, names)
        values[at - 1 : at + 3] = told[: len(values[at - 1 : at + 3])]
    _change(values, _COURSES.get(key), lambda course: f"{names.course(course):05.1f}")
    _change(values, _HEIGHTS.get(key), lambda metres: f"{names.height(metres):.0f}")
    if key == "PKWDWPL":
        tail = ",".join(line.fields[_NAME - 1 :])
        symbol = tail[-2:] if tail[-3:-2] == "," else ""
        values[_NAME - 1 :] = [names.text(tail[:-3].replace("*", ""), 6), symbol]
    if key in _UNITS:
        return _with_unit(line, values, _UNITS[key], names)
    return values


def _change(values: list[str], at: int | None, write: Callable[[float], str]) -> None:
    """Write another number into a field that has one."""
    number = fields.number(values[at - 1]) if at is not None and at <= len(values) else None
    if at is not None and number:
        values[at - 1] = write(number)


def _plain(n: int, value: str, key: str) -> str:
    """A field that is no place and no unit: numbers and letters that events are made of."""
    if n not in _SAYS[key] or not _FORM.fullmatch(value):
        return ""
    return value[1:] if key in ("PKLDS", "PKNDS") and n == _GLUED else value


def _place(line: NmeaLine, at: int, names: Pseudonyms) -> list[str]:
    """Four fields; what is no place stays none, and a factory's is nobody's secret."""
    lat = fields.latitude(line.field(at), line.field(at + 1))
    lon = fields.longitude(line.field(at + 2), line.field(at + 3))
    if lat is None or lon is None:
        return ["", "", "", ""]
    if (lat == 0 and lon == 0) or is_factory(GeoPoint(lat, lon)):
        return [line.field(at + n) for n in range(4)]
    point = names.place(GeoPoint(lat, lon))
    return f"{fields.write_latitude(point.lat)},{fields.write_longitude(point.lon)}".split(",")


def _with_unit(line: NmeaLine, values: list[str], at: int, names: Pseudonyms) -> list[str]:
    if line.address[2] == "L":
        unit = _unit(UnitId.fleetsync(line.field(at), line.field(at + 1)), names)
        values[at - 1 : at + 1] = unit.fields.split(",")
    else:
        values[at - 1] = _unit(UnitId.parse(line.field(at)), names).text
    return values


def _ended(line: NmeaLine, body: str) -> bytes:
    """With a checksum that is as right, wrong or missing as the one that came."""
    written = line.start.encode() + write(body)[1:]
    match line.checksum.state:
        case ChecksumState.OK:
            return written
        case ChecksumState.BAD:
            return written[:-2] + (b"00" if written[-2:] != b"00" else b"01")
        case ChecksumState.EMPTY:
            return written[:-2]
        case ChecksumState.ABSENT:
            return written[:-3]
