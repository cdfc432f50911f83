"""What data packets say, with other numbers, places and words, in as many octets."""

from collections.abc import Callable
from dataclasses import replace
from ipaddress import IPv4Address
from typing import Final

from radio_gateway.adapters._dmr_services import (
    ARS_PORT,
    COMPRESSED_HEADER,
    HYTERA_PORTS,
    LRRP_PORT,
    TMS_PORT,
)
from radio_gateway.protocols.dmr import short_text
from radio_gateway.protocols.dmr.content import (
    UDT_TEXT,
    Datagram,
    Position,
    Response,
    ShortText,
    Status,
    content_of,
)
from radio_gateway.protocols.dmr.data_header import Sap, ShortDataHeader, UdtHeader
from radio_gateway.protocols.dmr.ip import CompressedUdp, UdpDatagram
from radio_gateway.protocols.dmr.reassembly import DataPacket
from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.hytera.hdap import is_hdap
from radio_gateway.recording.pseudonyms import Pseudonyms
from radio_gateway.recording.scrubs import blocks, hytera, mototrbo
from radio_gateway.recording.scrubs.scrubbing import LeftOut

_READERS: Final[dict[int, Callable[[bytes, Pseudonyms], bytes]]] = {
    ARS_PORT: mototrbo.ars,
    LRRP_PORT: mototrbo.lrrp,
    TMS_PORT: mototrbo.tms,
}
_LONGER: Final = "data packets that would need more room"


def anonymous(packet: DataPacket, names: Pseudonyms) -> bytes:
    """Other content of the same length.

    Raises:
        LeftOut: it is of a form that says nothing to us, or has no room for what stands for it.
    """
    payload = packet.payload
    match content_of(packet):
        case Datagram() as datagram:
            told = _datagram(packet, datagram, names)
        case ShortText(text=text):
            told = _text(packet, text, names)
        case Position():
            told = blocks.udt_position(payload, names)
        case Response() | Status():
            told = bytes(len(payload))
        case _:
            told = names.octets(payload)
    if len(told) > len(payload):
        raise LeftOut(_LONGER)
    return told.ljust(len(payload), b"\0")


def _datagram(packet: DataPacket, datagram: Datagram, names: Pseudonyms) -> bytes:
    octets = packet.payload
    if packet.vendor is not None:
        return _inside(datagram.target_port, datagram.payload, names)
    if packet.header.sap == Sap.IP:
        plain = UdpDatagram.parse(octets)
        inner = _inside(plain.target_port, plain.payload, names)
        source, target = _address(plain.source, names), _address(plain.target, names)
        return replace(plain, source=source, target=target, payload=inner).build()
    without_ports = octets[COMPRESSED_HEADER:]
    if is_hdap(without_ports):  # Hytera leaves them out
        return octets[:COMPRESSED_HEADER] + _inside(None, without_ports, names)
    compressed = CompressedUdp.parse(octets)
    inner = _inside(datagram.target_port, compressed.payload, names)
    return replace(compressed, payload=inner).build()


def _inside(port: int | None, payload: bytes, names: Pseudonyms) -> bytes:
    """What a service of the vendors says; of others as many octets."""
    read = hytera.hdap if port in HYTERA_PORTS or is_hdap(payload) else _READERS.get(port or 0)
    if read is None:
        return names.octets(payload)
    try:
        return read(payload, names)
    except MalformedError:
        return names.octets(payload)


def _address(address: IPv4Address, names: Pseudonyms) -> IPv4Address:
    """In the same network: the low 24 bits are a radio or a talkgroup."""
    network, number = int(address) >> 24, int(address) & 0xFF_FFFF
    return IPv4Address(network << 24 | names.number(number))


def _text(packet: DataPacket, text: str, names: Pseudonyms) -> bytes:
    room = len(packet.payload)
    match packet.header:
        case UdtHeader(udt_format=form):
            coding = UDT_TEXT[form]
        case ShortDataHeader(character_format=coding):
            pass
        case _:
            raise LeftOut("texts of unknown forms")
    if coding == short_text.BCD:
        return _digits(text, room, names)
    told = names.text(text, len(text))
    written = _written(told, coding)
    while len(written) > room:
        told = told[:-1]
        written = _written(told, coding)
    return written


def _written(text: str, coding: int) -> bytes:
    if coding != short_text.SEVEN_BIT:
        return short_text.encode(text, coding)
    bits = "".join(f"{ord(letter):07b}" for letter in text)
    octets = -(-len(bits) // 8)
    return int(bits.ljust(8 * octets, "0") or "0", 2).to_bytes(octets, "big")


def _digits(text: str, room: int, names: Pseudonyms) -> bytes:
    digits = f"{names.within(text, 'digits', 1, 10**9):0{2 * room}d}"
    return bytes.fromhex(digits[-2 * room :])
