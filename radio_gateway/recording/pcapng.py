"""Recordings as pcapng files (draft-ietf-opsawg-pcapng) that Wireshark and `replay` open.

Datagrams get IP and UDP headers again (link type RAW). Octets of a serial line stand alone under
link type USER0. Every socket or port is an interface: its name is `link/endpoint`, its
description the kind of the link; the direction stands in the packet's flags.
"""

import struct
from collections.abc import Iterable, Iterator
from ipaddress import ip_address
from typing import Final

from radio_gateway.recording.ring import Place, Record

RAW: Final = 101
USER0: Final = 147
_SECTION: Final = 0x0A0D0D0A
_INTERFACE: Final = 1
_ENHANCED_PACKET: Final = 6
_OPTION_NAME: Final = 2
_OPTION_DESCRIPTION: Final = 3
_OPTION_APPLICATION: Final = 4
_OPTION_FLAGS: Final = 2
_INBOUND, _OUTBOUND = 1, 2
_UDP: Final = 17
_HOPS: Final = 64


def write(records: Iterable[Record], application: str = "radio-gateway") -> Iterator[bytes]:
    """The octets of a file, block by block."""
    head = struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)
    yield _block(_SECTION, head + _options((_OPTION_APPLICATION, application.encode())))
    known: dict[Place, int] = {}
    for record in records:
        number = known.get(record.where)
        if number is None:
            number = known[record.where] = len(known)
            yield _interface(record.where)
        yield _packet(record, number)


def _interface(where: Place) -> bytes:
    named = (_OPTION_NAME, f"{where.link}/{where.endpoint}".encode())
    described = (_OPTION_DESCRIPTION, where.kind.encode())
    head = struct.pack("<HHI", USER0 if where.serial else RAW, 0, 0)
    return _block(_INTERFACE, head + _options(named, described))


def _packet(record: Record, interface: int) -> bytes:
    octets = record.data if record.where.serial else _datagram(record)
    ticks, size = round(record.at * 1_000_000), len(octets)
    head = struct.pack("<5I", interface, ticks >> 32 & 0xFFFFFFFF, ticks & 0xFFFFFFFF, size, size)
    flags = struct.pack("<I", _OUTBOUND if record.outbound else _INBOUND)
    return _block(_ENHANCED_PACKET, head + _padded(octets) + _options((_OPTION_FLAGS, flags)))


def _datagram(record: Record) -> bytes:
    own, other = (record.where.host, record.where.port), (record.host, record.port)
    source, target = (own, other) if record.outbound else (other, own)
    addresses = ip_address(source[0]).packed + ip_address(target[0]).packed
    length = 8 + len(record.data)
    ports = struct.pack(">3H", source[1], target[1], length)
    check = _checksum(addresses + struct.pack(">HH", _UDP, length) + ports + record.data) or 0xFFFF
    udp = ports + check.to_bytes(2, "big") + record.data
    if len(addresses) == 32:
        return struct.pack(">IHBB", 6 << 28, length, _UDP, _HOPS) + addresses + udp
    head = struct.pack(">BBHHHBB", 0x45, 0, 20 + length, 0, 0, _HOPS, _UDP)
    return head + _checksum(head + addresses).to_bytes(2, "big") + addresses + udp


def _checksum(octets: bytes) -> int:
    """Inverted ones' complement sum of 16-bit words (RFC 1071)."""
    padded = octets + b"\0" * (len(octets) % 2)
    total: int = sum(struct.unpack(f">{len(padded) // 2}H", padded))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def _block(kind: int, body: bytes) -> bytes:
    length = struct.pack("<I", 12 + len(body))
    return struct.pack("<I", kind) + length + body + length


def _options(*options: tuple[int, bytes]) -> bytes:
    written = b"".join(
        struct.pack("<HH", code, len(value)) + _padded(value) for code, value in options
    )
    return written + bytes(4)


def _padded(octets: bytes) -> bytes:
    return octets + bytes(-len(octets) % 4)
