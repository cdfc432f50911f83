"""One HSTRP session: connects, heartbeats, acknowledgements and retries, without sockets or clocks.

The same state machine serves both ends. A dispatcher waits for the repeater's connect; a repeater
(`options` set) sends connects until it is answered, and its options with every packet.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeAlias

from radio_gateway.protocols.errors import MalformedError, NotReadyError
from radio_gateway.protocols.hytera.hstrp import CONTROL, Hstrp, Kind, Option

HEARTBEAT_EVERY_S: Final = 5.5
SILENCE_S: Final = 20.0
"""Three heartbeats of a repeater, which come every 6 s, and some margin.

One that gave us up meanwhile connects anew; one that did not is taken up where it goes on.
"""
RETRY_EVERY_S: Final = 2.0
TRIES: Final = 3
CONNECT_EVERY_S: Final = 3.0
REMEMBERED: Final = 32
"Packets by which a datagram that the network doubled is recognised."
DOUBLED_S: Final = 2.0


class SessionState(Enum):
    WAITING = "waiting"
    "No session yet, or none any more; a dispatcher listens, a repeater connects."
    UP = "up"


@dataclass(frozen=True, slots=True)
class Delivered:
    """The peer sent a message."""

    payload: bytes
    slot: int | None
    "Timeslot by the channel option."


@dataclass(frozen=True, slots=True)
class HandedOver:
    """The peer acknowledged what was sent with this key."""

    key: int


@dataclass(frozen=True, slots=True)
class NotTaken:
    """The peer did not take what was sent with this key."""

    key: int
    reason: str


@dataclass(frozen=True, slots=True)
class StateChanged:
    old: SessionState
    new: SessionState
    reason: str


SessionEvent: TypeAlias = Delivered | HandedOver | NotTaken | StateChanged


@dataclass(slots=True)
class _Unacknowledged:
    key: int
    packet: bytes
    acknowledges: bool
    due: float
    tries: int = 1


class HstrpSession:
    """One end of a session on one port with one peer."""

    def __init__(self, *, options: tuple[Option, ...] = ()) -> None:
        """Make a session that waits for its peer.

        Args:
            options: what a repeater says of itself; empty for a dispatcher.
        """
        self.state = SessionState.WAITING
        self._options = options
        self._next_number = 1
        self._heard_at = 0.0
        self._heartbeat_at: float | None = None
        self._connect_at: float | None = 0.0 if options else None
        self._waiting: dict[int, _Unacknowledged] = {}
        self._recent: dict[bytes, float] = {}
        "Datagrams and when each came last, the longest ago first."
        self._outgoing: list[tuple[bytes, bool]] = []
        self._events: list[SessionEvent] = []

    @property
    def up(self) -> bool:
        return self.state is SessionState.UP

    def feed(self, datagram: bytes, now: float) -> None:
        """Take one datagram of the peer.

        Raises:
            MalformedError: no HSTRP packet.
        """
        packet = Hstrp.parse(datagram)
        self._heard_at = now
        kind = packet.kind
        if not kind & CONTROL:
            self._on_data(packet, datagram, now)
        elif kind & Kind.REJECT:
            self._settle(packet.number, "rejected by the peer")
        elif kind & Kind.CONNECT:
            self._on_connect(packet, now)
        elif kind & Kind.CLOSE:
            self._on_close(packet)
        elif kind & Kind.HEARTBEAT:
            self._adopt("heartbeat of a session that was up before", now)
        else:
            self._settle(packet.number, None)

    def send(
        self,
        payload: bytes,
        key: int,
        now: float,
        *,
        acknowledges: bool = False,
        tries: int = TRIES,
    ) -> None:
        """Send one message; `HandedOver` or `NotTaken` with its key follows.

        Args:
            payload: HDAP octets.
            key: the caller's name for this message.
            now: monotonic seconds.
            acknowledges: the message tells the other side `received`.
            tries: 0 sends once and expects no acknowledgement.

        Raises:
            NotReadyError: the session is not up.
        """
        if not self.up:
            raise NotReadyError("the session is not up")
        number = self._next_number
        self._next_number = (number + 1) & 0xFFFF
        kind = Kind.OPTION if self._options else 0
        packet = Hstrp(kind, number, self._options, payload).build()
        self._outgoing.append((packet, acknowledges))
        if tries:
            due = now + RETRY_EVERY_S
            self._waiting[number] = _Unacknowledged(key, packet, acknowledges, due)

    def close(self, reason: str) -> None:
        """End the session from our side; what was not acknowledged is not taken."""
        if self.up:
            self._outgoing.append((Hstrp(Kind.CLOSE, 0).build(), False))
        self._lose(reason)

    def expire(self, now: float) -> None:
        """Run what is due: connects, heartbeats, retries, and the end after silence."""
        if not self.up:
            if self._connect_at is not None and now >= self._connect_at:
                connect = Hstrp(Kind.OPTION | Kind.CONNECT, 0, self._options)
                self._outgoing.append((connect.build(), False))
                self._connect_at = now + CONNECT_EVERY_S
            return
        if now >= self._heard_at + SILENCE_S:
            self._lose(f"nothing heard for {SILENCE_S:.0f} s")
            return
        if self._heartbeat_at is not None and now >= self._heartbeat_at:
            self._outgoing.append((Hstrp(Kind.HEARTBEAT, 0).build(), False))
            self._heartbeat_at = now + HEARTBEAT_EVERY_S
        for number, waiting in list(self._waiting.items()):
            if now < waiting.due:
                continue
            if waiting.tries >= TRIES:
                self._settle(number, f"no acknowledgement after {TRIES} tries")
                continue
            waiting.tries += 1
            waiting.due = now + RETRY_EVERY_S
            self._outgoing.append((waiting.packet, waiting.acknowledges))

    def deadline(self) -> float | None:
        """When `expire` wants to be called next; None: nothing waits."""
        if not self.up:
            return self._connect_at
        due = [self._heard_at + SILENCE_S, *(each.due for each in self._waiting.values())]
        if self._heartbeat_at is not None:
            due.append(self._heartbeat_at)
        return min(due)

    def outgoing(self) -> list[tuple[bytes, bool]]:
        """Datagrams to send since the last call, and whether each tells the peer `received`."""
        outgoing, self._outgoing = self._outgoing, []
        return outgoing

    def events(self) -> list[SessionEvent]:
        """What happened since the last call, oldest first."""
        events, self._events = self._events, []
        return events

    def _on_connect(self, packet: Hstrp, now: float) -> None:
        if packet.kind & Kind.ACK:
            self._adopt("connect answered", now)
            return
        self._outgoing.append((packet.acknowledgement().build(), False))
        self._recent.clear()
        if not self.up:
            self._adopt("connected", now)

    def _on_close(self, packet: Hstrp) -> None:
        if not packet.kind & Kind.ACK:
            self._outgoing.append((packet.acknowledgement().build(), False))
            self._lose("closed by the peer")

    def _on_data(self, packet: Hstrp, datagram: bytes, now: float) -> None:
        self._adopt("data of a session that was up before", now)
        self._outgoing.append((packet.acknowledgement().build(), True))
        if not packet.payload:
            raise MalformedError("HSTRP data without a message", packet.build())
        before = self._recent.pop(datagram, None)
        self._recent[datagram] = now
        if len(self._recent) > REMEMBERED:
            del self._recent[next(iter(self._recent))]
        if before is None or now - before >= DOUBLED_S:
            self._events.append(Delivered(packet.payload, packet.slot))

    def _adopt(self, reason: str, now: float) -> None:
        """Come up; also when the peer goes on with a session that we do not remember."""
        if self.up:
            return
        self._heartbeat_at = now + HEARTBEAT_EVERY_S
        self._become(SessionState.UP, reason)

    def _lose(self, reason: str) -> None:
        for number in list(self._waiting):
            self._settle(number, reason)
        self._recent.clear()
        if self.up:
            self._become(SessionState.WAITING, reason)
        if self._options:
            self._connect_at = self._heard_at

    def _settle(self, number: int, fault: str | None) -> None:
        waiting = self._waiting.pop(number, None)
        if waiting is None:
            return
        self._events.append(
            HandedOver(waiting.key) if fault is None else NotTaken(waiting.key, fault)
        )

    def _become(self, state: SessionState, reason: str) -> None:
        self._events.append(StateChanged(self.state, state, reason))
        self.state = state
