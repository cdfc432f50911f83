"""Octets of a Kenwood port to lines and frames; the same for every way of cutting the octets."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from radio_gateway.protocols.nmea.line import locate

STX: Final = b"\x02"
ETX: Final = b"\x03"
MAX_LINE: Final = 512
"Real sentences reach 89 octets; of longer lines the end is kept and looked at."
MAX_BODY: Final = 1040
"The same between STX and ETX, where a long text with its address reaches 1032."
MAX_FRAME: Final = 8192
IDLE_S: Final = 2.0
"An open frame or line without octets for this long is closed by `flush`."

_DELIMITER: Final = re.compile(rb"([\x02\x03\n])")


class Kind(StrEnum):
    SENTENCE = "sentence"
    "`$...`, inside or outside a frame."
    BODY = "body"
    "A command between STX and ETX."
    JUNK = "junk"
    "Octets outside any form."
    INCOMPLETE = "incomplete"
    "A frame was cut off within this line."
    FRAME_END = "frame_end"
    "All of a burst was heard; `data` is empty."


@dataclass(frozen=True, slots=True)
class Item:
    kind: Kind
    data: bytes
    "Without STX, ETX, CR and LF."
    frame: int | None = None
    "Counts the bursts of this reader; None: outside STX..ETX."
    junk_before: bytes = b""
    "What stood on the line in front of a sentence."


class FrameReader:
    """Cuts the stream: STX opens a burst, ETX ends it, LF ends a line anywhere."""

    def __init__(self) -> None:
        self._line = bytearray()
        self._items: list[Item] = []
        self._frames = 0
        self._frame: int | None = None
        self._frame_octets = 0
        self.dropped = 0
        "Octets cut away from the front of lines that were too long."

    @property
    def waiting(self) -> bool:
        """Whether something is half heard."""
        return self._frame is not None or bool(self._line)

    def feed(self, data: bytes) -> list[Item]:
        """Take any piece of the stream; returns what it completes, in order."""
        for piece in _DELIMITER.split(data):
            match piece:
                case b"\x02":
                    self._open_frame()
                case b"\x03":
                    self._close_frame()
                case b"\n":
                    self._end_line()
                case _:
                    self._append(piece)
        return self._taken()

    def flush(self) -> list[Item]:
        """Close what is open: the line fell silent or the port closed."""
        self._abandon_frame()
        self._end_line()
        return self._taken()

    def _open_frame(self) -> None:
        self._abandon_frame()
        self._end_line()
        self._frames += 1
        self._frame = self._frames
        self._frame_octets = 0

    def _close_frame(self) -> None:
        if self._frame is None:
            return
        self._end_line()
        self._items.append(Item(Kind.FRAME_END, b"", self._frame))
        self._frame = None

    def _abandon_frame(self) -> None:
        """Without its ETX: complete lines have counted, the rest has not."""
        if self._frame is None:
            return
        if self._line.strip(b"\r"):
            self._items.append(Item(Kind.INCOMPLETE, bytes(self._line), self._frame))
            self._line.clear()
        self._items.append(Item(Kind.FRAME_END, b"", self._frame))
        self._frame = None

    def _append(self, piece: bytes) -> None:
        if self._frame is not None:
            room = MAX_FRAME - self._frame_octets
            if len(piece) > room:
                self._line += piece[:room]
                self._limit()
                self._abandon_frame()
                piece = piece[room:]
            else:
                self._frame_octets += len(piece)
        self._line += piece
        self._limit()

    def _limit(self) -> None:
        excess = len(self._line) - (MAX_LINE if self._frame is None else MAX_BODY)
        if excess > 0:
            del self._line[:excess]
            self.dropped += excess

    def _end_line(self) -> None:
        line = bytes(self._line).strip(b"\r")
        self._line.clear()
        if not line:
            return
        before, sentence = locate(line)
        if sentence:
            self._items.append(Item(Kind.SENTENCE, sentence, self._frame, before))
        else:
            kind = Kind.JUNK if self._frame is None else Kind.BODY
            self._items.append(Item(kind, line, self._frame))

    def _taken(self) -> list[Item]:
        items, self._items = self._items, []
        return items
