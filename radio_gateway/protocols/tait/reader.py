"""Octets of a Tait port to packets and prompts; the same for every way of cutting the octets."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.tait.packet import CR, HEAD, OVERHEAD, PROMPT, Packet

IDLE_S: Final = 2.0
"A packet without octets for this long is given up by `flush`."
MAX_JUNK: Final = 512
"Octets without CR that are looked through at once."
_BLANK: Final = b"\r\n"


class Kind(StrEnum):
    PACKET = "packet"
    PROMPT = "prompt"
    JUNK = "junk"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that the radio said."""

    kind: Kind
    data: bytes
    "The octets; of a packet with its CR."
    packet: Packet | None = None
    what: str = ""
    "Why it is junk."


class PacketReader:
    """Counts parameters by the size field, since `.` and CR may stand among them.

    After a violation everything up to the next CR is junk, but for a packet with a good checksum
    that ends there.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._items: list[Item] = []

    @property
    def waiting(self) -> bool:
        """Whether something is half heard."""
        return bool(self._buffer)

    def feed(self, data: bytes) -> list[Item]:
        """Take any piece of the stream; returns what it completes, in order."""
        self._buffer += data
        while self._step():
            pass
        return self._taken()

    def flush(self) -> list[Item]:
        """Give up what is half heard: the line fell silent or the port closed."""
        while self._buffer:
            if self._step():
                continue
            end = self._buffer.find(CR)
            self._discard(len(self._buffer) if end < 0 else end + 1, "packet without its end")
        return self._taken()

    def _taken(self) -> list[Item]:
        items, self._items = self._items, []
        return items

    def _step(self) -> bool:
        """Take one thing from the front of the buffer; False: more octets are needed."""
        buffer = self._buffer
        if not buffer:
            return False
        if buffer[0] in _BLANK:
            del buffer[0]
            return True
        if buffer[0] == PROMPT:
            del buffer[0]
            self._items.append(Item(Kind.PROMPT, b"."))
            return True
        if len(buffer) < OVERHEAD and _may_begin(buffer):
            return False
        if not HEAD.match(buffer):
            return self._resynchronise("no CCDI packet")
        length = int(buffer[1:3], 16) + OVERHEAD
        if len(buffer) < length:
            return False
        octets = bytes(buffer[:length])
        try:
            packet = Packet.parse(octets) if octets.endswith(CR) else None
        except MalformedError as error:
            return self._resynchronise(error.what)
        if packet is None:
            return self._resynchronise("CCDI packet longer than its size")
        del buffer[:length]
        self._items.append(Item(Kind.PACKET, octets, packet))
        return True

    def _resynchronise(self, what: str) -> bool:
        end = self._buffer.find(CR, 0, MAX_JUNK)
        if end < 0:
            if len(self._buffer) < MAX_JUNK:
                return False
            self._discard(MAX_JUNK, what)
            return True
        self._discard(end + 1, what)
        return True

    def _discard(self, count: int, what: str) -> None:
        """Drop the first octets, but for a packet that stands whole at their end."""
        segment = bytes(self._buffer[:count])
        del self._buffer[:count]
        for match in HEAD.finditer(segment, 1):
            whole = count - match.start() == int(match[0][1:], 16) + OVERHEAD
            if not (whole and segment.endswith(CR)):
                continue
            try:
                packet = Packet.parse(segment[match.start() :])
            except MalformedError:
                continue
            self._items.append(Item(Kind.JUNK, segment[: match.start()], what=what))
            self._items.append(Item(Kind.PACKET, segment[match.start() :], packet))
            return
        self._items.append(Item(Kind.JUNK, segment, what=what))


def _may_begin(start: bytearray) -> bool:
    """Whether fewer octets than the shortest packet may still become one."""
    return HEAD.match(bytes(start[:3]) + b"A00"[len(start) :]) is not None
