"""One HRNP session: connect, acknowledgements, retries and a poll, without sockets or clocks.

The application connects and keeps asking whether the radio is there, for HRNP has no heartbeat.
The same state machine serves the radio's end (`radio=True`), which waits to be connected. What
happens is told in the events of HSTRP sessions, so that both kinds of session serve one link.
"""

from collections import deque
from dataclasses import dataclass
from typing import Final, TypeAlias

from radio_gateway.protocols.errors import MalformedError, NotReadyError
from radio_gateway.protocols.hytera.hrnp import Hrnp, HrnpOpcode
from radio_gateway.protocols.hytera.rtp import Rtp
from radio_gateway.protocols.hytera.session import (
    CONNECT_EVERY_S,
    REMEMBERED,
    RETRY_EVERY_S,
    SILENCE_S,
    TRIES,
    Delivered,
    HandedOver,
    NotTaken,
    SessionEvent,
    SessionState,
    StateChanged,
)

POLL_EVERY_S: Final = 5.0
REJECTED_S: Final = 10.0
"Pause after a radio refused to be connected."
REPEATED_S: Final = 3 * RETRY_EVERY_S
"A packet that comes again within this time was not acknowledged in time."
RADIO: Final = 0x10
APPLICATION: Final = 0x20
"Our address until the radio assigns another one."


@dataclass(frozen=True, slots=True)
class Voice:
    """The radio sent speech; its listener is the adapter's concern."""

    packet: Rtp


HrnpEvent: TypeAlias = SessionEvent | Voice


@dataclass(slots=True)
class _Unacknowledged:
    key: int | None
    "None: a poll, of which nobody is told."
    packet: bytes
    acknowledges: bool
    due: float
    tries: int = 1


