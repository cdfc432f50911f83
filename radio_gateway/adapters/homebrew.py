"""MMDVM repeaters that log in to us by the Homebrew protocol.

What the bursts say wins over the envelopes; nobody who is not logged in can cause an event.
Voice is not forwarded from repeater to repeater.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar, Final

from radio_gateway.adapters._dmr_faults import FaultLog
from radio_gateway.adapters._dmr_receiver import Receiver
from radio_gateway.adapters._dmr_refusals import refusal
from radio_gateway.adapters._dmr_sites import HEALTH_EVERY_S, Site
from radio_gateway.adapters._homebrew_bursts import receive, stream_ids
from radio_gateway.adapters._homebrew_controls import Sendable
from radio_gateway.adapters._homebrew_lanes import Outlet
from radio_gateway.adapters._homebrew_packets import TextConfig, confirmation
from radio_gateway.adapters._homebrew_texts import TEXT_LIMIT, TextSender
from radio_gateway.domain.commands import (
    AcknowledgeEmergency,
    CallAlert,
    Command,
    RadioCheck,
    SendText,
)
from radio_gateway.domain.events import Event, LinkState
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Ability, Capabilities, Outgoing, Peer
from radio_gateway.protocols.dmr.reassembly import DataPacket
from radio_gateway.protocols.errors import MalformedError, RefusedError
from radio_gateway.protocols.homebrew.dmrd import AliasFrame, DmrFrame, GpsFrame
from radio_gateway.protocols.homebrew.frames import MAX_DATAGRAM
from radio_gateway.protocols.homebrew.master import Address, MasterSession, Payload, Session, State
from radio_gateway.protocols.homebrew.messages import Key, Options
from radio_gateway.protocols.homebrew.options import StaticTalkgroups

log = logging.getLogger(__name__)

ENDPOINT: Final = "main"
_LINK_STATES: Final = {
    State.DOWN: LinkState.DOWN,
    State.CONFIG_WAIT: LinkState.CONNECTING,
    State.UP: LinkState.UP,
}
_ONLY_SLOT: Final = {"1": 1, "2": 2, "4": 2}
"By the slots that a repeater names; one without duplex uses slot 2."


@dataclass(frozen=True, slots=True)
class RepeaterConfig:
    """One repeater that may log in."""

    repeater_id: int
    name: str
    "The site, as dispatchers know it."
    passphrase: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class HomebrewConfig:
    """One UDP port and the repeaters behind it."""

    name: str
    "Of the link."
    network: str
    "Numbering network that the radios belong to."
    repeaters: tuple[RepeaterConfig, ...]
    hang_time_s: float = 3.0
    lost_after_s: float = 0.36
    "Silence that ends a call whose end was not heard: six frames."
    keepalive_timeout_s: float = 35.0
    allow_gateway_dialect_from: frozenset[str] = frozenset()
    "Addresses of MMDVMHost programs that may connect without a passphrase."
    beacon_every_s: float | None = None
    "How often repeaters are asked for a beacon; None: never."
    texts: TextConfig = field(default_factory=TextConfig)


class HomebrewMaster:
    """The master that repeaters log in to, as an `Adapter`."""

    CAPABILITIES: ClassVar[Capabilities] = Capabilities(
        title="MMDVM repeaters (Homebrew)",
        transport="UDP",
        abilities=frozenset(
            (
                Ability.CALLS,
                Ability.TALKER_ALIAS,
                Ability.POSITION,
                Ability.CALL_ALERT_FROM_RADIO,
                Ability.EMERGENCY,
                Ability.REGISTRATION,
                Ability.STATUS,
                Ability.TEXT_FROM_RADIO,
                Ability.TEXT_TO_RADIO,
                Ability.TEXT_TO_TALKGROUP,
                Ability.DELIVERY_ACKNOWLEDGEMENT,
                Ability.CALL_ALERT,
                Ability.RADIO_CHECK,
            )
        ),
        text_limit=TEXT_LIMIT,
        notes="The protocol protects the login only: connect sites through a VPN. Texts, call "
        "alerts and radio checks go out on the air; only radios that answer count as reached.",
    )

    def __init__(self, config: HomebrewConfig, *, salt: Callable[[], bytes]) -> None:
        """Start with nobody logged in.

        Args:
            config: repeaters and times.
            salt: gives 4 octets of a cryptographic random source per call.

        Raises:
            ValueError: a repeater id that occurs twice.
        """
        self._config = config
        self._session = MasterSession(
            {r.repeater_id: r.passphrase.encode() for r in config.repeaters},
            salt=salt,
            keepalive_timeout_s=config.keepalive_timeout_s,
            host_dialect_from=config.allow_gateway_dialect_from,
        )
        self._sites = {r.repeater_id: Site(config.name, r.name) for r in config.repeaters}
        if len(self._sites) < len(config.repeaters):
            raise ValueError(f"{config.name}: each repeater id only once")
        self._whole = Site(config.name, None)
        self._events: list[Event] = []
        self._receiver = Receiver(
            config.name,
            config.network,
            self._events.append,
            hang_time_s=config.hang_time_s,
            lost_after_s=config.lost_after_s,
            dispatcher=config.texts.source,
        )
        self._texts = TextSender(
            config.name, self._events.append, self._session.send, config.texts, stream_ids(salt)
        )
        self._receiver.on_packet = self._confirm
        self._stream = stream_ids(salt)
        self._heard: DmrFrame | None = None
        "The burst that is being read."
        self._faults = FaultLog(config.name, log, secret_tag=Key.TAG)
        self._outgoing: list[Outgoing] = []
        self._health_at: float | None = None
        self._beacon_at: float | None = None

    def feed(self, frame: bytes, peer: Peer, at: Moment) -> None:
        """Take one datagram; a bad one is counted and dropped, never raised."""
        self._receiver.calls.expire(at)
        try:
            if len(frame) > MAX_DATAGRAM:
                raise MalformedError("longer than any message", frame)
            payload = self._session.feed(frame, Address(peer.host, peer.port), at.mono)
            self._follow_session(at)
            if isinstance(payload, Options):
                site = self._sites[payload.repeater_id]
                site.options = payload.options or None
                log.info("%s: %s: asks for %r", self._config.name, site.name, payload.options)
            elif payload is not None:
                self._take(payload, at)
        except MalformedError as error:
            self._whole.malformed += 1
            self._faults.fault(error.what, frame, peer.host, at.mono)
        except RefusedError as error:
            self._whole.refused += 1
            self._faults.fault(str(error), frame, peer.host, at.mono)
        self._follow_session(at)

    def command(self, command: Command, at: Moment) -> None:
        """Send a text, a call alert or a radio check; refuse all else."""
        if isinstance(command, SendText | CallAlert | RadioCheck):
            self._texts.command(command, self._outlets(command), at)
            self._follow_session(at)
            return
        if isinstance(command, AcknowledgeEmergency):
            self._receiver.signals.cleared(command.radio)
        detail = "Homebrew repeaters cannot do this"
        self._events.append(refusal(command, self._config.name, detail, at))

    def expire(self, at: Moment) -> None:
        """End silent calls and sessions, send what is due, report health every five seconds."""
        self._receiver.calls.expire(at)
        self._session.expire(at.mono)
        self._follow_session(at)
        self._texts.expire(at)
        if self._beacon_at is not None and at.mono >= self._beacon_at:
            self._beacon_at = self._next_beacon(at)
            for session in self._session.up():
                self._session.ask_for_beacon(session.repeater_id)
        self._follow_session(at)
        if self._health_at is not None and at.mono >= self._health_at:
            self._health_at = at.mono + HEALTH_EVERY_S
            self._events += [site.health(at) for site in (self._whole, *self._sites.values())]

    def deadline(self) -> float | None:
        """Next `Moment.mono` at which `expire` has something to do."""
        due = (
            self._receiver.calls.deadline(),
            self._session.deadline(),
            self._texts.deadline(),
            self._health_at,
            self._beacon_at,
        )
        return min((moment for moment in due if moment is not None), default=None)

    def opened(self, at: Moment) -> None:
        """The socket is open; every repeater is awaited."""
        self._health_at = at.mono + HEALTH_EVERY_S
        self._beacon_at = self._next_beacon(at)
        self._whole.state, self._whole.since = LinkState.UP, at.utc
        for site in self._sites.values():
            site.become(LinkState.CONNECTING, "waiting for the repeater", at, self._events.append)

    def closed(self, reason: str, at: Moment) -> None:
        """The socket is gone: calls are cut off, sessions end."""
        self._health_at = self._beacon_at = None
        self._whole.state, self._whole.since = LinkState.DOWN, at.utc
        self._session.close(reason)
        self._follow_session(at)
        for site in self._sites.values():
            site.become(LinkState.DOWN, reason, at, self._events.append)
        self._outgoing.clear()

    def events(self) -> list[Event]:
        """Events since the last call, oldest first."""
        taken = self._events[:]
        self._events.clear()
        return taken

    def outgoing(self) -> list[Outgoing]:
        """Datagrams to send since the last call, oldest first."""
        taken, self._outgoing = self._outgoing, []
        return taken

    def _next_beacon(self, at: Moment) -> float | None:
        every_s = self._config.beacon_every_s
        return None if every_s is None else at.mono + every_s

    def _follow_session(self, at: Moment) -> None:
        """Turn changes of logins into link events, and answers into datagrams."""
        for change in self._session.transitions():
            if change.old is State.UP:
                self._receiver.gone(change.repeater_id, at)
                self._texts.gone(change.repeater_id, at)
                self._sites[change.repeater_id].options = None
            site = self._sites[change.repeater_id]
            log.info(
                "%s: %s: %s: %s", self._config.name, site.name, change.new.value, change.reason
            )
            site.become(_LINK_STATES[change.new], change.reason, at, self._events.append)
        for data, to in self._session.outgoing():
            self._outgoing.append(Outgoing(data, Peer(ENDPOINT, to.host, to.port)))

    def _take(self, payload: Payload, at: Moment) -> None:
        site = self._sites[payload.repeater_id]
        self._whole.payload(at)
        if site.payload(at):
            self._health_at = at.mono
        try:
            match payload:
                case DmrFrame():
                    self._texts.heard(payload, at)
                    self._heard = payload
                    receive(self._receiver, payload, site.name or "", at)
                case AliasFrame(repeater_id, source, part):
                    self._receiver.calls.alias_part(repeater_id, source, part, at)
                case GpsFrame(repeater_id, source, info):
                    self._receiver.calls.gps(repeater_id, source, info, at)
        except MalformedError:
            site.malformed += 1
            raise

    def _confirm(self, packet: DataPacket) -> None:
        """A packet to us came whole: its sender waits for our word, and repeats it without."""
        heard = self._heard
        session = self._session.session(heard.repeater_id) if heard else None
        if heard is None or session is None:
            return
        number, colour_code = self._config.texts.source, _colour_code(session)
        frame = confirmation(packet, heard, number, colour_code, self._stream())
        if frame is not None:
            peer = Peer(ENDPOINT, session.address.host, session.address.port)
            self._outgoing.append(Outgoing(frame.build(), peer, acknowledges=True))

    # -- where texts go ---------------------------------------------------------------------------

    def _outlets(self, command: Sendable) -> dict[Outlet, int]:
        """Slots and their colour codes: where the radio was heard last, or all that want it."""
        running = {session.repeater_id: session for session in self._session.up()}
        if command.radio is not None:
            last = self._texts.where(command.radio.number)
            if last is not None and last.repeater_id in running:
                return {last: _colour_code(running[last.repeater_id])}
            return {
                self._outlet(s, self._config.texts.slot): _colour_code(s) for s in running.values()
            }
        found = {}
        for session in running.values():
            slot: int | None = self._config.texts.slot
            wanted = StaticTalkgroups.of(session.options) if session.options else None
            if wanted and command.talkgroup is not None:
                slot = wanted.slot_of(command.talkgroup.number)
            if slot is not None:
                found[self._outlet(session, slot)] = _colour_code(session)
        return found

    def _outlet(self, session: Session, slot: int) -> Outlet:
        """The slot, or the only one that the repeater has."""
        slots = session.configuration.slots if session.configuration else ""
        return Outlet(session.repeater_id, _ONLY_SLOT.get(slots, slot))


def _colour_code(session: Session) -> int:
    """What the repeater says; repeaters put their own into what they send anyway."""
    told = session.configuration.colour_code if session.configuration else None
    return told if told is not None and told in range(16) else 1
