"""The master's side: repeaters log in to us, and only they are heard."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from hmac import compare_digest
from typing import NamedTuple, TypeAlias

from radio_gateway.protocols.errors import NotReadyError, RefusedError
from radio_gateway.protocols.homebrew.attempts import AttemptLimiter
from radio_gateway.protocols.homebrew.challenges import Challenges
from radio_gateway.protocols.homebrew.configuration import Configuration, HostConfiguration
from radio_gateway.protocols.homebrew.dmrd import (
    AliasFrame,
    DmrFrame,
    GpsFrame,
    HostAliasFrame,
    HostBeaconRequest,
    HostGpsFrame,
    HostPing,
)
from radio_gateway.protocols.homebrew.frames import HostFrame, parse_frame, parse_host_frame
from radio_gateway.protocols.homebrew.messages import (
    SALT_OCTETS,
    Acknowledge,
    BeaconRequest,
    Key,
    Login,
    Options,
    Ping,
    Pong,
    Refuse,
    RepeaterCloses,
    SitePosition,
    login_digest,
)

Payload: TypeAlias = DmrFrame | AliasFrame | GpsFrame
"What a repeater that is logged in says about radios."
Told: TypeAlias = Payload | Options
"The same, or what it asks for itself."


class Address(NamedTuple):
    """Where a datagram came from."""

    host: str
    port: int


class State(Enum):
    """How far one repeater is; nothing it says about radios counts before UP."""

    DOWN = "down"
    CONFIG_WAIT = "configuration awaited"
    UP = "up"


@dataclass(frozen=True, slots=True)
class Transition:
    """One change of one repeater's state."""

    repeater_id: int
    old: State
    new: State
    reason: str


@dataclass(slots=True)
class Session:
    """One repeater that has proved who it is, bound to the address it did that from."""

    repeater_id: int
    address: Address
    heard_at: float
    digest: bytes = b""
    "What it proved itself with: repeated when our acknowledgement was lost."
    state: State = State.CONFIG_WAIT
    host_dialect: bool = False
    "MMDVMHost beside us, without login."
    configuration: Configuration | HostConfiguration | None = None
    options: Options | None = None


