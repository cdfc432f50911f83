"""The host's side: find the modem, set it up, ask for its status four times a second.

A modem that falls silent, restarts or refuses its configuration ends the session; the next one
begins by itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.mmdvm.configuration import Configuration, Frequencies
from radio_gateway.protocols.mmdvm.frames import Frame, FrameType
from radio_gateway.protocols.mmdvm.messages import (
    DMR,
    Ack,
    Message,
    Nak,
    SetMode,
    read_message,
)
from radio_gateway.protocols.mmdvm.reader import IDLE_S, FrameReader
from radio_gateway.protocols.mmdvm.version import Modes, Status, Version

SETTLE_S: Final = 2.0
"Boards restart when the port is opened."
ASK_EVERY_S: Final = 1.8
"Between two questions for the version."
ANSWER_S: Final = 1.0
_ATTEMPTS: Final = 3
STATUS_EVERY_S: Final = 0.25
DEAD_S: Final = 2.0
"A modem that sends no status for this long is gone."
REFUSED_S: Final = 5.0
"Pause before a modem that refused something is asked again."
_FOREIGN_MODES: Final = 3
"Status messages in another mode after which the modem must have restarted."

Taken: TypeAlias = Message | Status | Version | MalformedError


class State(StrEnum):
    CLOSED = "closed"
    SETTLING = "settling"
    ASKING = "asking"
    SETTING = "setting up"
    UP = "up"


@dataclass(frozen=True, slots=True)
class Transition:
    """A change of state and its reason, in English for the log and the link page."""

    old: State
    new: State
    reason: str


class ModemSession:
    """One modem behind one port; time is `Moment.mono`."""

    def __init__(self, configuration: Configuration, frequencies: Frequencies | None) -> None:
        self.state = State.CLOSED
        self.on_status_asked: Callable[[], None] = lambda: None
        "Told whenever the modem is asked for its status."
        self.version: Version | None = None
        "Of the modem that is there; None: none has answered."
        self._configuration = configuration
        self._frequencies = frequencies
        self._reader = FrameReader()
        self._idle_at: float | None = None
        self._due: float | None = None
        "When the next question or step is due."
        self._steps: list[Frame] = []
        self._attempts = 0
        self._status_at = 0.0
        self._foreign = 0
        self._outgoing: list[bytes] = []
        self._transitions: list[Transition] = []

    def open(self, now: float) -> None:
        """The port is open."""
        self._reader = FrameReader()
        self._due = now + SETTLE_S
        self._become(State.SETTLING, "port open, the modem starts")

    def close(self, reason: str) -> None:
        """The port is gone."""
        self._due = self._idle_at = None
        self._outgoing.clear()
        self._become(State.CLOSED, reason)

    def feed(self, data: bytes, now: float) -> list[Taken]:
        """Take any piece of the stream.

        Returns:
            What the modem said, faults included; bursts of DMR only while the session is up.
        """
        taken: list[Taken] = []
        for item in self._reader.feed(data):
            taken += self._item(item, now)
        self._idle_at = now + IDLE_S if self._reader.waiting else None
        return taken

    def expire(self, now: float) -> list[Taken]:
        """Give up half a frame, ask again, notice silence."""
        taken: list[Taken] = []
        if self._idle_at is not None and now >= self._idle_at:
            self._idle_at = None
            for item in self._reader.flush():
                taken += self._item(item, now)
        if self._due is not None and now >= self._due:
            self._next(now)
        return taken

    def deadline(self) -> float | None:
        """When `expire` has something to do."""
        return min((at for at in (self._due, self._idle_at) if at is not None), default=None)

    def send(self, frame: Frame) -> None:
        """Send a frame of the transmitter; the session must be up."""
        if self.state is State.UP:
            self._outgoing.append(frame.build())

    def outgoing(self) -> list[bytes]:
        """Octets to write since the last call, oldest first."""
        taken, self._outgoing = self._outgoing, []
        return taken

    def transitions(self) -> list[Transition]:
        """Changes of state since the last call, oldest first."""
        taken, self._transitions = self._transitions, []
        return taken

    def _become(self, new: State, reason: str) -> None:
        old, self.state = self.state, new
        if old is not new:
            self._transitions.append(Transition(old, new, reason))

    def _item(self, item: Frame | bytes, now: float) -> list[Taken]:
        if isinstance(item, bytes):
            return [MalformedError("octets outside any modem frame", item)]
        try:
            return self._frame(item, now)
        except MalformedError as error:
            return [error]

    def _frame(self, frame: Frame, now: float) -> list[Taken]:
        if frame.type == FrameType.GET_VERSION:
            return self._take_version(frame, now)
        if frame.type == FrameType.GET_STATUS:
            return self._take_status(frame, now)
        message = read_message(frame)
        if self.state is State.SETTING and isinstance(message, Ack | Nak):
            self._answered(message, now)
            return []
        return [message] if self.state is State.UP else []

    def _take_version(self, frame: Frame, now: float) -> list[Taken]:
        if self.state is not State.ASKING:
            return []
        try:
            version = Version.parse(frame.payload)
        except MalformedError as error:
            self._refuse(error.what, now)
            raise
        self.version = version
        if Modes.DMR not in version.modes:
            self._refuse(f"the modem cannot do DMR: {version.description}", now)
            return [version]
        self._steps = [
            Frame(FrameType.SET_CONFIG, self._configuration.build(version.protocol)),
            SetMode(DMR).build(),
        ]
        if self._frequencies is not None:
            self._steps.insert(0, Frame(FrameType.SET_FREQ, self._frequencies.build()))
        self._become(State.SETTING, f"modem found: {version.description}")
        self._attempts = 0
        self._next(now)
        return [version]

    def _take_status(self, frame: Frame, now: float) -> list[Taken]:
        if self.state is not State.UP or self.version is None:
            return []
        status = Status.parse(frame.payload, self.version.protocol)
        self._status_at = now
        self._foreign = 0 if status.mode == DMR else self._foreign + 1
        if self._foreign >= _FOREIGN_MODES:
            self._ask_again("the modem has left the mode DMR; it must have restarted", now, 0.0)
            return []
        return [status]

    def _answered(self, message: Ack | Nak, now: float) -> None:
        if not self._steps or message.command != self._steps[0].type:
            return
        if isinstance(message, Nak):
            step = FrameType(message.command).name
            self._refuse(f"the modem refuses {step}, reason {message.reason}", now)
            return
        self._steps.pop(0)
        self._attempts = 0
        if self._steps:
            self._next(now)
            return
        self._status_at = now
        self._foreign = 0
        description = self.version.description if self.version else "modem"
        self._become(State.UP, f"set up: {description}")
        self._next(now)

    def _next(self, now: float) -> None:
        """Ask or send what the state asks for, and set the time for the next try."""
        match self.state:
            case State.SETTLING | State.ASKING:
                self._become(State.ASKING, "asking for a modem")
                self._outgoing.append(Frame(FrameType.GET_VERSION).build())
                self._due = now + ASK_EVERY_S
            case State.SETTING:
                self._attempts += 1
                if self._attempts > _ATTEMPTS:
                    self._ask_again("the modem does not answer while it is set up", now, 0.0)
                    return
                self._outgoing.append(self._steps[0].build())
                self._due = now + ANSWER_S
            case State.UP:
                if now - self._status_at >= DEAD_S:
                    self._ask_again("the modem does not answer", now, 0.0)
                    return
                self._outgoing.append(Frame(FrameType.GET_STATUS).build())
                self.on_status_asked()
                self._due = now + STATUS_EVERY_S
            case State.CLOSED:
                self._due = None

    def _refuse(self, reason: str, now: float) -> None:
        self._ask_again(reason, now, REFUSED_S)

    def _ask_again(self, reason: str, now: float, pause_s: float) -> None:
        self.version = None
        self._steps.clear()
        self._become(State.ASKING, reason)
        self._due = now + pause_s
