"""IPv4 and UDP inside DMR data packets, plain (SAP 4) and compressed (SAP 3), both ways.

Bounds come from the length fields and are checked against what arrived; checksums are built
right and not insisted on, since the CRC-32 of the packet has covered every octet before.
"""

import struct
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Final

from radio_gateway.protocols.errors import MalformedError

UDP: Final = 17
_IP_HEADER: Final = 20
_UDP_HEADER: Final = 8
_TIME_TO_LIVE: Final = 64

WELL_KNOWN_PORTS: Final = {
    1: 5016,
    2: 5017,
    95: 4001,
    97: 4005,
    98: 4007,
    99: 4008,
}
"""Compressed port id -> UDP port: ETSI text and location, then Motorola's location (LRRP),
registration (ARS), text (TMS, Hytera too) and telemetry. ARS, LRRP and TMS were seen in captures;
an operator can program others into radios."""


@dataclass(frozen=True, slots=True)
class UdpDatagram:
    """A UDP datagram in a plain IPv4 packet; the low 24 bits of an address are the radio id."""

    source: IPv4Address
    target: IPv4Address
    source_port: int
    target_port: int
    payload: bytes
    identification: int = 0
    "Of the IPv4 packet, 16 bit; counts up per sender."

    @classmethod
    def parse(cls, packet: bytes) -> "UdpDatagram":
        """Read one packet; octets beyond its length field are ignored.

        Raises:
            MalformedError: no whole IPv4 packet with UDP, or a fragment of one.
        """
        header = (packet[0] & 0xF) * 4 if packet else 0
        if len(packet) < _IP_HEADER or packet[0] >> 4 != 4 or header < _IP_HEADER:
            raise MalformedError("no IPv4 packet", packet)
        total = int.from_bytes(packet[2:4], "big")
        if not header + _UDP_HEADER <= total <= len(packet) or packet[9] != UDP:
            raise MalformedError("no UDP in the IPv4 packet", packet)
        if int.from_bytes(packet[6:8], "big") & 0x3FFF:
            raise MalformedError("fragment of an IPv4 packet", packet)
        datagram = packet[header:total]
        length = int.from_bytes(datagram[4:6], "big")
        if not _UDP_HEADER <= length <= len(datagram):
            raise MalformedError("UDP length beyond its packet", packet)
        return cls(
            IPv4Address(packet[12:16]),
            IPv4Address(packet[16:20]),
            int.from_bytes(datagram[0:2], "big"),
            int.from_bytes(datagram[2:4], "big"),
            datagram[_UDP_HEADER:length],
            int.from_bytes(packet[4:6], "big"),
        )

    def build(self) -> bytes:
        """The whole IPv4 packet, both checksums set.

        Raises:
            ValueError: a port, the identification or the payload is too large.
        """
        length = _UDP_HEADER + len(self.payload)
        addresses = self.source.packed + self.target.packed
        try:
            ports = struct.pack(">HHH", self.source_port, self.target_port, length)
            head = struct.pack(
                ">BxHHxxBBxx", 0x45, _IP_HEADER + length, self.identification, _TIME_TO_LIVE, UDP
            )
        except struct.error as error:
            raise ValueError(f"no UDP datagram with these fields: {error}") from error
        head = head[:10] + _internet_sum(head + addresses).to_bytes(2, "big") + addresses
        pseudo = addresses + struct.pack(">BBH", 0, UDP, length)
        check = _internet_sum(pseudo + ports + bytes(2) + self.payload) or 0xFFFF
        return head + ports + check.to_bytes(2, "big") + self.payload


@dataclass(frozen=True, slots=True)
class CompressedUdp:
    """UDP/IPv4 with a compressed header (ETSI TS 102 361-3, 7.2)."""

    identification: int
    "Of the IPv4 packet, 16 bit."
    source_address_id: int
    "0 radio network, 1 USB network, .."
    target_address_id: int
    source_port_id: int
    "0: `source_port` was sent in full; otherwise a number for a well-known port."
    target_port_id: int
    payload: bytes
    source_port: int | None = None
    target_port: int | None = None

    @classmethod
    def parse(cls, packet: bytes) -> "CompressedUdp":
        """Read one packet.

        Raises:
            MalformedError: too short, or a compression that we do not know.
        """
        if len(packet) < 5 or packet[3] & 0x80 or packet[4] & 0x80:
            raise MalformedError("no compressed UDP header", packet)
        at = 5
        ports: list[int | None] = []
        for port_id in (packet[3] & 0x7F, packet[4] & 0x7F):
            if port_id:
                ports.append(None)
                continue
            if len(packet) < at + 2:
                raise MalformedError("compressed UDP header ends early", packet)
            ports.append(int.from_bytes(packet[at : at + 2], "big"))
            at += 2
        return cls(
            identification=int.from_bytes(packet[:2], "big"),
            source_address_id=packet[2] >> 4,
            target_address_id=packet[2] & 0xF,
            source_port_id=packet[3] & 0x7F,
            target_port_id=packet[4] & 0x7F,
            payload=packet[at:],
            source_port=ports[0],
            target_port=ports[1],
        )

    def build(self) -> bytes:
        """The compressed header and the payload; a port id of 0 sends that port in full.

        Raises:
            ValueError: a field is too large, or a port id of 0 has no port.
        """
        named = ((self.source_port_id, self.source_port), (self.target_port_id, self.target_port))
        try:
            head = struct.pack(
                ">HBBB",
                self.identification,
                self.source_address_id << 4 | self.target_address_id,
                self.source_port_id,
                self.target_port_id,
            )
            ports = b"".join(struct.pack(">H", port) for number, port in named if not number)
        except struct.error as error:
            raise ValueError(f"no compressed header with these fields: {error}") from error
        if head[3] & 0x80 or head[4] & 0x80 or self.target_address_id > 0xF:
            raise ValueError("address ids have 4 bits, port ids 7")
        return head + ports + self.payload

    def ports(self) -> tuple[int | None, int | None]:
        """Source and target as UDP ports; None: an id that is not well known."""
        return (
            self.source_port if not self.source_port_id else port_of(self.source_port_id),
            self.target_port if not self.target_port_id else port_of(self.target_port_id),
        )


def port_of(port_id: int) -> int | None:
    """The UDP port that a compressed port id stands for; None: not well known."""
    return WELL_KNOWN_PORTS.get(port_id)


def port_id_of(port: int) -> int:
    """The compressed id of a well-known UDP port; 0: it has to be sent in full."""
    return _PORT_IDS.get(port, 0)


_PORT_IDS: Final = {port: port_id for port_id, port in WELL_KNOWN_PORTS.items()}


def _internet_sum(octets: bytes) -> int:
    """The one's complement sum of RFC 1071 over 16-bit words."""
    padded = octets + bytes(len(octets) % 2)
    total: int = sum(struct.unpack(f">{len(padded) // 2}H", padded))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF
