"""What radios and modems say on serial cables, as fields."""

import re
from collections.abc import Callable
from typing import Any, Final

from radio_gateway.decoding_fields import Fields, fields_of, named
from radio_gateway.protocols.errors import MalformedError

BurstFields = Callable[[bytes], Fields]

_TAIT: Final = re.compile(rb"[.\r\n]*[A-Za-z+\-][0-9A-F]{2}")
_TO_RADIO_ONLY: Final = "acfgqt"
_BOTH_WAYS: Final = "sdz"
_VERSION_2_STATUS: Final = 17


def may_be_tait(data: bytes) -> bool:
    """Whether octets may be packets of CCDI or CCR, by their first look."""
    return _TAIT.match(data) is not None and data.endswith(b"\r.") | data.endswith(b"\r")


def may_be_mmdvm(data: bytes) -> bool:
    """Whether octets may be whole modem frames, by their first look."""
    from radio_gateway.protocols.mmdvm.frames import announced

    length = announced(data)
    return length is not None and 3 <= length <= len(data)


def read_kenwood(data: bytes) -> list[Fields]:
    """Sentences and frames in their order; raises MalformedError for anything else."""
    from radio_gateway.protocols.kenwood import frames, sentences
    from radio_gateway.protocols.kenwood.reader import FrameReader, Kind
    from radio_gateway.protocols.nmea import sentences as nmea

    reader = FrameReader()
    found: list[Fields] = []
    for item in [*reader.feed(data), *reader.flush()]:
        if item.kind is Kind.SENTENCE:
            own = item.data[1:].startswith(b"PK")
            found.append(_sentence(sentences.parse(item.data) if own else nmea.parse(item.data)))
        elif item.kind is Kind.BODY:
            found.append(named(frames.parse(item.data)))
        elif item.kind is not Kind.FRAME_END:
            raise MalformedError("octets outside any frame", item.data)
    if not found:
        raise MalformedError("no frame and no sentence", data)
    return found


def read_nmea(data: bytes) -> list[Fields]:
    """Sentences in their order; raises MalformedError for anything else."""
    from radio_gateway.protocols.nmea import sentences
    from radio_gateway.protocols.nmea.reader import LineReader

    reader = LineReader()
    lines = [*reader.feed(data), *reader.flush()]
    if not lines:
        raise MalformedError("no sentence", data)
    return [_sentence(sentences.parse(line)) for line in lines]


def _sentence(value: Any) -> Fields:
    """A sentence; both of its checksums as two hex digits, as they stand in lines."""
    computed = f"{value.checksum.computed:02X}"
    found = named(value)
    return {**found, "checksum": {**found["checksum"], "computed": computed}}


def read_tait(data: bytes) -> list[Fields]:
    """Packets in their order, with direction; letters that mean two things are read both ways.

    Raises:
        MalformedError: octets that are no packet, or a packet with impossible parameters.
    """
    from radio_gateway.protocols.tait.reader import Kind, PacketReader

    reader = PacketReader()
    found: list[Fields] = []
    for item in [*reader.feed(data), *reader.flush()]:
        if item.kind is Kind.PROMPT:
            found.append({"type": "prompt", "direction": "from-radio"})
        elif item.packet is None:
            raise MalformedError(item.what, item.data)
        else:
            found.append(_tait_packet(item.packet, item.data))
    if not any(frame["type"] != "prompt" for frame in found):
        raise MalformedError("no CCDI packet", data)
    return found


def _tait_packet(packet: Any, octets: bytes) -> Fields:
    from radio_gateway.protocols.tait.ccr import parse_ccr
    from radio_gateway.protocols.tait.commands import parse_command
    from radio_gateway.protocols.tait.reports import parse_report

    envelope = {"ident": packet.ident, "checksum": octets.rstrip(b"\r")[-2:].decode("ascii")}
    if not packet.ident.islower():
        return named(parse_ccr(packet)) | envelope
    if packet.ident in _TO_RADIO_ONLY:
        return named(parse_command(packet)) | {"direction": "to-radio"} | envelope
    report = parse_report(packet)
    found = named(report) | _meaning(report) | {"direction": "from-radio"} | envelope
    if packet.ident in _BOTH_WAYS:
        try:
            found["or_to_radio"] = named(parse_command(packet))
        except MalformedError:
            found["or_to_radio"] = None
    return found


def _meaning(report: Any) -> Fields:
    """What stands behind the numbers of a report."""
    from radio_gateway.protocols.tait.reports import ErrorReport, Progress, Ring, Sdm

    names: tuple[str, ...] = ()
    match report:
        case Ring():
            names = ("category", "call", "target", "emergency")
        case Progress():
            names = ("event",)
        case ErrorReport():
            names = ("code",)
        case Sdm():
            names = ("text",)
    return {name: fields_of(getattr(report, name)) for name in names}


def read_mmdvm(data: bytes, burst_fields: BurstFields) -> list[Fields]:
    """Frames in their order; bursts with what they say.

    Raises:
        MalformedError: octets outside frames, or a payload that its type does not have.
    """
    from radio_gateway.protocols.mmdvm.frames import Frame
    from radio_gateway.protocols.mmdvm.reader import FrameReader

    reader = FrameReader()
    found: list[Fields] = []
    for item in [*reader.feed(data), *reader.flush()]:
        if not isinstance(item, Frame):
            raise MalformedError("octets outside any modem frame", item)
        found.append(_mmdvm_frame(item, burst_fields))
    return found


def _mmdvm_frame(frame: Any, burst_fields: BurstFields) -> Fields:
    from radio_gateway.protocols.mmdvm.configuration import Frequencies
    from radio_gateway.protocols.mmdvm.frames import FrameType
    from radio_gateway.protocols.mmdvm.messages import DmrData, read_message
    from radio_gateway.protocols.mmdvm.version import Status, Version

    name = {"frame": frame.name.name.lower() if frame.name is not None else f"{frame.type:02x}"}
    payload = frame.payload
    match frame.name:
        case FrameType.GET_VERSION if payload:
            return named(Version.parse(payload)) | name
        case FrameType.GET_STATUS if payload:
            protocol = 2 if len(payload) >= _VERSION_2_STATUS else 1
            return named(Status.parse(payload, protocol)) | {"protocol": protocol} | name
        case FrameType.SET_FREQ:
            return named(Frequencies.parse(payload)) | name
    message = read_message(frame)
    found = named(message) | name
    if isinstance(message, DmrData):
        octets = {"octets": message.burst.hex()}
        try:
            found["burst"] = octets | burst_fields(message.burst)
        except MalformedError as error:
            found["burst"] = octets | {"unreadable": error.what}
    return found
