"""Datagrams of MOTOTRBO radios as fields, and which of their services one belongs to."""

from collections.abc import Callable
from typing import Final

from radio_gateway.decoding_fields import Fields, fields_of, named
from radio_gateway.protocols.errors import MalformedError

RADIO: Final = "12.0.0.1"
"Who is taken for the sender of octets that come without an address."


def read_ars(data: bytes) -> list[Fields]:
    """Registration; a password is told to be there and not shown."""
    from radio_gateway.protocols.mototrbo.ars import parse_ars

    found = named(parse_ars(data))
    if "password" in found:
        found["password"] = bool(found["password"])
    return [found]


def read_lrrp(data: bytes) -> list[Fields]:
    """Location: one object per document, reports with their values in degrees and UTC."""
    from radio_gateway.protocols.mototrbo.lrrp import (
        Report,
        parse_lrrp,
    )

    found = []
    for document in parse_lrrp(data):
        fields = named(document)
        if isinstance(document, Report):
            fields["time"] = fields_of(document.time)
            placed = document.shape is not None
            fields["latitude_deg"] = document.latitude_deg if placed else None
            fields["longitude_deg"] = document.longitude_deg if placed else None
            fields["heading_deg"] = document.heading_deg
        found.append(fields)
    return found


def read_tms(data: bytes) -> list[Fields]:
    """Texts and their acknowledgements."""
    from radio_gateway.protocols.mototrbo.tms import Text, parse_tms

    message = parse_tms(data)
    found = named(message)
    if isinstance(message, Text):
        found["text"] = message.text
    return [found]


def read_battery(data: bytes) -> list[Fields]:
    """IMPRES batteries."""
    from radio_gateway.protocols.mototrbo.battery import parse_battery

    return [named(parse_battery(data))]


def read_xcmp(data: bytes) -> list[Fields]:
    """Control messages."""
    from radio_gateway.protocols.mototrbo.xcmp import parse_xcmp

    return [named(parse_xcmp(data))]


def read_ipv4(data: bytes) -> list[Fields]:
    """A whole IP packet with UDP, as data bursts and captures carry it, and what is in it."""
    from radio_gateway.protocols.dmr.ip import UdpDatagram

    packet = UdpDatagram.parse(data)
    found = named(packet) | {"source": str(packet.source), "target": str(packet.target)}
    return [found | _inner(packet.payload, packet.target_port)]


def read_compressed_udp(data: bytes) -> list[Fields]:
    """UDP/IPv4 with a compressed header, and what is in it."""
    from radio_gateway.protocols.dmr.ip import CompressedUdp

    packet = CompressedUdp.parse(data)
    source, target = packet.ports()
    found = named(packet) | {"source_port": source, "target_port": target}
    return [found | _inner(packet.payload, target or 0)]


def _inner(payload: bytes, port: int) -> Fields:
    """What a datagram of a known service says; octets that are none stay octets."""
    service = service_of(payload, port)
    if service not in FORMS:  # of telemetry no public form exists
        return {"service": service, "messages": []}
    try:
        return {"service": service, "messages": FORMS[service](payload)}
    except MalformedError as error:
        return {"service": None, "messages": [], "unreadable": error.what}


def may_be_ipv4(data: bytes) -> bool:
    """Whether octets may be an IP packet with UDP: their length is told in front."""
    return data[0] == 0x45 and len(data) >= 28 and int.from_bytes(data[2:4], "big") == len(data)


def ipv4_parts(data: bytes) -> tuple[str, str, bytes]:
    """Of a packet that was read: its service, the sender's address and the payload."""
    from radio_gateway.protocols.dmr.ip import UdpDatagram

    packet = UdpDatagram.parse(data)
    return service_of(packet.payload, packet.target_port), str(packet.source), packet.payload


FORMS: Final[dict[str, Callable[[bytes], list[Fields]]]] = {
    "ars": read_ars,
    "lrrp": read_lrrp,
    "tms": read_tms,
    "battery": read_battery,
}
"Services that can be asked for by name; the names are the endpoints of a link."

ENVELOPES: Final[dict[str, Callable[[bytes], list[Fields]]]] = {
    "ipv4": read_ipv4,
    "compressed-udp": read_compressed_udp,
    "xcmp": read_xcmp,
}
"Other things that can be asked for by name."


def read_any(data: bytes) -> list[Fields]:
    """A datagram of whichever service; raises MalformedError."""
    return FORMS[service_of(data)](data)


def may_be(data: bytes) -> bool:
    """Whether octets may be a datagram of these radios: their length is told in front."""
    if data[0]:
        return 0x04 <= data[0] <= 0x15 and len(data) > 1 and data[1] & 0x7F <= len(data)
    return len(data) >= 3 and int.from_bytes(data[:2], "big") == len(data) - 2


def service_of(data: bytes, port: int = 0) -> str:
    """The service of a datagram: by its port, else by its form.

    Texts and registrations begin alike; only a text has the length of an address as fourth
    octet, 0 as a rule.
    """
    from radio_gateway.adapters.mototrbo import DEFAULT_PORTS
    from radio_gateway.protocols.mototrbo.ars import UnknownArs, parse_ars
    from radio_gateway.protocols.mototrbo.tms import UnknownTms, parse_tms

    for name, usual in DEFAULT_PORTS.items():
        if port == usual:
            return str(name)
    if data[:1] != b"\x00":
        return "lrrp"
    plainly_text = data[2:3] in (b"\xe0", b"\xa0", b"\xc0", b"\x80", b"\xd0", b"\x9f", b"\x1f")
    try:
        registration = not isinstance(parse_ars(data), UnknownArs)
    except MalformedError:
        registration = False
    try:
        text = not isinstance(parse_tms(data), UnknownTms)
    except MalformedError:
        text = False
    if text and (plainly_text or not registration or data[3:4] == b"\x00"):
        return "tms"
    return "ars"
