"""Writes small captures for tests, from the formats' specifications."""

import struct
from ipaddress import ip_address

ETHERNET, RAW, NULL, SLL, SLL2 = 1, 101, 0, 113, 276


def udp(source: tuple[str, int], destination: tuple[str, int], payload: bytes) -> bytes:
    """An IP packet around one datagram; IPv4 or IPv6 by the addresses."""
    datagram = struct.pack(">4H", source[1], destination[1], 8 + len(payload), 0) + payload
    addresses = ip_address(source[0]).packed + ip_address(destination[0]).packed
    if len(addresses) == 32:
        return struct.pack(">IHBB", 6 << 28, len(datagram), 17, 64) + addresses + datagram
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(datagram), 0, 0, 64, 17, 0)
    return head + addresses + datagram


def framed(link_type: int, packet: bytes) -> bytes:
    """The packet as that link layer carries it."""
    kind = 0x86DD if packet[0] >> 4 == 6 else 0x0800
    match link_type:
        case 1:
            return bytes(12) + struct.pack(">H", kind) + packet
        case 113:
            return bytes(14) + struct.pack(">H", kind) + packet
        case 276:
            return struct.pack(">H", kind) + bytes(18) + packet
        case 0:
            return struct.pack("<I", 30 if kind == 0x86DD else 2) + packet
        case _:
            return packet


def pcap(
    packets: list[tuple[float, bytes]],
    link_type: int = ETHERNET,
    order: str = "<",
    nano: bool = False,
) -> bytes:
    """A classic capture of whole packets."""
    per_second = 1_000_000_000 if nano else 1_000_000
    magic = 0xA1B23C4D if nano else 0xA1B2C3D4
    out = struct.pack(f"{order}IHHiIII", magic, 2, 4, 0, 0, 65535, link_type)
    for at, packet in packets:
        seconds, fraction = int(at), round((at % 1) * per_second)
        out += struct.pack(f"{order}4I", seconds, fraction, len(packet), len(packet)) + packet
    return out


def block(kind: int, body: bytes, order: str = "<") -> bytes:
    """One block of pcapng, padded."""
    body += bytes(-len(body) % 4)
    length = struct.pack(f"{order}I", 12 + len(body))
    return struct.pack(f"{order}I", kind) + length + body + length


def pcapng(
    packets: list[tuple[float, bytes]],
    link_type: int = ETHERNET,
    order: str = "<",
    resolution: int | None = None,
) -> bytes:
    """A section with one interface; `resolution` is the option's octet, 10^-n seconds."""
    option = b"" if resolution is None else struct.pack(f"{order}HHB3x", 9, 1, resolution)
    out = block(0x0A0D0D0A, struct.pack(f"{order}IHHq", 0x1A2B3C4D, 1, 0, -1), order)
    out += block(1, struct.pack(f"{order}HHI", link_type, 0, 65535) + option + bytes(4), order)
    out += block(5, bytes(12), order)  # statistics: of no interest
    for at, packet in packets:
        ticks = round(at * 10 ** (6 if resolution is None else resolution))
        size = len(packet)
        head = struct.pack(f"{order}5I", 0, ticks >> 32, ticks & 0xFFFFFFFF, size, size)
        out += block(6, head + packet, order)
    return out
