"""Hytera frames without the real numbers, places and texts; voice and unknown forms are left out.

Octets whose meaning is not known become zeros: they might be anything.
"""

import re
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any, Final

from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.hytera import rcp
from radio_gateway.protocols.hytera.data import TelemetryTextReport
from radio_gateway.protocols.hytera.frames import read_frame, read_message
from radio_gateway.protocols.hytera.gps import GpsData, gps_data
from radio_gateway.protocols.hytera.hdap import Hdap
from radio_gateway.protocols.hytera.hrnp import Hrnp, HrnpOpcode
from radio_gateway.protocols.hytera.hrnp_reader import HrnpReader
from radio_gateway.protocols.hytera.hstrp import Hstrp, Option, OptionCommand
from radio_gateway.protocols.hytera.message import RadioAddress, UnknownMessage
from radio_gateway.protocols.hytera.tmp import GroupData, GroupMessage, PrivateData, PrivateMessage
from radio_gateway.recording.pseudonyms import Pseudonyms
from radio_gateway.recording.ring import Record
from radio_gateway.recording.scrubs.scrubbing import LeftOut, Told, in_its_blanks, joined

_NUMBERS: Final = ("target", "sender")
"Fields of RCP messages that hold a radio or a talkgroup."
_PLAIN_OPTIONS: Final = (OptionCommand.REALTIME, OptionCommand.CHANNEL_ID)
"Of one octet each: a flag, a timeslot."
_PLAIN_TEXTS: Final = ("status", "time", "date", "speed", "course")
_PLAIN_TEXT: Final = re.compile("[AV]?[0-9.]*")
"What these fields of a position hold; anything else is no value, and goes."
_DATA: Final = (PrivateData, GroupData)
_WITH_TEXT: Final = (PrivateMessage, GroupMessage)


def scrub(records: Sequence[Record], names: Pseudonyms) -> list[Told]:
    """See `scrubbing.Scrub`."""
    return [_scrubbed(record.data, names) for record in records]


def scrub_serial(records: Sequence[Record], names: Pseudonyms) -> list[Told]:
    """Whole packets of a serial line, each in the place of the piece that completed it."""
    reader = HrnpReader()
    return [
        joined([_scrubbed(packet, names) for packet in reader.feed(record.data)])
        for record in records
    ]


def _scrubbed(octets: bytes, names: Pseudonyms) -> bytes | LeftOut:
    try:
        match read_frame(octets):
            case Hstrp() as frame:
                return _hstrp(frame, names)
            case Hrnp(opcode=HrnpOpcode.DATA) as frame:
                inner = hdap(frame.payload, names) if frame.payload else b""
                return replace(frame, payload=inner, check=None, trailing=b"").build()
            case Hrnp(payload=b"") as frame:
                return replace(frame, trailing=b"").build()
            case Hdap():
                return hdap(octets, names)
            case _:
                return LeftOut("voice and multi-site frames")
    except (MalformedError, ValueError):
        return LeftOut("frames that cannot be read")


def _hstrp(frame: Hstrp, names: Pseudonyms) -> bytes:
    options = tuple(_option(option, names) for option in frame.options)
    payload = bytes(len(frame.payload))
    if frame.is_data and frame.payload:
        payload = hdap(frame.payload, names)
    return replace(frame, options=options, payload=payload).build()


def _option(option: Option, names: Pseudonyms) -> Option:
    if option.command != OptionCommand.DEVICE_ID:
        kept = option.command in _PLAIN_OPTIONS and len(option.value) == 1
        return option if kept else replace(option, value=bytes(len(option.value)))
    number = names.number(option.number)
    return replace(option, value=number.to_bytes(len(option.value), "big"))


def hdap(octets: bytes, names: Pseudonyms) -> bytes:
    """One message of the radios' application protocol.

    Raises:
        MalformedError: no such message.
    """
    envelope = Hdap.parse(octets)
    message = read_message(envelope)
    if isinstance(message, UnknownMessage):
        told = replace(envelope, payload=bytes(len(envelope.payload)), check=None, trailing=b"")
        return told.build()
    found = {
        each.name: _value(message, each.name, getattr(message, each.name), names)
        for each in fields(message)
    }
    told = replace(message, **found).envelope(reliable=envelope.reliable)
    if not envelope.checksum_ok:  # it stays as wrong: a place is believed less then
        told = replace(told, check=told.build()[-2] ^ 0xFF)
    return replace(told, end=envelope.end).build()


def _value(message: Any, name: str, value: Any, names: Pseudonyms) -> Any:
    match value:
        case RadioAddress():
            return replace(value, number=names.number(value.number))
        case GpsData():
            return _gps(value, names)
        case int() if name in _NUMBERS and not isinstance(message, rcp.StatusReport):
            return names.number(value)
        case bytes() if name == "octets" and isinstance(message, rcp.IdentityReply):
            return _identity(message, names)
        case bytes() if name == "rest" and isinstance(message, _WITH_TEXT):
            return _text(value, names)
        case bytes() if name == "rest" and isinstance(message, _DATA):
            return names.octets(value)
        case bytes() if name == "rest" and isinstance(message, TelemetryTextReport):
            return _text(value[: message.length], names) + bytes(len(value[message.length :]))
        case bytes():
            return bytes(len(value))
        case _:
            return value


def _identity(message: rcp.IdentityReply, names: Pseudonyms) -> bytes:
    if message.kind != 0:
        return bytes(len(message.octets))
    number = names.number(int.from_bytes(message.octets, "little"))
    return number.to_bytes(len(message.octets), "little")


def _text(octets: bytes, names: Pseudonyms) -> bytes:
    """UTF-16LE; NULs at the end and an odd octet stay where they are."""
    text = octets.decode("utf-16-le", errors="replace").rstrip("\0")
    told = in_its_blanks(text, names, min(len(text), len(octets) // 2)).encode("utf-16-le")
    return told + bytes(len(octets) - len(told))


def _gps(gps: GpsData, names: Pseudonyms) -> GpsData:
    unreadable = {
        name: None for name in _PLAIN_TEXTS if not _PLAIN_TEXT.fullmatch(getattr(gps, name) or "")
    }
    gps = replace(gps, **unreadable)
    point = gps.point
    if point is None:
        zeros = gps.latitude == "0000.0000" and gps.longitude == "00000.0000"
        return gps if zeros else replace(gps, latitude=None, longitude=None)
    found = gps_data(names.place(point), fixed_at=None)
    return replace(
        gps,
        north_south=found.north_south,
        latitude=found.latitude,
        east_west=found.east_west,
        longitude=found.longitude,
        course=_course(gps.course, names),
    )


def _course(course: str | None, names: Pseudonyms) -> str | None:
    """Three digits."""
    if course is None or not (course.isascii() and course.isdecimal()):
        return course
    return f"{names.course(int(course)):0{len(course)}.0f}"
