"""What frames say, apart from version, status and configuration."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, TypeAlias

from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.mmdvm.frames import Frame, FrameType

BURST_OCTETS: Final = 33
IDLE: Final = 0
DMR: Final = 2
"Modes of SET_MODE."

DATA_SYNC: Final = 0x40
VOICE_SYNC: Final = 0x20
WAKE_UP: Final = 0xC3
"A CSBK that activates the base, heard while its transmitter is off."
_DATA_TYPE: Final = 0x0F
_MAX_NUMBERS: Final = 4


class NakReason(IntEnum):
    UNKNOWN = 2
    "Unknown command, or a mode that is not enabled."
    BAD_VALUE = 4
    "Wrong length or value."
    NO_SPACE = 5


_REASONS: Final = {item.value: item for item in NakReason}


@dataclass(frozen=True, slots=True)
class DmrData:
    """One burst as sliced: no error correction has been applied."""

    slot: int
    "1 or 2."
    control: int
    burst: bytes
    "33 octets."
    rssi: int | None = None
    "Magnitude, in a scale of the board; in synchronisation bursts of some firmware only."

    @property
    def data_type(self) -> int | None:
        """What the modem took a data burst for; None: voice."""
        return self.control & _DATA_TYPE if self.control & DATA_SYNC else None

    @property
    def position(self) -> int | None:
        """0 for burst A .. 5 for F; None: data, or an octet that the firmware does not send."""
        if self.control & DATA_SYNC:
            return None
        if self.control == VOICE_SYNC:
            return 0
        return self.control if 1 <= self.control <= 5 else None

    @property
    def wake_up(self) -> bool:
        return self.control == WAKE_UP

    @classmethod
    def of(cls, frame: Frame) -> "DmrData":
        payload = frame.payload
        if len(payload) not in (1 + BURST_OCTETS, 3 + BURST_OCTETS):
            raise MalformedError("DMR data of another length", payload)
        level = payload[1 + BURST_OCTETS :]
        return cls(
            slot=1 if frame.type == FrameType.DMR_DATA1 else 2,
            control=payload[0],
            burst=payload[1 : 1 + BURST_OCTETS],
            rssi=int.from_bytes(level, "big") if level else None,
        )

    def build(self) -> Frame:
        level = b"" if self.rssi is None else self.rssi.to_bytes(2, "big")
        kind = FrameType.DMR_DATA1 if self.slot == 1 else FrameType.DMR_DATA2
        return Frame(kind, bytes((self.control,)) + self.burst + level)


@dataclass(frozen=True, slots=True)
class DmrLost:
    """The signal of a timeslot is gone."""

    slot: int

    @classmethod
    def of(cls, frame: Frame) -> "DmrLost":
        _exactly(frame, 0)
        return cls(1 if frame.type == FrameType.DMR_LOST1 else 2)

    def build(self) -> Frame:
        return Frame(FrameType.DMR_LOST1 if self.slot == 1 else FrameType.DMR_LOST2)


@dataclass(frozen=True, slots=True)
class Ack:
    command: int

    @classmethod
    def of(cls, frame: Frame) -> "Ack":
        _exactly(frame, 1)
        return cls(frame.payload[0])

    def build(self) -> Frame:
        return Frame(FrameType.ACK, bytes((self.command,)))


@dataclass(frozen=True, slots=True)
class Nak:
    """A refusal; one of DMR data names no frame, since accepted ones are not acknowledged."""

    command: int
    reason: int

    @property
    def why(self) -> NakReason | None:
        """None: a number of newer firmware."""
        return _REASONS.get(self.reason)

    @classmethod
    def of(cls, frame: Frame) -> "Nak":
        _exactly(frame, 2)
        return cls(*frame.payload)

    def build(self) -> Frame:
        return Frame(FrameType.NAK, bytes((self.command, self.reason)))


@dataclass(frozen=True, slots=True)
class Debug:
    """A line for those who build modems: text, then signed 16-bit numbers."""

    text: str
    numbers: tuple[int, ...] = ()

    @classmethod
    def of(cls, frame: Frame) -> "Debug":
        """The frame type says how many numbers stand behind the text."""
        count = frame.type - FrameType.DEBUG1
        cut = len(frame.payload) - 2 * count
        if cut < 0:
            raise MalformedError("debug line shorter than its numbers", frame.payload)
        tail = frame.payload[cut:]
        numbers = (
            int.from_bytes(tail[n : n + 2], "big", signed=True) for n in range(0, len(tail), 2)
        )
        text = frame.payload[:cut].decode("latin-1")
        return cls("".join(c if c.isprintable() else "?" for c in text), tuple(numbers))

    def build(self) -> Frame:
        if len(self.numbers) > _MAX_NUMBERS:
            raise ValueError("a debug line has up to four numbers")
        tail = b"".join(number.to_bytes(2, "big", signed=True) for number in self.numbers)
        return Frame(FrameType.DEBUG1 + len(self.numbers), self.text.encode("latin-1") + tail)


@dataclass(frozen=True, slots=True)
class SetMode:
    mode: int

    @classmethod
    def of(cls, frame: Frame) -> "SetMode":
        _exactly(frame, 1)
        return cls(frame.payload[0])

    def build(self) -> Frame:
        return Frame(FrameType.SET_MODE, bytes((self.mode,)))


@dataclass(frozen=True, slots=True)
class DmrStart:
    """The transmitter of a base on or off."""

    on: bool

    @classmethod
    def of(cls, frame: Frame) -> "DmrStart":
        _exactly(frame, 1)
        return cls(bool(frame.payload[0]))

    def build(self) -> Frame:
        return Frame(FrameType.DMR_START, bytes((self.on,)))


@dataclass(frozen=True, slots=True)
class DmrAbort:
    """Drop the frames that wait on a timeslot."""

    slot: int

    @classmethod
    def of(cls, frame: Frame) -> "DmrAbort":
        _exactly(frame, 1)
        if frame.payload[0] not in (1, 2):
            raise MalformedError("no such timeslot", frame.payload)
        return cls(frame.payload[0])

    def build(self) -> Frame:
        return Frame(FrameType.DMR_ABORT, bytes((self.slot,)))


@dataclass(frozen=True, slots=True)
class DmrShortLc:
    """Short link control for the common announcement channel: 68 coded bits in 9 octets."""

    coded: bytes

    @classmethod
    def of(cls, frame: Frame) -> "DmrShortLc":
        _exactly(frame, 9)
        return cls(frame.payload)

    def build(self) -> Frame:
        return Frame(FrameType.DMR_SHORTLC, self.coded)


@dataclass(frozen=True, slots=True)
class Other:
    """A frame that needs no reading: other modes, calibration, pass-through, newer firmware."""

    code: int
    "Type of the frame."
    payload: bytes

    @classmethod
    def of(cls, frame: Frame) -> "Other":
        return cls(frame.type, frame.payload)

    def build(self) -> Frame:
        return Frame(self.code, self.payload)


Message: TypeAlias = (
    DmrData | DmrLost | Ack | Nak | Debug | SetMode | DmrStart | DmrAbort | DmrShortLc | Other
)

_READERS: Final[dict[FrameType, Callable[[Frame], Message]]] = {
    FrameType.DMR_DATA1: DmrData.of,
    FrameType.DMR_DATA2: DmrData.of,
    FrameType.DMR_LOST1: DmrLost.of,
    FrameType.DMR_LOST2: DmrLost.of,
    FrameType.ACK: Ack.of,
    FrameType.NAK: Nak.of,
    FrameType.DEBUG1: Debug.of,
    FrameType.DEBUG2: Debug.of,
    FrameType.DEBUG3: Debug.of,
    FrameType.DEBUG4: Debug.of,
    FrameType.DEBUG5: Debug.of,
    FrameType.SET_MODE: SetMode.of,
    FrameType.DMR_START: DmrStart.of,
    FrameType.DMR_ABORT: DmrAbort.of,
    FrameType.DMR_SHORTLC: DmrShortLc.of,
}


def read_message(frame: Frame) -> Message:
    """Read a frame other than version, status and configuration.

    Raises:
        MalformedError: a payload that its type does not have.
    """
    name = frame.name
    read = _READERS.get(name) if name is not None else None
    return Other.of(frame) if read is None else read(frame)


def _exactly(frame: Frame, octets: int) -> None:
    if len(frame.payload) != octets:
        raise MalformedError(f"payload of another length than {octets}", frame.payload)
