"""The repeater's side: log in to a master and stay logged in.

Silence is answered by asking again at a steady pace, so that a master that comes back is joined
at once; refusals are answered more and more slowly, so that nobody is shut out for guessing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from radio_gateway.protocols.errors import MalformedError, NotReadyError
from radio_gateway.protocols.homebrew.configuration import Configuration
from radio_gateway.protocols.homebrew.dmrd import AliasFrame, DmrFrame, GpsFrame
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
MAX_BACK_OFF_S: Final = 60.0


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


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds; the defaults are what repeaters do."""

    retry_s: float = RETRY_S
    "Until an unanswered step of the login is repeated."
    ping_every_s: float = PING_EVERY_S
    lost_after_s: float = LOST_AFTER_S
    "Silence after which the login begins anew."
    again_s: float | None = None
    """Until a step that a master which has answered before owes us is repeated, and a ping; None:
    as long as the others, as repeaters do."""


class PeerSession:
    """One login, repeated every `Times.retry_s` until the master answers, then pings."""

    def __init__(
        self,
        configuration: Configuration,
        passphrase: bytes,
        options: str = "",
        times: Times | None = None,
    ) -> None:
        self.state = State.CLOSED
        self._times = times or Times()
        self._refusals = 0
        self._known = False
        "The master has accepted our passphrase and has not sent us away since."
        self._salt: bytes | None = None
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
        self._known = False
        self._become(State.CLOSED, "closed")

    def feed(self, datagram: bytes, now: float) -> Frame | None:
        """Take one datagram from the master; a frame about radios, if we are known there.

        A master sends bursts to whom it takes for logged in, and whether that is so only it can
        know: once it has accepted the passphrase they count until it sends us away, also while we
        log in again since its last acknowledgement or our pings got lost.

        Raises:
            MalformedError: not a message that a master sends at this point.
        """
        frame = parse_frame(datagram)
        match self.state, frame:
            case State.CLOSED, _:
                pass  # the answer to our farewell, or one that was late
            case _, Refuse():
                self._start_over("refused by the master", self._back_off(), now)
            case _, MasterCloses():
                self._start_over("the master left", self._times.retry_s, now)
            case State.UP, Pong():
                self._heard_at = now
                self._due = now + self._times.ping_every_s
            case State.UP, Acknowledge():
                self._heard_at = now
            case _, Acknowledge(content):
                self._acknowledged(content, now)
            case _, BeaconRequest():
                pass
            case _, DmrFrame() | AliasFrame() | GpsFrame() if self._known:
                if self.state is State.UP:
                    self._heard_at = now
                return frame
            case State.UP, _:
                return frame
            case _:
                raise MalformedError(f"unexpected while {self.state.value}", datagram)
        return None

    def expire(self, now: float) -> None:
        """Repeat what was not answered, ping, or start again after too long a silence."""
        if self._due is None or now < self._due:
            return
        times = self._times
        if now - self._heard_at >= times.lost_after_s:
            self._heard_at = now
            self._step(State.SALT_WAIT, f"no answer for {times.lost_after_s:g} s", self._login, now)
            return
        self._outgoing.append(self._unanswered())
        self._due = now + self._again_s

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
                self._salt = content
                digest = login_digest(content, self._passphrase)
                self._step(
                    State.AUTH_WAIT, "salt received", lambda: Key(self._id, digest).build(), now
                )
            case _ if content == self._salt != self._id.to_bytes(4, "big"):
                pass  # the same salt once more: no word about what was sent since
            case State.AUTH_WAIT:
                self._known = True
                self._step(State.CONFIG_WAIT, "passphrase accepted", self._configuration.build, now)
            case State.CONFIG_WAIT if self._options:
                options = Options(self._id, self._options)
                self._step(State.OPTIONS_WAIT, "configuration accepted", options.build, now)
            case _:
                self._refusals = 0
                self._become(State.UP, "login accepted")
                self._unanswered = Ping(self._id).build
                self._due = now + self._again_s

    def _start_over(self, reason: str, after_s: float, now: float) -> None:
        self._heard_at = now
        self._known = False
        self._become(State.SALT_WAIT, reason)
        self._unanswered = self._login
        self._due = now + after_s

    def _back_off(self) -> float:
        """How long to wait after a refusal; a session that ran is worth one quick attempt."""
        if self.state is State.UP:
            return self._times.retry_s
        self._refusals += 1
        doubled: float = self._times.retry_s * 2 ** min(self._refusals - 1, 8)
        return max(self._times.retry_s, min(doubled, MAX_BACK_OFF_S))

    @property
    def _again_s(self) -> float:
        """How long an answer is awaited."""
        times = self._times
        if times.again_s is not None and self.state is not State.SALT_WAIT:
            return times.again_s
        return times.ping_every_s if self.state is State.UP else times.retry_s

    def _login(self) -> bytes:
        return Login(self._id).build()

    def _step(self, state: State, reason: str, message: Callable[[], bytes], now: float) -> None:
        self._become(state, reason)
        self._unanswered = message
        self._outgoing.append(message())
        self._due = now + self._again_s

    def _become(self, new: State, reason: str) -> None:
        if self.state is not new:
            self._transitions.append(Transition(self.state, new, reason))
            self.state = new
