"""From a captured packet to its UDP payload, through link layer and IP."""

import struct
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address
from typing import Final, TypeAlias

Address: TypeAlias = tuple[str, int]

_IPV4: Final = 0x0800
_IPV6: Final = 0x86DD
_VLAN_TAGS: Final = (0x8100, 0x88A8, 0x9100)
_UDP: Final = 17
_HOP_HEADERS: Final = (0, 43, 60)
"IPv6 hop-by-hop, routing and destination options: a length in units of 8 octets."
_FRAGMENT: Final = 44


class Skipped(Exception):  # noqa: N818  # no fault: most packets of a capture are somebody else's
    """A packet without a whole UDP datagram; the text is counted as the reason."""


def udp_of(link_type: int, packet: bytes) -> tuple[Address, Address, bytes]:
    """Source, destination and payload of a packet; raises Skipped."""
    strip = _LINK_LAYERS.get(link_type)
    if strip is None:
        raise Skipped(f"link type {link_type}")
    try:
        kind, inner = strip(packet)
        if kind == _IPV4:
            source, destination, datagram = _ipv4(inner)
        elif kind == _IPV6:
            source, destination, datagram = _ipv6(inner)
        else:
            raise Skipped("not IP")
        source_port, destination_port, length = struct.unpack_from(">3H", datagram)
    except (struct.error, IndexError):
        raise Skipped("shorter than its headers") from None
    if length < 8 or length > len(datagram):
        raise Skipped("wrong UDP length")
    return (source, source_port), (destination, destination_port), datagram[8:length]


def _ipv4(packet: bytes) -> tuple[str, str, bytes]:
    length = (packet[0] & 0x0F) * 4
    (total,) = struct.unpack_from(">H", packet, 2)
    (fragment,) = struct.unpack_from(">H", packet, 6)
    if packet[0] >> 4 != 4 or length < 20:
        raise Skipped("wrong IPv4 header")
    if fragment & 0x3FFF:  # more fragments, or an offset
        raise Skipped("IP fragment")
    if packet[9] != _UDP:
        raise Skipped("not UDP")
    if total == 0:  # left open for the network card to fill in
        total = len(packet)
    source, destination = IPv4Address(packet[12:16]), IPv4Address(packet[16:20])
    return str(source), str(destination), packet[length:total]


def _ipv6(packet: bytes) -> tuple[str, str, bytes]:
    length, following = struct.unpack_from(">HB", packet, 4)
    if packet[0] >> 4 != 6 or len(packet) < 40:
        raise Skipped("wrong IPv6 header")
    source, destination = IPv6Address(packet[8:24]), IPv6Address(packet[24:40])
    at = 40
    end = 40 + length if length else len(packet)
    while following in _HOP_HEADERS:
        following, at = packet[at], at + 8 + packet[at + 1] * 8
    if following == _FRAGMENT:
        raise Skipped("IP fragment")
    if following != _UDP:
        raise Skipped("not UDP")
    return str(source), str(destination), packet[at:end]


def _ethernet(packet: bytes) -> tuple[int, bytes]:
    at = 12
    (kind,) = struct.unpack_from(">H", packet, at)
    while kind in _VLAN_TAGS:
        at += 4
        (kind,) = struct.unpack_from(">H", packet, at)
    return kind, packet[at + 2 :]


def _raw(packet: bytes) -> tuple[int, bytes]:
    return (_IPV6 if packet[0] >> 4 == 6 else _IPV4), packet


def _null(packet: bytes) -> tuple[int, bytes]:
    """BSD loopback: the address family, in the byte order of the machine that captured."""
    family = min(struct.unpack_from("<I", packet)[0], struct.unpack_from(">I", packet)[0])
    return {2: _IPV4, 24: _IPV6, 28: _IPV6, 30: _IPV6, 10: _IPV6}.get(family, 0), packet[4:]


def _linux_cooked(packet: bytes) -> tuple[int, bytes]:
    return struct.unpack_from(">H", packet, 14)[0], packet[16:]


def _linux_cooked_2(packet: bytes) -> tuple[int, bytes]:
    return struct.unpack_from(">H", packet)[0], packet[20:]


_LINK_LAYERS: Final[dict[int, Callable[[bytes], tuple[int, bytes]]]] = {
    0: _null,
    1: _ethernet,
    12: _raw,
    14: _raw,
    101: _raw,
    108: _null,
    113: _linux_cooked,
    228: _raw,
    229: _raw,
    276: _linux_cooked_2,
}
"By link type of tcpdump's list."
