"""What a data packet says: a datagram for an application, a text, a status, a position.

The applications themselves (location, registration, text of the vendors) are read by their own
codecs, which get port and payload from here.
"""

from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Final, TypeAlias, TypedDict

from radio_gateway.protocols.dmr import short_text
from radio_gateway.protocols.dmr.data_header import (
    ProprietaryHeader,
    RawDataHeader,
    ResponseHeader,
    Sap,
    ShortDataHeader,
    StatusHeader,
    UdtHeader,
)
from radio_gateway.protocols.dmr.ip import CompressedUdp, UdpDatagram
from radio_gateway.protocols.dmr.link_control import FID_HYTERA, FID_MOTOROLA
from radio_gateway.protocols.dmr.location import UdtPosition
from radio_gateway.protocols.dmr.packet_opening import is_compressed
from radio_gateway.protocols.dmr.pi_header import algorithm_name
from radio_gateway.protocols.dmr.reassembly import DataPacket
from radio_gateway.protocols.errors import MalformedError

UDT_NMEA: Final = 5
UDT_TEXT: Final = {3: short_text.SEVEN_BIT, 4: 0x03, 7: short_text.UTF_16_BE}
"UDT format -> character format of short data."
_MOTOROLA_PORTS: Final = {1: 4001, 3: 4005, 4: 4007, 5: 4008}
"Service number of a compressed datagram -> UDP port: LRRP, ARS, TMS, telemetry."
_NIBBLES_PER_OCTET: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    source: int
    "Radio that the data header names, 24 bit."
    target: int
    group: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Datagram(_Said):
    """UDP, however it was compressed."""

    source_port: int | None
    target_port: int | None
    "None: an id that is not well known."
    payload: bytes
    identification: int
    "16 bit; counts up per sender: the same number again is a repetition."
    source_address: IPv4Address | None = None
    target_address: IPv4Address | None = None
    "None: compressed away; the data header's numbers hold."


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortText(_Said):
    """A text as short data or unified data transport."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Status(_Said):
    """A numbered status."""

    status: int
    "0..1023"
    source_port: int
    target_port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Position(_Said):
    """A position by unified data transport."""

    position: UdtPosition


@dataclass(frozen=True, slots=True, kw_only=True)
class Response(_Said):
    """An answer to a confirmed packet."""

    header: ResponseHeader
    retry_flags: bytes
    "With class 2, which blocks are wanted again; the order of its bits was never captured."


@dataclass(frozen=True, slots=True, kw_only=True)
class Encrypted(_Said):
    """A packet that cannot be read: shown, never guessed at."""

    algorithm: str
    key_id: int
    octets: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread(_Said):
    """A whole packet of a kind that has no public description, or broken inside."""

    sap: int
    payload: bytes
    why: str


Content: TypeAlias = Datagram | ShortText | Status | Position | Response | Encrypted | Unread


def content_of(packet: DataPacket) -> Content:
    """Read the inside of a checked packet; never fails, what it cannot read is `Unread`."""
    header = packet.header
    who = _Who(source=header.source, target=header.target, group=header.group)
    match header:
        case StatusHeader(source_port=source, target_port=target, status=status):
            return Status(**who, status=status, source_port=source, target_port=target)
        case ResponseHeader():
            return Response(**who, header=header, retry_flags=packet.payload)
        case UdtHeader():
            return _udt(header, packet.payload, who)
        case ShortDataHeader(character_format=form):
            text = short_text.decode(packet.payload, form)
            if text is None:
                return Unread(**who, sap=header.sap, payload=packet.payload, why="binary")
            return ShortText(**who, text=text)
        case RawDataHeader():
            return Unread(**who, sap=header.sap, payload=packet.payload, why="raw short data")
        case _:
            return _packet_data(packet, who)


class _Who(TypedDict):
    """The keyword arguments of `_Said`."""

    source: int
    target: int
    group: bool


def _udt(header: UdtHeader, payload: bytes, who: _Who) -> Content:
    if header.protect:
        return Encrypted(**who, algorithm="not named", key_id=0, octets=len(payload))
    used = payload[: len(payload) - header.pad_nibbles // _NIBBLES_PER_OCTET]
    if header.udt_format == UDT_NMEA:
        try:
            position = UdtPosition.parse(payload)
        except MalformedError as error:
            return Unread(**who, sap=header.sap, payload=payload, why=error.what)
        return Position(**who, position=position)
    form = UDT_TEXT.get(header.udt_format)
    text = None if form is None else short_text.decode(used, form)
    if text is None:
        return Unread(**who, sap=header.sap, payload=used, why=f"UDT format {header.udt_format}")
    return ShortText(**who, text=text)


def _packet_data(packet: DataPacket, who: _Who) -> Content:
    vendor, payload, sap = packet.vendor, packet.payload, packet.header.sap
    if vendor is not None:
        return _vendor_data(vendor, payload, who)
    try:
        if sap == Sap.IP:
            return _plain(UdpDatagram.parse(payload), who)
        if sap == Sap.UDP_IP_COMPRESSED:
            return _compressed(CompressedUdp.parse(payload), who)
    except MalformedError as error:
        return Unread(**who, sap=sap, payload=payload, why=error.what)
    return Unread(**who, sap=sap, payload=payload, why=f"service access point {sap}")


def _plain(datagram: UdpDatagram, who: _Who) -> Datagram:
    return Datagram(
        **who,
        source_port=datagram.source_port,
        target_port=datagram.target_port,
        payload=datagram.payload,
        identification=datagram.identification,
        source_address=datagram.source,
        target_address=datagram.target,
    )


def _compressed(datagram: CompressedUdp, who: _Who) -> Datagram:
    source_port, target_port = datagram.ports()
    return Datagram(
        **who,
        source_port=source_port,
        target_port=target_port,
        payload=datagram.payload,
        identification=datagram.identification,
    )


def _vendor_data(vendor: ProprietaryHeader, payload: bytes, who: _Who) -> Content:
    """Behind a second header: Motorola's own compression, or encrypted data."""
    if is_compressed(vendor):
        ports = vendor.data[2]  # source and target service, 4 bits each
        return Datagram(
            **who,
            source_port=_MOTOROLA_PORTS.get(ports >> 4),
            target_port=_MOTOROLA_PORTS.get(ports & 0xF),
            payload=payload,
            identification=int.from_bytes(vendor.data[3:5], "big"),
        )
    if vendor.fid in (FID_MOTOROLA, FID_HYTERA):
        algorithm, key_id = vendor.data[0], vendor.data[1]
        return Encrypted(
            **who,
            algorithm=algorithm_name(algorithm, vendor.fid),
            key_id=key_id,
            octets=len(payload),
        )
    why = f"second header of FID {vendor.fid:02X}"
    return Unread(**who, sap=vendor.sap, payload=payload, why=why)
