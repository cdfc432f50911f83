"""The decoders of Hytera: envelopes with their messages, repeater packets, voice."""

from random import Random
from typing import Any, Final

from radio_gateway.protocols.hytera import lp, quick
from radio_gateway.protocols.hytera.frames import FRAMES, envelope_of, read_frame, read_message
from radio_gateway.protocols.hytera.hdap import Hdap, Service, checksum
from radio_gateway.protocols.hytera.hrnp import Hrnp, internet_checksum
from radio_gateway.protocols.hytera.hrnp_reader import HrnpReader
from radio_gateway.protocols.hytera.hstrp import Hstrp
from radio_gateway.protocols.hytera.ipsc import IpscPacket, IpscPing
from radio_gateway.protocols.hytera.ipsc_p2p import P2pCommand
from radio_gateway.protocols.hytera.rtp import EXTENSION_ID, CallExtension, Rtp
from tests.radio_gateway.fuzzing.harness import Case, Family, use_all
from tests.radio_gateway.fuzzing.vectors import octets

_LITTLE_ENDIAN: Final = 2
"Service whose length field is least significant octet first (radio control)."
_EVERY_MESSAGE: Final = [
    Hdap(service, opcode, bytes(range(0x30, 0x70))).build() for service, opcode in FRAMES
]
"Messages of which there is no recording: long enough for any, their contents arbitrary."
_GPS: Final = b"A183648261015N4718.8051E01854.43870.1121"
REPORTS: Final = [
    # the recorded place in the two reports that radios send by themselves
    Hdap(Service.LP, 0xC003, bytes.fromhex("0000000a0a2110dd") + b"00000000" + _GPS).build(),
    Hdap(Service.LP, 0xD003, bytes.fromhex("0000000a0a2110dd") + _GPS).build(),
]
P2P: Final = [b"P2P" + bytes(17) + bytes((kind, 1)) for kind in (0x10, 0x11, 0x12)]


def _read_quickly(data: bytes, envelope: Hdap) -> None:
    """What the quick way reads, the long one must read the same."""
    fix = quick.read(data)
    if fix is None:
        return
    assert envelope.checksum_ok
    report = read_message(envelope)
    assert isinstance(report, lp.TriggeredReport | lp.ConditionReport)
    gps = report.gps
    assert fix == (
        report.radio.number,
        (envelope.opcode, envelope.payload),
        gps.point,
        gps.fixed_at,
        gps.speed_knots,
        gps.course_deg,
    )


def hdap(data: bytes) -> None:
    envelope = Hdap.parse(data)
    use_all(envelope)
    assert envelope.build() == data
    _read_quickly(data, envelope)
    message = read_message(envelope)
    use_all(message)
    for name in ("gps", "plan"):
        use_all(getattr(message, name, None))
    again = message.envelope(reliable=envelope.reliable)
    assert (again.service, again.opcode, again.payload) == (
        envelope.service,
        envelope.opcode,
        envelope.payload,
    )


def hstrp(data: bytes) -> None:
    packet = Hstrp.parse(data)
    use_all(packet)
    assert packet.build() == data
    assert Hstrp.parse(packet.acknowledgement().build()).number == packet.number
    if envelope_of(packet) is not None:
        hdap(packet.payload)


def hrnp(data: bytes) -> None:
    packet = Hrnp.parse(data)
    use_all(packet)
    assert packet.build() == data
    if envelope_of(packet) is not None:
        hdap(packet.payload)


def hrnp_stream(data: bytes) -> None:
    """Octets of a serial port: the same frames however they are cut."""
    whole, pieces = HrnpReader(), HrnpReader()
    middle = len(data) // 2
    found = whole.feed(data)
    assert pieces.feed(data[:middle]) + pieces.feed(data[middle:]) == found


def rtp(data: bytes) -> None:
    packet = Rtp.parse(data)
    use_all(packet)
    assert packet.build() == data
    if packet.extension_id == EXTENSION_ID and len(packet.extension) == 12:
        assert CallExtension.from_bytes(packet.extension).to_bytes() == packet.extension


def ipsc(data: bytes) -> None:
    packet = IpscPacket.parse(data)
    use_all(packet)
    assert packet.build() == data


def ping(data: bytes) -> None:
    packet = IpscPing.parse(data)
    assert packet.build() == data
    assert packet.response().is_response


def p2p(data: bytes) -> None:
    use_all(P2pCommand.parse(data))


def any_frame(data: bytes) -> None:
    frame = read_frame(data)
    assert frame.build() == data
    envelope_of(frame)


def mended_hdap(data: bytes, dice: Random) -> bytes:
    if len(data) < 7:
        return data
    order: Any = "little" if data[0] & 0x7F == _LITTLE_ENDIAN else "big"
    body = data[1:3] + (len(data) - 7).to_bytes(2, order) + data[5:-2]
    return data[:1] + body + bytes((checksum(body), 3))


def mended_hstrp(data: bytes, dice: Random) -> bytes:
    return data[:15] + mended_hdap(data[15:], dice) if data[3:4] == b"\x20" else data


def mended_hrnp(data: bytes, dice: Random) -> bytes:
    if len(data) < 12:
        return data
    inner = mended_hdap(data[12:], dice)
    head = data[:8] + (12 + len(inner)).to_bytes(2, "big")
    return head + internet_checksum(head + b"\0\0" + inner).to_bytes(2, "big") + inner


def mended_stream(data: bytes, dice: Random) -> bytes:
    """A frame with damage before and behind it."""
    return data[-5:] + mended_hrnp(data, dice) + data[:9]


def of_72_octets(data: bytes, dice: Random) -> bytes:
    return data[:72].ljust(72, b"\0")


HYTERA: Final = Family(
    "hytera",
    (
        Case("hdap", octets("hytera/hdap"), hdap, mended_hdap),
        Case("usual reports", REPORTS, hdap, mended_hdap, b"0099ANSEWV.\x00\x08\x88"),
        Case("every message", _EVERY_MESSAGE, hdap, mended_hdap),
        Case("hstrp", octets("hytera/hstrp"), hstrp, mended_hstrp),
        Case("hrnp", octets("hytera/hrnp"), hrnp, mended_hrnp),
        Case("hrnp on a serial port", octets("hytera/hrnp"), hrnp_stream, mended_stream),
        Case("rtp", octets("hytera/rtp"), rtp),
        Case("ipsc", octets("hytera/ipsc-dmr"), ipsc, of_72_octets),
        Case("ipsc ping", octets("hytera/ipsc-ping"), ping),
        Case("p2p", P2P, p2p),
        Case("any frame", octets("hytera/hstrp", "hytera/hdap", "hytera/hrnp"), any_frame),
    ),
)
