"""Frames of an MMDVM modem without the real numbers, places, names and voices.

Frequencies, lines for those who build modems, and frames of other modes are left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from radio_gateway.protocols.dmr.slot_type import DataType
from radio_gateway.protocols.mmdvm.configuration import V2_OCTETS
from radio_gateway.protocols.mmdvm.frames import Frame, FrameType
from radio_gateway.protocols.mmdvm.messages import DmrData, DmrLost, read_message
from radio_gateway.protocols.mmdvm.reader import FrameReader
from radio_gateway.protocols.mmdvm.version import Version
from radio_gateway.recording.pseudonyms import Pseudonyms
from radio_gateway.recording.ring import Record
from radio_gateway.recording.scrubs import air
from radio_gateway.recording.scrubs.bursts import close_burst, open_burst
from radio_gateway.recording.scrubs.reading import scrub_frames
from radio_gateway.recording.scrubs.scrubbing import LeftOut, Told, joined

_AS_THEY_ARE: Final = frozenset(
    (
        FrameType.ACK,
        FrameType.DMR_ABORT,
        FrameType.DMR_LOST1,
        FrameType.DMR_LOST2,
        FrameType.DMR_START,
        FrameType.GET_STATUS,
        FrameType.NAK,
        FrameType.SET_CONFIG,
        FrameType.SET_MODE,
    )
)
"They say nothing of radios; the longest of them is a configuration."
_SUPERFRAME: Final = 6


def scrub(records: Sequence[Record], names: Pseudonyms) -> list[Told]:
    """Whole frames, each in the place of the piece that completed it."""
    reader, slots = FrameReader(), {1: _Slot(1), 2: _Slot(2)}
    pieces = [reader.feed(record.data) for record in records]
    items = [
        (item, record.at) for record, piece in zip(records, pieces, strict=True) for item in piece
    ]
    told = iter(scrub_frames(items, lambda item: _frame(*item, slots), names))
    return [joined(list(islice(told, len(piece)))) for piece in pieces]


@dataclass(frozen=True, slots=True)
class _Burst:
    data: DmrData
    heard: air.Heard

    def closed(self, told: air.Content, names: Pseudonyms) -> bytes:
        del names  # the frame itself names nobody
        return replace(self.data, burst=close_burst(self.data.burst, told)).build().build()


@dataclass(slots=True)
class _Slot:
    """One timeslot: a modem counts neither bursts nor transmissions."""

    number: int
    transmission: int = 0
    sequence: int = 0
    position: int | None = None
    "Of the last voice burst within its superframe."
    over: bool = True

    def heard(self, data: DmrData, content: air.Content, at: float) -> air.Heard:
        steps = 1
        if isinstance(content, air.Embedded):
            if self.over:
                self.transmission, self.over, self.position = self.transmission + 1, False, None
            if self.position is not None and data.position is not None:
                steps = (data.position - self.position - 1) % _SUPERFRAME + 1
            self.position = data.position
        elif content.kind in (DataType.VOICE_LC_HEADER, DataType.TERMINATOR_WITH_LC):
            self.over = True
        self.sequence = (self.sequence + steps) % 256
        stream = self.transmission.to_bytes(4, "big")
        return air.Heard(at, self.number, self.number, stream, self.sequence, content)


def _frame(item: Frame | bytes, at: float, slots: dict[int, _Slot]) -> "_Burst | Told":
    if not isinstance(item, Frame):
        return LeftOut("octets outside any frame")
    message = read_message(item)
    if isinstance(message, DmrData):
        kind = None if message.data_type is None else DataType(message.data_type)
        content = open_burst(message.burst, kind)
        return _Burst(message, slots[message.slot].heard(message, content, at))
    if isinstance(message, DmrLost):
        slots[message.slot].over = True
    if item.name is FrameType.GET_VERSION:
        return _version(item)
    known = item.name in _AS_THEY_ARE and len(item.payload) <= V2_OCTETS
    return item.build() if known else LeftOut("frames that tell of the base alone")


def _version(frame: Frame) -> bytes:
    """What the modem is, without its serial number; empty: the question."""
    if not frame.payload:
        return frame.build()
    told = replace(Version.parse(frame.payload), unique_id=b"")
    return Frame(frame.type, told.build()).build()
