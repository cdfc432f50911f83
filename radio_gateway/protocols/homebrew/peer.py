"""The repeater's side: log in to a master and stay logged in."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from radio_gateway.protocols.errors import MalformedError, NotReadyError
from radio_gateway.protocols.homebrew.configuration import Configuration
from radio_gateway.protocols.homebrew.frames import Frame, parse_frame
from radio_gateway.protocols.homebrew.messages import (
    SALT_OCTETS,
    Acknowledge,
    BeaconRequest,
    Key,
    Login,
    MasterCloses,
    Options,
    Ping,
    Pong,
    Refuse,
    RepeaterCloses,
    login_digest,
)

RETRY_S: Final = 10.0
PING_EVERY_S: Final = 10.0
LOST_AFTER_S: Final = 60.0


class State(Enum):
    """How far the login is."""

    CLOSED = "closed"
    SALT_WAIT = "salt awaited"
    AUTH_WAIT = "passphrase sent"
    CONFIG_WAIT = "configuration sent"
    OPTIONS_WAIT = "options sent"
    UP = "up"


@dataclass(frozen=True, slots=True)
class Transition:
    """One change of state."""

    old: State
    new: State
    reason: str


class PeerSession:
    """One login, repeated every `RETRY_S` until the master answers, then pings."""

    def __init__(self, configuration: Configuration, passphrase: bytes, options: str = "") -> None:
        self.state = State.CLOSED
        self._configuration = configuration
        self._id = configuration.repeater_id
        self._passphrase = passphrase
        self._options = options
        self._due: float | None = None
        self._heard_at = 0.0
        self._unanswered: Callable[[], bytes] = self._login
        self._outgoing: list[bytes] = []
        self._transitions: list[Transition] = []

    def open(self, now: float) -> None:
        """Begin to log in."""
        self._heard_at = now
        self._step(State.SALT_WAIT, "opened", self._login, now)

    def close(self) -> None:
        """Say goodbye."""
        if self.state is State.UP:
            self._outgoing.append(RepeaterCloses(self._id).build())
        self._due = None
        self._become(State.CLOSED, "closed")

    def feed(self, datagram: bytes, now: float) -> Frame | None:
        """Take one datagram from the master; a frame for radios once logged in.

        Raises:
            MalformedError: not a message that a master sends at this point.
        """
        frame = parse_frame(datagram)
        match self.state, frame:
            case State.CLOSED, _:
                pass  # the answer to our farewell, or one that was late
            case _, Refuse():
                self._heard_at = now
                self._become(State.SALT_WAIT, "refused by the master")
                self._unanswered = self._login
                self._due = now + RETRY_S
            case _, MasterCloses():
                self._become(State.SALT_WAIT, "the master left")
                self._unanswered = self._login
                self._due = now + RETRY_S
            case State.UP, Pong() | Acknowledge():
                self._heard_at = now
            case _, Acknowledge(content):
                self._acknowledged(content, now)
            case _, BeaconRequest():
                pass
            case State.UP, _:
                return frame
            case _:
                raise MalformedError(f"unexpected while {self.state.value}", datagram)
        return None

    def expire(self, now: float) -> None:
        """Repeat what was not answered, ping, or start again after `LOST_AFTER_S` of silence."""
        if self._due is None or now < self._due:
            return
        if now - self._heard_at >= LOST_AFTER_S:
            self._heard_at = now
            self._step(State.SALT_WAIT, f"no answer for {LOST_AFTER_S:g} s", self._login, now)
            return
        self._outgoing.append(self._unanswered())
        self._due = now + (PING_EVERY_S if self.state is State.UP else RETRY_S)

    def deadline(self) -> float | None:
        """When `expire` has something to do next."""
        return self._due

    def send(self, frame: bytes) -> None:
        """Queue a frame about radios.

        Raises:
            NotReadyError: not logged in.
        """
        if self.state is not State.UP:
            raise NotReadyError(f"not logged in: {self.state.value}")
        self._outgoing.append(frame)

    def outgoing(self) -> list[bytes]:
        """Datagrams for the master since the last call."""
        taken, self._outgoing = self._outgoing, []
        return taken

    def transitions(self) -> list[Transition]:
        """Changes of state since the last call, oldest first."""
        taken, self._transitions = self._transitions, []
        return taken

    def _acknowledged(self, content: bytes, now: float) -> None:
        self._heard_at = now
        match self.state:
            case State.SALT_WAIT if len(content) == SALT_OCTETS:
                digest = login_digest(content, self._passphrase)
                self._step(
                    State.AUTH_WAIT, "salt received", lambda: Key(self._id, digest).build(), now
                )
            case State.AUTH_WAIT:
                self._step(State.CONFIG_WAIT, "passphrase accepted", self._configuration.build, now)
            case State.CONFIG_WAIT if self._options:
                options = Options(self._id, self._options)
                self._step(State.OPTIONS_WAIT, "configuration accepted", options.build, now)
            case _:
                self._become(State.UP, "login accepted")
                self._unanswered = Ping(self._id).build
                self._due = now + PING_EVERY_S

    def _login(self) -> bytes:
        return Login(self._id).build()

    def _step(self, state: State, reason: str, message: Callable[[], bytes], now: float) -> None:
        self._become(state, reason)
        self._unanswered = message
        self._outgoing.append(message())
        self._due = now + RETRY_S

    def _become(self, new: State, reason: str) -> None:
        self._transitions.append(Transition(self.state, new, reason))
        self.state = new
