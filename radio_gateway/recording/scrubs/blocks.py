"""Information fields of DMR bursts with other numbers and places; what is not known is left out."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from radio_gateway.domain.geo import GeoPoint
from radio_gateway.protocols.dmr.checks import CrcMask, seal
from radio_gateway.protocols.dmr.csbk import Csbk
from radio_gateway.protocols.dmr.data_header import ProprietaryHeader, parse_data_header
from radio_gateway.protocols.dmr.header_building import build_data_header
from radio_gateway.protocols.dmr.link_control import (
    GpsInfo,
    VoiceLc,
    open_full_lc,
    parse_lc,
    seal_full_lc,
)
from radio_gateway.protocols.dmr.location import LipShortReport, UdtPosition, usb_service
from radio_gateway.protocols.dmr.pi_header import PiHeader
from radio_gateway.protocols.dmr.slot_type import DataType
from radio_gateway.protocols.errors import MalformedError
from radio_gateway.recording.pseudonyms import Pseudonyms
from radio_gateway.recording.scrubs.scrubbing import LeftOut

_NUMBERS: Final = ("source", "target", "talkgroup", "base")
"Fields of control blocks that hold a radio, a talkgroup or a base station."
_LAT_24: Final = 180 / 2**24
_LON_25: Final = 360 / 2**25
_UDT_LONG: Final = 22
_UDT_BITS: Final = (80, 112)
"Bits of a position that are read, of one block and of two; what follows may be anything."
_SEALED: Final = 10
"Octets in front of a block's CRC."


def standing_alone(kind: DataType, block: bytes, names: Pseudonyms) -> bytes:
    """A block that says all by itself; data headers too, whose blocks follow.

    Raises:
        LeftOut: of a form that nobody reads.
        MalformedError: damaged.
    """
    return _KINDS.get(kind, _unknown)(kind, block, names)


def link_control(lc: bytes, names: Pseudonyms) -> bytes | None:
    """Nine octets that name a talker or a place; None: another form.

    Raises:
        MalformedError: not 9 octets.
    """
    match parse_lc(lc):
        case VoiceLc() as voice:
            source, target = names.number(voice.source), names.number(voice.target)
            return replace(voice, source=source, target=target).build()
        case GpsInfo() as info:
            return gps_info(info, names).build()
        case _:
            return None


def gps_info(info: GpsInfo, names: Pseudonyms) -> GpsInfo:
    """Another place; 0/0 is what radios without a fix send."""
    nowhere = not info.point.lat and not info.point.lon
    return info if nowhere else replace(info, point=names.place(info.point))


def udt_position(payload: bytes, names: Pseudonyms) -> bytes:
    """A position in unified data transport.

    Raises:
        MalformedError: another length.
    """
    position = UdtPosition.parse(payload)
    if position.encrypted:
        return names.octets(payload)
    read = _UDT_BITS[len(payload) >= _UDT_LONG]
    payload = _with_bits(payload, {(read, 8 * len(payload) - read): 0})
    if position.point is None:
        return _with_bits(payload, {(11, 55): 0})
    point = names.place(position.point)
    fields = {(1, 2): 0b11}  # north and east
    fields |= _nmea(point.lat, 11, 7) | _nmea(point.lon, 38, 8)
    if position.course_deg is not None:
        fields[103, 9] = round(names.course(position.course_deg))
    return _with_bits(payload, fields)


def _nmea(degrees: float, at: int, width: int) -> dict[tuple[int, int], int]:
    """Degrees, minutes and ten-thousandths of a minute."""
    whole, fraction = divmod(round(degrees * 600_000), 600_000)
    minutes, rest = divmod(fraction, 10_000)
    return {(at, width): whole, (at + width, 6): minutes, (at + width + 6, 14): rest}


def _with_bits(octets: bytes, fields: dict[tuple[int, int], int]) -> bytes:
    """`fields`: first bit and width of each value."""
    whole, count = int.from_bytes(octets, "big"), 8 * len(octets)
    for (first, width), value in fields.items():
        shift, mask = count - first - width, (1 << width) - 1
        whole = whole & ~(mask << shift) | (value & mask) << shift
    return whole.to_bytes(len(octets), "big")


def _full_lc(kind: DataType, block: bytes, names: Pseudonyms) -> bytes:
    """A terminator ends its call even when nobody can read it."""
    try:
        lc = link_control(open_full_lc(block, kind), names)
    except MalformedError:
        lc = None
    if lc is not None:
        return seal_full_lc(lc, kind)
    if kind is DataType.TERMINATOR_WITH_LC:
        return UNREADABLE
    raise LeftOut("link control of unknown forms")


UNREADABLE: Final = bytes(12)
"No link control: its parity is wrong."


def _csbk(_: DataType, block: bytes, names: Pseudonyms) -> bytes:
    outer = Csbk.parse(block)
    message: Any = outer.message()
    if message is None:
        raise LeftOut("control blocks of unknown forms")
    numbers = {
        name: names.number(getattr(message, name)) for name in _NUMBERS if hasattr(message, name)
    }
    told: Csbk = replace(message, **numbers).build()
    return replace(told, last_block=outer.last_block, protect=outer.protect).build()


def _privacy(_: DataType, block: bytes, names: Pseudonyms) -> bytes:
    header = PiHeader.parse(block)
    return replace(header, initial_vector=bytes(4), target=names.number(header.target)).build()


def _data_header(_: DataType, block: bytes, names: Pseudonyms) -> bytes:
    header = parse_data_header(block)
    if isinstance(header, ProprietaryHeader):
        raise LeftOut("second headers without their packet")
    source, target = names.number(header.source), names.number(header.target)
    return build_data_header(replace(header, source=source, target=target))


def _usb(_: DataType, block: bytes, names: Pseudonyms) -> bytes:
    if usb_service(block):
        told = block[:1] + names.octets(block[1:_SEALED])
        return seal(bytes((told[0] & 0xF0,)) + told[1:], CrcMask.USB_DATA)
    report = LipShortReport.parse(block)
    point: GeoPoint = names.place(report.point)
    fields = {
        (6, 25): round(point.lon / _LON_25),
        (31, 24): round(point.lat / _LAT_24),
        (65, 4): round(names.course(report.course_deg) / 22.5),
        (72, 8): 0,  # a hash of who sends it
    }
    return seal(_with_bits(block, fields)[:_SEALED], CrcMask.USB_DATA)


def _unknown(_kind: DataType, _block: bytes, _names: Pseudonyms) -> bytes:
    raise LeftOut("bursts of unknown forms")


_KINDS: Final[dict[DataType, Callable[[DataType, bytes, Pseudonyms], bytes]]] = {
    DataType.VOICE_LC_HEADER: _full_lc,
    DataType.TERMINATOR_WITH_LC: _full_lc,
    DataType.CSBK: _csbk,
    DataType.PI_HEADER: _privacy,
    DataType.DATA_HEADER: _data_header,
    DataType.USB_DATA: _usb,
}