class MasterSession:
    """Logins, keep-alives and farewells of all repeaters of one socket.

    A login from another address leaves the running session alone until it has been verified.
    """

    def __init__(
        self,
        passphrases: Mapping[int, bytes],
        *,
        salt: Callable[[], bytes],
        keepalive_timeout_s: float = 35.0,
        host_dialect_from: frozenset[str] = frozenset(),
    ) -> None:
        """Start with nobody logged in.

        Args:
            passphrases: the repeaters that may log in, by id.
            salt: 4 octets of a cryptographic random source per call.
            keepalive_timeout_s: silence after which a repeater is gone.
            host_dialect_from: addresses that may speak the dialect without passwords.
        """
        self._passphrases = dict(passphrases)
        self._timeout_s = keepalive_timeout_s
        self._host_dialect_from = host_dialect_from
        self._sessions: dict[int, Session] = {}
        self._by_address: dict[Address, Session] = {}
        self._challenges = Challenges(salt)
        self._attempts = AttemptLimiter()
        self._outgoing: list[tuple[bytes, Address]] = []
        self._transitions: list[Transition] = []

    def feed(self, datagram: bytes, sender: Address, now: float) -> Told | None:
        """Take one datagram; what it says about radios when its sender is logged in.

        Options are handed on when they are others than before.

        Raises:
            MalformedError: no message that a repeater sends.
            RefusedError: the sender is not allowed to send it.
        """
        if sender.host in self._host_dialect_from and self._speaks_host_dialect(datagram, sender):
            return self._from_host(parse_host_frame(datagram), sender, now)
        frame = parse_frame(datagram)
        match frame:
            case Login():
                self._challenge(frame, sender, now)
            case Key():
                self._verify(frame, sender, now)
            case Ping(repeater_id) | RepeaterCloses(repeater_id):
                self._keep_alive(frame, self._session_of(repeater_id, sender, now), now)
            case Configuration() | SitePosition():
                self._configure(frame, self._session_of(frame.repeater_id, sender, now))
            case Options():
                return self._ask(frame, self._session_of(frame.repeater_id, sender, now))
            case DmrFrame() | AliasFrame() | GpsFrame():
                session = self._session_of(frame.repeater_id, sender, now)
                if session.state is not State.UP:
                    raise RefusedError(f"repeater {frame.repeater_id} has not configured itself")
                return frame
            case _:
                raise RefusedError(f"{type(frame).__name__} is for masters to send")
        return None

    def expire(self, now: float) -> None:
        """End the sessions that were silent for too long and forget old salts."""
        for session in list(self._sessions.values()):
            if now >= session.heard_at + self._timeout_s:
                self._end(session, f"no keep-alive for {self._timeout_s:g} s")
        self._challenges.expire(now)

    def deadline(self) -> float | None:
        """When `expire` has something to do next."""
        heard = [session.heard_at for session in self._sessions.values()]
        return min(heard) + self._timeout_s if heard else None

    def close(self, reason: str) -> None:
        """End all sessions without telling anybody: the socket is gone."""
        for session in list(self._sessions.values()):
            self._end(session, reason)
        self._challenges.clear()
        self._outgoing.clear()

    def session(self, repeater_id: int) -> Session | None:
        """The running session of a repeater."""
        return self._sessions.get(repeater_id)

    def up(self) -> list[Session]:
        """Everyone who is logged in and has configured itself."""
        return [s for s in self._sessions.values() if s.state is State.UP]

    def send(self, frame: DmrFrame) -> None:
        """Let the repeater that `frame` names send a burst.

        Raises:
            NotReadyError: it is not logged in.
        """
        self._outgoing.append((frame.build(), self._running(frame.repeater_id).address))

    def ask_for_beacon(self, repeater_id: int) -> None:
        """Let a repeater send its beacon now, so that radios nearby may find it.

        Whether it does is its own matter: MMDVMHost wants `Beacons=1` without an interval.

        Raises:
            NotReadyError: it is not logged in.
        """
        session = self._running(repeater_id)
        request = HostBeaconRequest() if session.host_dialect else BeaconRequest(repeater_id)
        self._outgoing.append((request.build(), session.address))

    def outgoing(self) -> list[tuple[bytes, Address]]:
        """Datagrams to send since the last call."""
        taken, self._outgoing = self._outgoing, []
        return taken

    def transitions(self) -> list[Transition]:
        """Changes of state since the last call, oldest first."""
        taken, self._transitions = self._transitions, []
        return taken

    # -- login ------------------------------------------------------------------------------

    def _challenge(self, frame: Login, sender: Address, now: float) -> None:
        """Answer with a salt; to ids that we do not know as well, so that nobody can list ours."""
        if self._attempts.blocked(sender.host, now):
            raise RefusedError(f"{sender.host} is blocked after wrong passphrases")
        if not self._attempts.may_ask(sender.host, now):
            raise RefusedError(f"{sender.host} asks to log in too often")
        salt = self._challenges.issue((frame.repeater_id, sender), now)
        self._outgoing.append((Acknowledge(salt).build(), sender))

    def _verify(self, frame: Key, sender: Address, now: float) -> None:
        if self._attempts.blocked(sender.host, now):
            raise RefusedError(f"{sender.host} is blocked after wrong passphrases")
        challenge = self._challenges.take((frame.repeater_id, sender))
        if challenge is None and self._is_repetition(frame, sender):
            self._acknowledge(frame.repeater_id, sender)
            return
        passphrase = self._passphrases.get(frame.repeater_id)
        fresh = challenge is not None and now < challenge.expires_at
        salt = challenge.salt if challenge else bytes(SALT_OCTETS)
        equal = compare_digest(login_digest(salt, passphrase or b""), frame.digest)
        if not (fresh and equal and passphrase is not None):
            if fresh:
                self._attempts.wrong_answer(sender.host, now)
            self._refuse(frame.repeater_id, sender)
            why = "wrong passphrase or unknown repeater" if fresh else "its salt is used or old"
            raise RefusedError(f"login of repeater {frame.repeater_id} failed: {why}")
        self._attempts.right_answer(sender.host)
        session = Session(frame.repeater_id, sender, now, digest=frame.digest)
        self._begin(session, "passphrase accepted")
        self._acknowledge(frame.repeater_id, sender)

    def _is_repetition(self, frame: Key, sender: Address) -> bool:
        session = self._sessions.get(frame.repeater_id)
        return (
            session is not None
            and session.address == sender
            and session.state is State.CONFIG_WAIT
            and compare_digest(session.digest, frame.digest)
        )

    def _begin(self, session: Session, reason: str) -> None:
        for old in (
            self._sessions.get(session.repeater_id),
            self._by_address.get(session.address),
        ):
            if old is not None and old.repeater_id in self._sessions:
                self._end(old, "logged in again")
        self._sessions[session.repeater_id] = session
        self._by_address[session.address] = session
        self._record(session, State.DOWN, State.CONFIG_WAIT, reason)

    # -- running sessions ---------------------------------------------------------------------

    def _running(self, repeater_id: int) -> Session:
        session = self._sessions.get(repeater_id)
        if session is None or session.state is not State.UP:
            raise NotReadyError(f"repeater {repeater_id} is not logged in")
        return session

    def _session_of(self, repeater_id: int, sender: Address, now: float) -> Session:
        """The session that sender and id belong to; hearing from it keeps it alive."""
        session = self._sessions.get(repeater_id)
        if session is None or session.address != sender or session.host_dialect:
            self._refuse(repeater_id, sender)
            raise RefusedError(f"repeater {repeater_id} is not logged in from {sender.host}")
        session.heard_at = now
        return session

    def _keep_alive(self, frame: Ping | RepeaterCloses, session: Session, now: float) -> None:
        if isinstance(frame, Ping) and session.state is State.CONFIG_WAIT:
            # an acknowledgement that came twice hid that its configuration is lost
            self._end(session, "pings without having configured itself")
            self._refuse(session.repeater_id, session.address)
        elif isinstance(frame, Ping):
            session.heard_at = now
            self._outgoing.append((Pong(session.repeater_id).build(), session.address))
        else:
            self._outgoing.append((Refuse(session.repeater_id).build(), session.address))
            self._end(session, "the repeater left")

    def _configure(self, frame: Configuration | SitePosition, session: Session) -> None:
        match frame:
            case Configuration():
                session.configuration = frame
                self._become(session, State.UP, "login accepted")
                self._acknowledge(session.repeater_id, session.address)
            case SitePosition():
                pass  # where the repeater stands is configured on our side

    def _ask(self, frame: Options, session: Session) -> Options | None:
        new = session.options != frame
        session.options = frame
        self._acknowledge(session.repeater_id, session.address)
        return frame if new else None

    def _speaks_host_dialect(self, datagram: bytes, sender: Address) -> bool:
        session = self._by_address.get(sender)
        return datagram.startswith(HostConfiguration.TAG) or bool(session and session.host_dialect)

    def _from_host(self, frame: HostFrame, sender: Address, now: float) -> Payload | None:
        if isinstance(frame, HostConfiguration):
            self._host_alive(frame, sender, now)
            return None
        session = self._by_address.get(sender)
        if session is None:
            raise RefusedError(f"{sender.host} has not configured itself")
        session.heard_at = now
        match frame:
            case DmrFrame():
                return replace(frame, repeater_id=session.repeater_id)
            case HostAliasFrame():
                return AliasFrame(session.repeater_id, frame.source, frame.part)
            case HostGpsFrame():
                return GpsFrame(session.repeater_id, frame.source, frame.info)
            case _:
                raise RefusedError(f"{type(frame).__name__} is for gateways to send")

    def _host_alive(self, frame: HostConfiguration, sender: Address, now: float) -> None:
        if frame.repeater_id not in self._passphrases:
            raise RefusedError(f"repeater {frame.repeater_id} is not configured")
        session = self._sessions.get(frame.repeater_id)
        if session is not None and not session.host_dialect:
            raise RefusedError(f"repeater {frame.repeater_id} is logged in with its passphrase")
        if session is None or session.address != sender:
            session = Session(frame.repeater_id, sender, now, host_dialect=True)
            self._begin(session, "host without login, allowed by its address")
        session.heard_at = now
        session.configuration = frame
        self._become(session, State.UP, "configuration received")
        self._outgoing.append((HostPing().build(), sender))

    # -- the one way to change a state ----------------------------------------------------------

    def _become(self, session: Session, new: State, reason: str) -> None:
        if session.state is not new:
            self._record(session, session.state, new, reason)
            session.state = new

    def _end(self, session: Session, reason: str) -> None:
        self._sessions.pop(session.repeater_id, None)
        self._by_address.pop(session.address, None)
        self._become(session, State.DOWN, reason)

    def _record(self, session: Session, old: State, new: State, reason: str) -> None:
        self._transitions.append(Transition(session.repeater_id, old, new, reason))

    def _acknowledge(self, repeater_id: int, to: Address) -> None:
        self._outgoing.append((Acknowledge(repeater_id.to_bytes(4, "big")).build(), to))

    def _refuse(self, repeater_id: int, to: Address) -> None:
        """Answer MSTNAK, but never to the address of a running session.

        A repeater drops its login on any MSTNAK, so that one forged datagram with its address
        and another id would log it out.
        """
        if to not in self._by_address:
            self._outgoing.append((Refuse(repeater_id).build(), to))
