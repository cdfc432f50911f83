"""One stream as one repeater heard it: order, losses, quality, embedded fragments."""

from dataclasses import dataclass, field
from typing import Final, NamedTuple

from radio_gateway.domain.events import CallReception
from radio_gateway.protocols.dmr.ambe import PROTECTED_BITS
from radio_gateway.protocols.dmr.embedded import Collector

FRAME_S: Final = 0.06
_WINDOW: Final = 128
"Half of the sequence numbers: farther back is forward."


def step(newest: int, sequence: int) -> int:
    """How far ahead of `newest` a sequence number modulo 256 is: -128..127."""
    return (sequence - newest + _WINDOW) % 256 - _WINDOW


@dataclass(slots=True)
class Positions:
    """Where frames stand, counted without wrap from the first."""

    newest: int | None = None

    def place(self, sequence: int) -> int:
        """Position of a frame with this number, 0..255; repetitions stand where they stood."""
        if self.newest is None:
            self.newest = sequence
        position = self.newest + step(self.newest % 256, sequence)
        self.newest = max(self.newest, position)
        return position


class StreamKey(NamedTuple):
    """What all frames of one stream have in common."""

    repeater_id: int
    slot: int
    stream: bytes


@dataclass(slots=True)
class Reception:
    """Statistics of one stream; times are `Moment.mono`."""

    key: StreamKey
    heard_at: float
    site: str | None = None
    fragments: Collector = field(default_factory=Collector)
    voice_frames: int = 0
    newest: int | None = None
    "Latest position, see `place`."
    _oldest: int = 0
    _received: int = 0
    _recent: set[int] = field(default_factory=set)
    _first_voice: int | None = None
    _last_voice: int | None = None
    _wrong_bits: int = 0
    _checked_bits: int = 0
    _rssi_sum: int = 0
    _rssi_frames: int = 0

    def place(self, sequence: int) -> int | None:
        """Where a frame stands, counted without wrap from the first; None: it is a repetition."""
        if self.newest is None:
            self.newest = self._oldest = position = sequence
        else:
            ahead = step(self.newest, sequence)
            position = self.newest + ahead
            if position in self._recent:
                return None
            if ahead > 1:
                self.fragments.reset()  # a part may be among the lost frames
            self.newest = max(self.newest, position)
            self._oldest = min(self._oldest, position)
        self._recent.add(position)
        if len(self._recent) > 2 * _WINDOW:
            self._recent = {p for p in self._recent if p > self.newest - _WINDOW}
        self._received += 1
        return position

    def is_newest(self, position: int) -> bool:
        """Whether no later frame has been heard: fragments must come in order."""
        return position == self.newest

    def voice(self, position: int, wrong_bits: int | None) -> None:
        """Count one voice burst with its bit errors, if they are known."""
        self.voice_frames += 1
        self._first_voice = position if self._first_voice is None else self._first_voice
        self._first_voice = min(self._first_voice, position)
        self._last_voice = max(self._last_voice or position, position)
        if wrong_bits is not None:
            self._wrong_bits += min(wrong_bits, PROTECTED_BITS)
            self._checked_bits += PROTECTED_BITS

    def rssi(self, rssi_dbm: int | None) -> None:
        """Count one signal report."""
        if rssi_dbm is not None:
            self._rssi_sum += rssi_dbm
            self._rssi_frames += 1

    @property
    def duration_s(self) -> float:
        """From the first to the last voice burst, lost ones in between included."""
        if self._first_voice is None or self._last_voice is None:
            return 0.0
        return round((self._last_voice - self._first_voice + 1) * FRAME_S, 2)

    @property
    def ber_percent(self) -> float | None:
        """Wrong bits among those that FEC protects; None where nobody counted."""
        if not self._checked_bits:
            return None
        return round(100 * self._wrong_bits / self._checked_bits, 2)

    @property
    def rssi_dbm(self) -> float | None:
        """Mean over the frames that carried one."""
        return round(self._rssi_sum / self._rssi_frames, 1) if self._rssi_frames else None

    @property
    def loss_percent(self) -> float | None:
        """Frames that the network lost between the first and the last one heard."""
        if self.newest is None:
            return None
        expected = self.newest - self._oldest + 1
        return round(100 * (1 - self._received / expected), 2)

    def summary(self) -> CallReception:
        """What is told of it when the call is over."""
        return CallReception(
            site=self.site,
            duration_s=self.duration_s,
            ber_percent=self.ber_percent,
            rssi_dbm=self.rssi_dbm,
            loss_percent=self.loss_percent,
        )