class HrnpSession:
    """One end of a session with one peer."""

    def __init__(self, *, poll: bytes = b"", radio: bool = False) -> None:
        """Make a session that connects at once, or a radio that waits for that.

        Args:
            poll: HDAP octets sent when the radio was silent for `POLL_EVERY_S`; none: no poll.
            radio: this is the radio's end.
        """
        self.state = SessionState.WAITING
        self._radio = radio
        self._poll = poll
        self._own, self._other = (RADIO, APPLICATION) if radio else (APPLICATION, RADIO)
        self._version = 4
        self._next_number = 0
        self._heard_at = 0.0
        self._poll_at: float | None = None
        self._connect_at: float | None = None if radio else 0.0
        self._waiting: dict[int, _Unacknowledged] = {}
        self._recent: deque[tuple[float, int, bytes]] = deque(maxlen=REMEMBERED)
        self._outgoing: list[tuple[bytes, bool]] = []
        self._events: list[HrnpEvent] = []

    @property
    def up(self) -> bool:
        return self.state is SessionState.UP

    def feed(self, datagram: bytes, now: float) -> None:
        """Take one packet of the peer.

        Raises:
            MalformedError: no HRNP packet, a wrong checksum, or one that this end does not get.
                Voice may have a checksum of 0, as the only description of it says.
        """
        packet = Hrnp.parse(datagram)
        unsummed = packet.opcode == HrnpOpcode.VOICE and packet.check == 0
        if not packet.checksum_ok and not unsummed:
            raise MalformedError("HRNP packet with a wrong checksum", datagram)
        self._version = packet.version
        match packet.opcode:
            case HrnpOpcode.CONNECT if self._radio:
                self._heard_at = now
                self._lose("connected anew")
                self._say(HrnpOpcode.ACCEPT, packet.number)
                self._adopt(packet, "connected", now)
            case HrnpOpcode.ACCEPT if not self._radio:
                if self.up:  # a connect of ours came late or twice: the radio has begun anew
                    self._become(SessionState.UP, "connect accepted again")
                self._adopt(packet, "connect accepted", now)
            case HrnpOpcode.REJECT if not self._radio:
                self._lose("rejected by the radio")
                self._connect_at = now + REJECTED_S
            case HrnpOpcode.CLOSE:
                self._say(HrnpOpcode.CLOSE_ACK, packet.number)
                self._lose("closed by the peer")
            case HrnpOpcode.CLOSE_ACK:
                self._lose("closed")
            case HrnpOpcode.DATA_ACK:
                self._heard_at = now
                self._settle(packet.number, None)
            case HrnpOpcode.DATA:
                self._on_data(packet, now)
            case HrnpOpcode.VOICE:
                self._heard_at = now
                self._events.append(Voice(Rtp.parse(packet.payload)))
            case _:
                raise MalformedError("HRNP packet that this end does not get", datagram)

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
        self._send(payload, key, now, acknowledges=acknowledges, tries=tries)

    def close(self, reason: str) -> None:
        """End the session from our side; what was not acknowledged is not taken."""
        if self.up:
            self._say(HrnpOpcode.CLOSE, 0)
        self._lose(reason)

    def expire(self, now: float) -> None:
        """Run what is due: connects, polls, retries, and the end after silence."""
        if not self.up:
            if self._connect_at is not None and now >= self._connect_at:
                self._own = APPLICATION
                self._say(HrnpOpcode.CONNECT, 0)
                self._connect_at = now + CONNECT_EVERY_S
            return
        if now >= self._heard_at + SILENCE_S:
            self._lose(f"nothing heard for {SILENCE_S:.0f} s")
            return
        if self._poll_at is not None and now >= self._poll_at:
            self._poll_at = now + POLL_EVERY_S
            self._send(self._poll, None, now)
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
        return min(due if self._poll_at is None else [*due, self._poll_at])

    def outgoing(self) -> list[tuple[bytes, bool]]:
        """Packets to send since the last call, and whether each tells the peer `received`."""
        outgoing, self._outgoing = self._outgoing, []
        return outgoing

    def events(self) -> list[HrnpEvent]:
        """What happened since the last call, oldest first."""
        events, self._events = self._events, []
        return events

    def _on_data(self, packet: Hrnp, now: float) -> None:
        if not packet.payload:
            raise MalformedError("HRNP data without a message", packet.build())
        if not self._radio:
            self._adopt(packet, "data of a session that was up before", now)
        elif not self.up:
            raise MalformedError("HRNP data before a connect", packet.build())
        self._heard_at = now
        self._say(HrnpOpcode.DATA_ACK, packet.number, acknowledges=True)
        known = any(
            now - at < REPEATED_S and (packet.number, packet.payload) == (number, payload)
            for at, number, payload in self._recent
        )
        if not known:
            self._recent.append((now, packet.number, packet.payload))
            self._events.append(Delivered(packet.payload, None))

    def _send(
        self,
        payload: bytes,
        key: int | None,
        now: float,
        *,
        acknowledges: bool = False,
        tries: int = TRIES,
    ) -> None:
        number = self._next_number
        self._next_number = (number + 1) & 0xFFFF
        octets = self._say(HrnpOpcode.DATA, number, payload, acknowledges=acknowledges)
        if tries:
            due = now + RETRY_EVERY_S
            self._waiting[number] = _Unacknowledged(key, octets, acknowledges, due)

    def _say(
        self, opcode: HrnpOpcode, number: int, payload: bytes = b"", *, acknowledges: bool = False
    ) -> bytes:
        packet = Hrnp(opcode, self._own, self._other, number, payload, self._version)
        octets = packet.build()
        self._outgoing.append((octets, acknowledges))
        return octets

    def _adopt(self, packet: Hrnp, reason: str, now: float) -> None:
        """Come up; also when the radio goes on with a session that we do not remember."""
        self._heard_at = now
        if not self._radio:
            self._own, self._other = packet.destination, packet.source
        if self.up:
            return
        self._connect_at = None
        self._poll_at = now + POLL_EVERY_S if self._poll else None
        self._become(SessionState.UP, reason)

    def _lose(self, reason: str) -> None:
        for number in list(self._waiting):
            self._settle(number, reason)
        self._recent.clear()
        self._next_number = 0
        if self.up:
            self._become(SessionState.WAITING, reason)
        if not self._radio:
            self._connect_at = self._heard_at

    def _settle(self, number: int, fault: str | None) -> None:
        waiting = self._waiting.pop(number, None)
        if waiting is None or waiting.key is None:
            return
        self._events.append(
            HandedOver(waiting.key) if fault is None else NotTaken(waiting.key, fault)
        )

    def _become(self, state: SessionState, reason: str) -> None:
        self._events.append(StateChanged(self.state, state, reason))
        self.state = state
