"""Octets of a serial NMEA port to lines; the same lines for every way of cutting the octets."""

import re
from typing import Final

MAX_LINE: Final = 1024
"Longer lines keep their end: a sentence behind noise without a line feed is still found."

_END: Final = re.compile(rb"[\r\n]+")


class LineReader:
    """Collects octets until CR or LF."""

    def __init__(self) -> None:
        self._line = bytearray()
        self.dropped = 0
        "Octets cut away from the front of lines that were too long."

    def feed(self, data: bytes) -> list[bytes]:
        """Take any piece of the stream; returns the lines that it completes, without CR LF."""
        *complete, rest = _END.split(data)
        lines = []
        for piece in complete:
            self._append(piece)
            lines.extend(self.flush())
        self._append(rest)
        return lines

    def flush(self) -> list[bytes]:
        """End the line that is open: the port closed or fell silent."""
        line = bytes(self._line)
        self._line.clear()
        return [line] if line else []

    def _append(self, piece: bytes) -> None:
        self._line += piece
        excess = len(self._line) - MAX_LINE
        if excess > 0:
            del self._line[:excess]
            self.dropped += excess
