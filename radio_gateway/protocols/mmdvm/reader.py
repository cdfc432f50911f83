"""Octets of a modem port to frames; the same for every way of cutting the octets."""

from typing import Final, TypeAlias

from radio_gateway.protocols.mmdvm.frames import START, Frame, FrameType, announced

IDLE_S: Final = 0.1
"A frame without octets for this long is given up by `flush`."
_MAX_JUNK: Final = 1024

Item: TypeAlias = Frame | bytes
"A frame, or octets that belong to none."

_LENGTHS: Final[dict[int, frozenset[int]]] = {
    FrameType.ACK: frozenset({4}),
    FrameType.NAK: frozenset({5}),
    FrameType.DMR_DATA1: frozenset({37, 39}),
    FrameType.DMR_DATA2: frozenset({37, 39}),
    FrameType.DMR_LOST1: frozenset({3}),
    FrameType.DMR_LOST2: frozenset({3}),
    FrameType.DMR_START: frozenset({4}),
    FrameType.DMR_ABORT: frozenset({4}),
    FrameType.DMR_SHORTLC: frozenset({12}),
    FrameType.SET_MODE: frozenset({4}),
}
"Lengths of types that have no other: all the protection that a frame without checksum gives."


class FrameReader:
    """Trusts a length that its type can have; after any other it looks one octet further on."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._items: list[Item] = []
        self._junk = bytearray()

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
            if not self._step():
                self._drop(1)
        self._end_junk()
        return self._taken()

    def _taken(self) -> list[Item]:
        if not self._buffer:
            self._end_junk()
        items, self._items = self._items, []
        return items

    def _step(self) -> bool:
        buffer = self._buffer
        if not buffer:
            return False
        if buffer[0] != START:
            begin = buffer.find(START)
            self._drop(len(buffer) if begin < 0 else begin)
            return True
        length = announced(buffer)
        if length is None or not _may_be(buffer, length):
            self._drop(1)
            return True
        if len(buffer) < length:
            return False
        octets = bytes(buffer[:length])
        del buffer[:length]
        self._end_junk()
        self._items.append(Frame.parse(octets))
        return True

    def _drop(self, count: int) -> None:
        self._junk += self._buffer[:count]
        del self._buffer[:count]
        if len(self._junk) >= _MAX_JUNK:
            self._end_junk()

    def _end_junk(self) -> None:
        if self._junk:
            self._items.append(bytes(self._junk))
            self._junk.clear()


def _may_be(start: bytearray, length: int) -> bool:
    """Whether a frame of that type, as far as it is known, can have that length."""
    if len(start) < 3 or not start[1]:
        return True
    allowed = _LENGTHS.get(start[2])
    return allowed is None or length in allowed
