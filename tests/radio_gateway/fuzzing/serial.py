"""The decoders of serial ports: Kenwood, Tait, NMEA and the MMDVM modem."""

from collections.abc import Callable
from functools import partial, reduce
from operator import xor
from random import Random
from typing import Any, Final

from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.kenwood import frames as kenwood_frames
from radio_gateway.protocols.kenwood import reader as kenwood_reader
from radio_gateway.protocols.kenwood import sentences as kenwood_sentences
from radio_gateway.protocols.mmdvm.configuration import Configuration, Frequencies
from radio_gateway.protocols.mmdvm.frames import Frame
from radio_gateway.protocols.mmdvm.messages import read_message
from radio_gateway.protocols.mmdvm.reader import FrameReader
from radio_gateway.protocols.mmdvm.version import Status, Version
from radio_gateway.protocols.nmea import sentences as nmea_sentences
from radio_gateway.protocols.nmea.reader import LineReader
from radio_gateway.protocols.tait import ccr, commands, reports
from radio_gateway.protocols.tait.packet import Direction, Packet
from radio_gateway.protocols.tait.reader import Kind, PacketReader
from tests.radio_gateway.fuzzing.harness import Case, Family, use_all
from tests.radio_gateway.fuzzing.vectors import octets

NMEA_LETTERS: Final = b",.*$-0099ANSEWVTPM\r\n\x00\xff"
KENWOOD_LETTERS: Final = b"\x02\x03,.*$-0099AUFGIRE\r\n\xff"
TAIT_LETTERS: Final = b"0099AF-$*.\rscrpejm"


def sealed(line: bytes) -> bytes:
    """A sentence with the checksum that its octets have."""
    body = line.lstrip(b"$!").partition(b"*")[0].rstrip(b"\r\n")
    return b"$%s*%02X" % (body, reduce(xor, body, 0))


def any_of(*readers: Callable[[], Any]) -> None:
    """Try all; refuse if none reads."""
    refused: list[MalformedError] = []
    for reader in readers:
        try:
            use_all(reader())
        except MalformedError as fault:
            refused.append(fault)
    if len(refused) == len(readers):
        raise refused[0]


def nmea(data: bytes) -> None:
    reader = LineReader()
    lines = reader.feed(data) + reader.flush()
    if not lines:
        raise MalformedError("no line", data)
    for line in lines:
        use_all(nmea_sentences.parse(line))


def sealed_lines(data: bytes, dice: Random) -> bytes:
    return b"\r\n".join(sealed(line) for line in data.split(b"\n") if line.strip()) + b"\r\n"


def kenwood(data: bytes) -> None:
    """A stream: all of its sentences and frames; refused if it has none that is read."""
    reader = kenwood_reader.FrameReader()
    read, refused = 0, MalformedError("nothing", data)
    for item in reader.feed(data) + reader.flush():
        try:
            if item.kind is kenwood_reader.Kind.SENTENCE:
                use_all(kenwood_sentences.parse(item.data))
                read += 1
            elif item.kind is kenwood_reader.Kind.BODY:
                _kenwood_frame(item.data)
                read += 1
        except MalformedError as fault:
            refused = fault
    if not read:
        raise refused


def _kenwood_frame(body: bytes) -> None:
    frame = kenwood_frames.parse(body)
    use_all(frame)
    told_twice = getattr(frame, "repeat_equal", True)
    if told_twice and not isinstance(frame, kenwood_frames.UnknownFrame):
        try:
            built = frame.build()
        except ValueError:  # a text that the radio would drop
            return
        assert kenwood_frames.parse(built[1:-1]) == frame


def sealed_sentences(data: bytes, dice: Random) -> bytes:
    """Every line that has a `$` gets a good checksum, in its frame or outside."""
    pieces = []
    for line in data.split(b"\r\n"):
        before, dollar, rest = line.partition(b"$")
        body, etx, behind = rest.partition(b"\x03")
        pieces.append(before + sealed(body) + etx + behind if dollar else line)
    return b"\r\n".join(pieces)


def tait(data: bytes) -> None:
    """A stream: all of its packets, in both directions."""
    reader = PacketReader()
    packets = [item for item in reader.feed(data) + reader.flush() if item.kind is Kind.PACKET]
    if not packets:
        raise MalformedError("no packet", data)
    for item in packets:
        packet = item.packet
        assert packet is not None
        assert packet.build() == item.data
        any_of(*(partial(_tait_message, packet, direction) for direction in Direction))


def _tait_message(packet: Packet, direction: Direction) -> Any:
    if not packet.ident.islower():
        return ccr.parse_ccr(packet, direction)
    if direction is Direction.TO_RADIO:
        return commands.parse_command(packet)
    return reports.parse_report(packet)


def sealed_packet(data: bytes, dice: Random) -> bytes:
    """A size and a checksum that fit."""
    known = data[:1].isalpha() or data[:1] in (b"+", b"-")
    ident = chr(data[0]) if known else dice.choice("srpemcfq+-M")
    return Packet(ident, data[3:-3][:255]).build()


def modem(data: bytes) -> None:
    """A stream: all of its frames, and each in every way that its payload can be read."""
    reader = FrameReader()
    frames = [item for item in reader.feed(data) + reader.flush() if isinstance(item, Frame)]
    if not frames:
        raise MalformedError("no frame", data)
    for frame in frames:
        assert Frame.parse(frame.build()) == frame
        any_of(
            partial(_modem_message, frame),
            partial(Version.parse, frame.payload),
            partial(Status.parse, frame.payload, 1),
            partial(Status.parse, frame.payload, 2),
            partial(Configuration.parse, frame.payload, 1),
            partial(Configuration.parse, frame.payload, 2),
            partial(Frequencies.parse, frame.payload),
        )


def _modem_message(frame: Frame) -> object:
    message = read_message(frame)
    again = read_message(message.build())
    assert type(again) is type(message)
    return message


def with_frame_length(data: bytes, dice: Random) -> bytes:
    whole = b"\xe0" + data[1:2] + data[2:255]
    if len(whole) < 3:
        whole = whole.ljust(3, b"\0")
    return whole[:1] + bytes((len(whole),)) + whole[2:]


NMEA: Final = Family(
    "nmea", (Case("lines", octets("serial/nmea"), nmea, sealed_lines, NMEA_LETTERS),)
)
KENWOOD: Final = Family(
    "kenwood",
    (Case("stream", octets("serial/kenwood"), kenwood, sealed_sentences, KENWOOD_LETTERS),),
)
TAIT: Final = Family(
    "tait", (Case("stream", octets("tait/ccdi"), tait, sealed_packet, TAIT_LETTERS),)
)
MMDVM: Final = Family("mmdvm", (Case("stream", octets("mmdvm/frames"), modem, with_frame_length),))
