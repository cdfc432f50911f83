"""UDP datagrams out of pcap and pcapng files, as tcpdump and Wireshark write them.

Formats: draft-ietf-opsawg-pcap (little and big endian, microseconds and nanoseconds) and
draft-ietf-opsawg-pcapng (interface description, enhanced, simple and old packet blocks).
"""

import struct
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from radio_gateway.links.packets import Skipped, udp_of

_CLASSIC: Final = {
    b"\xd4\xc3\xb2\xa1": ("<", 1_000_000),
    b"\xa1\xb2\xc3\xd4": (">", 1_000_000),
    b"\x4d\x3c\xb2\xa1": ("<", 1_000_000_000),
    b"\xa1\xb2\x3c\x4d": (">", 1_000_000_000),
}
_SECTION: Final = b"\x0a\x0d\x0d\x0a"
MAX_PACKET: Final = 0x40_0000
"Octets; larger lengths mean a damaged file."
_INTERFACE_BLOCK: Final = 1
_OLD_PACKET_BLOCK: Final = 2
_SIMPLE_PACKET_BLOCK: Final = 3
_ENHANCED_PACKET_BLOCK: Final = 6
_OPTION_NAME: Final = 2
_OPTION_DESCRIPTION: Final = 3
_OPTION_RESOLUTION: Final = 9
_OPTION_FLAGS: Final = 2
_OUTBOUND: Final = 2
_SERIAL: Final = 147
"Link type of bare octets, USER0: a serial line in recordings of ours."


class CaptureError(Exception):
    """A file that is no capture, or ends in the middle of a packet; one line that names it."""


@dataclass(frozen=True, slots=True)
class Interface:
    """Where packets were captured; a recording of ours names its link here."""

    link_type: int = 0
    tick: float = 1e-6
    "Seconds per unit of its times."
    name: str = ""
    "`link/endpoint` in recordings of ours."
    kind: str = ""
    "Description; kind of the link in recordings of ours."


@dataclass(frozen=True, slots=True)
class _Packet:
    at: float
    interface: Interface
    octets: bytes
    outbound: bool = False


@dataclass(frozen=True, slots=True)
class Datagram:
    """One UDP datagram as captured, or a piece of a serial line (no addresses, ports 0)."""

    at: float
    "Seconds since 1970, UTC; the previous packet's where a file keeps no times."
    source: tuple[str, int]
    destination: tuple[str, int]
    payload: bytes
    interface: Interface = Interface()
    outbound: bool = False
    "Sent by the machine that captured; False where the file does not tell."


