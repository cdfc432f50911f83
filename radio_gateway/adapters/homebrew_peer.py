"""A Homebrew master that we log in to, as a repeater would: its talkgroups come to us.

The master is known by its address alone once the login is done; what the bursts say wins over
their envelopes. To the radios of that network our texts come from one more repeater.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import ClassVar, Final

from radio_gateway.adapters._dmr_faults import FaultLog
from radio_gateway.adapters._dmr_receiver import Receiver
from radio_gateway.adapters._dmr_refusals import refusal
from radio_gateway.adapters._dmr_sites import HEALTH_EVERY_S, Site
from radio_gateway.adapters._homebrew_bursts import receive, stream_ids
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
from radio_gateway.protocols.homebrew.configuration import Configuration
from radio_gateway.protocols.homebrew.dmrd import AliasFrame, DmrFrame, GpsFrame
from radio_gateway.protocols.homebrew.frames import MAX_DATAGRAM
from radio_gateway.protocols.homebrew.master import Address
from radio_gateway.protocols.homebrew.messages import Key
from radio_gateway.protocols.homebrew.peer import PeerSession, State, Times

log = logging.getLogger(__name__)

ENDPOINT: Final = "main"
AGAIN_S: Final = 1.0
"Until a ping, or a step of the login behind its first, is repeated when nobody answers."


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerConfig:
    """One master and what we tell it about us."""

    name: str
    "Of the link."
    network: str
    "Numbering network that the radios belong to."
    master: Address
    configuration: Configuration
    "With our repeater id, by which the master knows us."
    passphrase: str = field(repr=False)
    options: str = ""
    times: Times = field(default_factory=lambda: Times(5.0, 5.0, 15.0, AGAIN_S))
    hang_time_s: float = 3.0
    lost_after_s: float = 0.36
    "Silence that ends a call whose end was not heard: six frames."
    texts: TextConfig = field(default_factory=TextConfig)


class HomebrewPeer:
    """A login at somebody else's master, as an `Adapter`."""

    CAPABILITIES: ClassVar[Capabilities] = Capabilities(
        title="Homebrew master (we log in)",
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
        notes="What the master passes on to a repeater with these talkgroups; whether texts reach "
        "radios is up to the master. Use a VPN.",
    )

    def __init__(self, config: PeerConfig, *, entropy: Callable[[], bytes]) -> None:
        """Start logged out; `entropy` gives 4 random octets per call."""
        self._config = config
        self._id = config.configuration.repeater_id
        self._session = PeerSession(
            config.configuration, config.passphrase.encode(), config.options, config.times
        )
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
            config.name,
            self._events.append,
            lambda frame: self._session.send(frame.build()),
            config.texts,
            stream_ids(entropy),
        )
        self._receiver.on_packet = self._confirm
        self._stream = stream_ids(entropy)
        self._heard: DmrFrame | None = None
        "The burst that is being read."
        self._confirmations: list[bytes] = []
        self._faults = FaultLog(config.name, log, secret_tag=Key.TAG)
        self._site = Site(config.name, None)
        self._health_at: float | None = None

    def feed(self, frame: bytes, peer: Peer, at: Moment) -> None:
        """Take one datagram; a bad one is counted and dropped, never raised."""
        self._receiver.calls.expire(at)
        try:
            if Address(peer.host, peer.port) != self._config.master:
                raise RefusedError(f"{peer.host} port {peer.port} is not the master")
            if len(frame) > MAX_DATAGRAM:
                raise MalformedError("longer than any message", frame)
            payload = self._session.feed(frame, at.mono)
            self._follow_session(at)
            match payload:
                case DmrFrame():
                    self._burst(payload, at)
                case AliasFrame(_, source, part):
                    self._payload(at)
                    self._receiver.calls.alias_part(self._id, source, part, at)
                case GpsFrame(_, source, info):
                    self._payload(at)
                    self._receiver.calls.gps(self._id, source, info, at)
                case None:
                    pass
                case _:
                    raise RefusedError(f"{type(payload).__name__} is for repeaters to send")
        except MalformedError as error:
            self._site.malformed += 1
            self._faults.fault(error.what, frame, peer.host, at.mono)
        except RefusedError as error:
            self._site.refused += 1
            self._faults.fault(str(error), frame, peer.host, at.mono)
        self._follow_session(at)

    def command(self, command: Command, at: Moment) -> None:
        """Send a text, a call alert or a radio check; refuse all else."""
        if isinstance(command, SendText | CallAlert | RadioCheck):
            up = self._session.state is State.UP
            last = None if command.radio is None else self._texts.where(command.radio.number)
            outlet = last or Outlet(self._id, self._config.texts.slot)
            colour_code = self._config.configuration.colour_code or 1
            self._texts.command(command, {outlet: colour_code} if up else {}, at)
            return
        if isinstance(command, AcknowledgeEmergency):
            self._receiver.signals.cleared(command.radio)
        detail = "a Homebrew master cannot do this"
        self._events.append(refusal(command, self._config.name, detail, at))

    def expire(self, at: Moment) -> None:
        """Log in, ping, end silent calls, send what is due, report health every five seconds."""
        self._receiver.calls.expire(at)
        self._session.expire(at.mono)
        self._follow_session(at)
        self._texts.expire(at)
        if self._health_at is not None and at.mono >= self._health_at:
            self._health_at = at.mono + HEALTH_EVERY_S
            self._events.append(self._site.health(at))

    def deadline(self) -> float | None:
        """Next `Moment.mono` at which `expire` has something to do."""
        due = (
            self._receiver.calls.deadline(),
            self._session.deadline(),
            self._texts.deadline(),
            self._health_at,
        )
        return min((moment for moment in due if moment is not None), default=None)

    def opened(self, at: Moment) -> None:
        """The socket is open: log in."""
        self._health_at = at.mono + HEALTH_EVERY_S
        self._session.open(at.mono)
        self._follow_session(at)

    def closed(self, reason: str, at: Moment) -> None:
        """The socket is gone: calls are cut off, the login is over without a farewell."""
        self._health_at = None
        self._session.close()
        self._follow_session(at, reason)
        self._session.outgoing()
        self._confirmations.clear()

    def events(self) -> list[Event]:
        """Events since the last call, oldest first."""
        taken = self._events[:]
        self._events.clear()
        return taken

    def outgoing(self) -> list[Outgoing]:
        """Datagrams to send since the last call, oldest first."""
        master = Peer(ENDPOINT, self._config.master.host, self._config.master.port)
        sent = [Outgoing(data, master) for data in self._session.outgoing()]
        sent += [Outgoing(data, master, acknowledges=True) for data in self._confirmations]
        self._confirmations.clear()
        return sent

    def _follow_session(self, at: Moment, reason: str | None = None) -> None:
        """Turn changes of the login into link events."""
        for change in self._session.transitions():
            if change.old is State.UP:
                self._receiver.gone(self._id, at)
                self._texts.gone(self._id, at)
            why = reason or change.reason
            log.info("%s: %s: %s", self._config.name, change.new.value, why)
            if change.new is State.UP:
                state = LinkState.UP
            elif change.new is State.CLOSED:
                state = LinkState.DOWN
            else:
                state = LinkState.CONNECTING
            self._site.become(state, why, at, self._events.append)

    def _payload(self, at: Moment) -> None:
        if self._site.payload(at):
            self._health_at = at.mono

    def _burst(self, frame: DmrFrame, at: Moment) -> None:
        self._payload(at)
        if frame.repeater_id != self._id:  # a master that does not put our id in
            frame = replace(frame, repeater_id=self._id)
        self._texts.heard(frame, at)
        self._heard = frame
        receive(self._receiver, frame, self._config.name, at)

    def _confirm(self, packet: DataPacket) -> None:
        """A packet to us came whole: its sender waits for our word, and repeats it without."""
        if self._heard is None or self._session.state is not State.UP:
            return
        colour_code = self._config.configuration.colour_code or 1
        number = self._config.texts.source
        frame = confirmation(packet, self._heard, number, colour_code, self._stream())
        if frame is not None:
            self._confirmations.append(frame.build())
