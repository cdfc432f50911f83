"""IPv4 and UDP inside DMR data packets, plain (SAP 4) and compressed (SAP 3)."""

from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Final

from radio_gateway.protocols.errors import MalformedError

UDP: Final = 17
_IP_HEADER: Final = 20
_UDP_HEADER: Final = 8


@dataclass(frozen=True, slots=True)
class UdpDatagram:
    """A UDP datagram in a plain IPv4 packet; the low 24 bits of an address are the radio id."""

    source: IPv4Address
    target: IPv4Address
    source_port: int
    target_port: int
    payload: bytes

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
        )


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