class Capture:
    """Iterates over the UDP datagrams of a file; the counters grow meanwhile."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.packets = 0
        self.skipped: Counter[str] = Counter()
        "Packets that hold no whole UDP datagram, by reason."

    def __iter__(self) -> Iterator[Datagram]:
        """Raises CaptureError where the file stops making sense; what came before is good."""
        try:
            with self._path.open("rb") as file:
                for packet in self._packets(file):
                    self.packets += 1
                    try:
                        ends = self._inside(packet)
                    except Skipped as reason:
                        self.skipped[str(reason)] += 1
                    else:
                        yield Datagram(packet.at, *ends, packet.interface, packet.outbound)
        except OSError as error:
            raise CaptureError(f"{self._path}: {error.strerror}") from error

    @staticmethod
    def _inside(packet: _Packet) -> tuple[tuple[str, int], tuple[str, int], bytes]:
        interface = packet.interface
        if interface.link_type == _SERIAL and interface.kind:
            return ("", 0), ("", 0), packet.octets
        return udp_of(interface.link_type, packet.octets)

    def _packets(self, file: BinaryIO) -> Iterator[_Packet]:
        magic = file.read(4)
        if magic == _SECTION:
            yield from self._blocks(file)
        elif magic in _CLASSIC:
            yield from self._classic(file, *_CLASSIC[magic])
        else:
            raise CaptureError(f"{self._path}: neither pcap nor pcapng")

    def _classic(self, file: BinaryIO, order: str, per_second: int) -> Iterator[_Packet]:
        header = self._exactly(file, 20)
        interface = Interface(struct.unpack(f"{order}I", header[16:])[0] & 0xFFFF)
        record = struct.Struct(f"{order}4I")
        while head := file.read(record.size):
            if len(head) < record.size:
                raise self._cut()
            seconds, fraction, captured, original = record.unpack(head)
            packet = self._exactly(file, captured)
            if captured < original:
                self._note_cut()
                continue
            yield _Packet(seconds + fraction / per_second, interface, packet)

    def _blocks(self, file: BinaryIO) -> Iterator[_Packet]:
        """Blocks of pcapng: type, length, body, length again."""
        file.seek(0)
        order = "<"
        interfaces: list[Interface] = []
        at = 0.0
        while head := file.read(8):
            if len(head) < 8:
                raise self._cut()
            if head[:4] == _SECTION:
                order = self._byte_order(file)
                interfaces = []
            kind, length = struct.unpack(f"{order}2I", head)
            if length < 12 or length % 4:
                raise self._damaged(f"a block of {length} octets")
            body = self._exactly(file, length - 8)[:-4]
            if kind == _INTERFACE_BLOCK:
                interfaces.append(self._interface(body, order))
                continue
            found = self._block_packet(kind, body, order, interfaces, at)
            if found is not None:
                at = found.at
                yield found

    def _block_packet(
        self,
        kind: int,
        body: bytes,
        order: str,
        interfaces: list[Interface],
        last: float,
    ) -> _Packet | None:
        try:
            if kind == _ENHANCED_PACKET_BLOCK:
                number, high, low, captured, original = struct.unpack_from(f"{order}5I", body)
                start = 20
            elif kind == _OLD_PACKET_BLOCK:
                number, _, high, low, captured, original = struct.unpack_from(f"{order}2H4I", body)
                start = 20
            elif kind == _SIMPLE_PACKET_BLOCK:
                (original,) = struct.unpack_from(f"{order}I", body)
                number, high, low, captured, start = 0, 0, 0, min(original, len(body) - 4), 4
            else:
                return None
            interface = interfaces[number]
        except (struct.error, IndexError):
            raise self._damaged("a packet without its interface") from None
        packet = body[start : start + captured]
        if len(packet) < original:
            self._note_cut()
            return None
        at = (high << 32 | low) * interface.tick if start == 20 else last
        flags = _options(body, start + (captured + 3) // 4 * 4, order).get(_OPTION_FLAGS, b"")
        outbound = len(flags) == 4 and struct.unpack(f"{order}I", flags)[0] & 3 == _OUTBOUND
        return _Packet(at, interface, packet, outbound and kind == _ENHANCED_PACKET_BLOCK)

    def _interface(self, body: bytes, order: str) -> Interface:
        if len(body) < 8:
            raise self._damaged("an interface without its type")
        (link_type,) = struct.unpack_from(f"{order}H", body)
        options = _options(body, 8, order)
        tick, resolution = 1e-6, options.get(_OPTION_RESOLUTION)
        if resolution:
            power = resolution[0] & 0x7F
            tick = 2.0**-power if resolution[0] & 0x80 else 10.0**-power
        name, kind = (
            options.get(code, b"").decode("utf-8", "replace").rstrip("\0")
            for code in (_OPTION_NAME, _OPTION_DESCRIPTION)
        )
        return Interface(link_type, tick, name, kind)

    def _byte_order(self, file: BinaryIO) -> str:
        magic = self._exactly(file, 4)
        file.seek(-4, 1)
        if magic == b"\x4d\x3c\x2b\x1a":
            return "<"
        if magic == b"\x1a\x2b\x3c\x4d":
            return ">"
        raise self._damaged("a section without its byte order")

    def _exactly(self, file: BinaryIO, size: int) -> bytes:
        if size > MAX_PACKET:
            raise self._damaged(f"a packet of {size} octets")
        data = file.read(size)
        if len(data) < size:
            raise self._cut()
        return data

    def _note_cut(self) -> None:
        self.packets += 1
        self.skipped["cut short by the capture length"] += 1

    def _cut(self) -> CaptureError:
        return CaptureError(f"{self._path}: ends within packet {self.packets + 1}")

    def _damaged(self, what: str) -> CaptureError:
        return CaptureError(f"{self._path}: damaged after packet {self.packets}: {what}")


def _options(body: bytes, at: int, order: str) -> dict[int, bytes]:
    """Options of a block by their code, the last of several; what is cut off is left out."""
    found = {}
    while at + 4 <= len(body):
        code, length = struct.unpack_from(f"{order}2H", body, at)
        if code == 0:
            break
        found[code] = body[at + 4 : at + 4 + length]
        at += 4 + (length + 3) // 4 * 4
    return found
