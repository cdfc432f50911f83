"""MMDVM repeaters that log in to us by the Homebrew protocol.

What the bursts say wins over the envelopes; nobody who is not logged in can cause an event.
Voice is not forwarded from repeater to repeater.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar, Final

from radio_gateway.adapters._homebrew_calls import Calls
from radio_gateway.adapters._homebrew_faults import FaultLog
from radio_gateway.adapters._homebrew_signals import Signals
from radio_gateway.adapters._homebrew_sites import HEALTH_EVERY_S, Site
from radio_gateway.domain.commands import AcknowledgeEmergency, Command, SendText
from radio_gateway.domain.events import (
    CommandOutcome,
    CommandResult,
    Event,
    LinkState,
    TextFailure,
    TextProgress,
    TextState,
)
from radio_gateway.domain.ids import RadioId, TalkgroupId
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Ability, Capabilities, Outgoing, Peer
from radio_gateway.protocols.dmr.burst import DataBurst, parse_burst
from radio_gateway.protocols.dmr.csbk import Csbk, EmergencyAlarm
from radio_gateway.protocols.dmr.data_header import ProprietaryHeader, parse_data_header
from radio_gateway.protocols.dmr.link_control import VoiceLc, open_full_lc, parse_lc
from radio_gateway.protocols.dmr.pi_header import PiHeader
from radio_gateway.protocols.dmr.slot_type import DataType
from radio_gateway.protocols.errors import MalformedError, RefusedError
from radio_gateway.protocols.homebrew.dmrd import AliasFrame, DmrFrame, FrameType, GpsFrame
from radio_gateway.protocols.homebrew.frames import MAX_DATAGRAM
from radio_gateway.protocols.homebrew.master import Address, MasterSession, Payload, State

log = logging.getLogger(__name__)

ENDPOINT: Final = "main"
_LINK_STATES: Final = {
    State.DOWN: LinkState.DOWN,
    State.CONFIG_WAIT: LinkState.CONNECTING,
    State.UP: LinkState.UP,
}


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
    keepalive_timeout_s: float = 45.0
    allow_gateway_dialect_from: frozenset[str] = frozenset()
    "Addresses of MMDVMHost programs that may connect without a passphrase."


class HomebrewMaster:
    """The master that repeaters log in to, as an `Adapter`."""

    CAPABILITIES: ClassVar[Capabilities] = Capabilities(
        title="MMDVM repeaters (Homebrew)",
        transport="UDP",
        abilities=frozenset(
            (Ability.CALLS, Ability.TALKER_ALIAS, Ability.POSITION, Ability.EMERGENCY)
        ),
        notes="The protocol protects the login only: connect sites through a VPN.",
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
        self._calls = Calls(
            config.name,
            config.network,
            self._events.append,
            hang_time_s=config.hang_time_s,
            lost_after_s=config.lost_after_s,
        )
        self._signals = Signals(config.name, self._events.append)
        self._faults = FaultLog(config.name, log)
        self._outgoing: list[Outgoing] = []
        self._health_at: float | None = None

    def feed(self, frame: bytes, peer: Peer, at: Moment) -> None:
        """Take one datagram; a bad one is counted and dropped, never raised."""
        self._calls.expire(at)
        try:
            if len(frame) > MAX_DATAGRAM:
                raise MalformedError("longer than any message", frame)
            payload = self._session.feed(frame, Address(peer.host, peer.port), at.mono)
            self._follow_session(at)
            if payload is not None:
                self._take(payload, at)
        except MalformedError as error:
            self._whole.malformed += 1
            self._faults.fault(error.what, frame, peer.host, at.mono)
        except RefusedError as error:
            self._whole.refused += 1
            self._faults.fault(str(error), frame, peer.host, at.mono)
        self._follow_session(at)

    def command(self, command: Command, at: Moment) -> None:
        """Refuse it: Homebrew has no way to ask a radio anything that we rely on."""
        name = self._config.name
        if isinstance(command, SendText):
            self._events.append(
                TextProgress(
                    link=name,
                    at=at,
                    command=command.command,
                    state=TextState.FAILED,
                    radio=command.radio,
                    reason=TextFailure.UNSUPPORTED,
                    detail="Homebrew repeaters cannot send text messages",
                )
            )
            return
        if isinstance(command, AcknowledgeEmergency):
            self._signals.cleared(command.radio)
        self._events.append(
            CommandResult(
                link=name,
                at=at,
                command=command.command,
                outcome=CommandOutcome.REFUSED,
                radio=command.radio,
                detail="Homebrew repeaters cannot do this",
            )
        )

    def expire(self, at: Moment) -> None:
        """End silent calls and silent sessions; report health every five seconds."""
        self._calls.expire(at)
        self._session.expire(at.mono)
        self._follow_session(at)
        if self._health_at is not None and at.mono >= self._health_at:
            self._health_at = at.mono + HEALTH_EVERY_S
            self._events += [site.health(at) for site in (self._whole, *self._sites.values())]

    def deadline(self) -> float | None:
        """Next `Moment.mono` at which `expire` has something to do."""
        due = (self._calls.deadline(), self._session.deadline(), self._health_at)
        return min((moment for moment in due if moment is not None), default=None)

    def opened(self, at: Moment) -> None:
        """The socket is open; every repeater is awaited."""
        self._health_at = at.mono + HEALTH_EVERY_S
        self._whole.state, self._whole.since = LinkState.UP, at.utc
        for site in self._sites.values():
            site.become(LinkState.CONNECTING, "waiting for the repeater", at, self._events.append)

    def closed(self, reason: str, at: Moment) -> None:
        """The socket is gone: calls are cut off, sessions end."""
        self._health_at = None
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

    def _follow_session(self, at: Moment) -> None:
        """Turn changes of logins into link events, and answers into datagrams."""
        for change in self._session.transitions():
            if change.old is State.UP:
                self._calls.gone(change.repeater_id, at)
            site = self._sites[change.repeater_id]
            log.info(
                "%s: %s: %s: %s", self._config.name, site.name, change.new.value, change.reason
            )
            site.become(_LINK_STATES[change.new], change.reason, at, self._events.append)
        for data, to in self._session.outgoing():
            self._outgoing.append(Outgoing(data, Peer(ENDPOINT, to.host, to.port)))

    def _take(self, payload: Payload, at: Moment) -> None:
        site = self._sites[payload.repeater_id]
        site.payload(at)
        self._whole.payload(at)
        try:
            match payload:
                case DmrFrame():
                    self._burst(payload, site, at)
                case AliasFrame(repeater_id, source, part):
                    self._calls.alias_part(repeater_id, source, part, at)
                case GpsFrame(repeater_id, source, info):
                    self._calls.gps(repeater_id, source, info, at)
        except MalformedError:
            site.malformed += 1
            raise

    def _burst(self, frame: DmrFrame, site: Site, at: Moment) -> None:
        name = site.name or ""
        burst = parse_burst(frame.burst)
        if isinstance(burst, DataBurst):
            self._data(frame, burst, name, at)
        elif burst.sync is not None or frame.frame_type is not FrameType.DATA_SYNC:
            self._calls.voice(frame, burst, name, at)
        elif frame.detail == DataType.TERMINATOR_WITH_LC:
            self._calls.terminator(frame, None, name, at)
        else:
            raise MalformedError("data burst without synchronisation", frame.burst)

    def _data(self, frame: DmrFrame, burst: DataBurst, site: str, at: Moment) -> None:
        kind = burst.slot_type.data_type if burst.slot_type else DataType(frame.detail)
        if kind is DataType.TERMINATOR_WITH_LC:
            self._calls.terminator(frame, _terminator_lc(burst), site, at)
        elif kind is DataType.VOICE_LC_HEADER:
            colour_code = burst.slot_type.colour_code if burst.slot_type else None
            lc = parse_lc(open_full_lc(burst.payload(kind), kind))
            if isinstance(lc, VoiceLc):
                self._calls.header(frame, lc, colour_code, site, at)
        elif kind is DataType.PI_HEADER:
            PiHeader.parse(burst.payload(kind))
            self._calls.encrypted(frame, at)
        elif kind is DataType.CSBK:
            self._control(frame, burst.payload(kind), site, at)
        elif kind is DataType.DATA_HEADER:
            header = parse_data_header(burst.payload(kind))
            if not isinstance(header, ProprietaryHeader):
                self._heard(header.source, frame, site, at)

    def _control(self, frame: DmrFrame, block: bytes, site: str, at: Moment) -> None:
        message = Csbk.parse(block).message()
        if message is None:
            return
        if message.source != frame.source:
            log.info("%s: envelope and CSBK of %s differ", self._config.name, frame.stream.hex())
        if isinstance(message, EmergencyAlarm):
            radio = RadioId(self._config.network, message.source)
            talkgroup = TalkgroupId(self._config.network, message.talkgroup)
            self._signals.alarm(radio, talkgroup, site, block, at)
        else:
            self._heard(message.source, frame, site, at)

    def _heard(self, number: int, frame: DmrFrame, site: str, at: Moment) -> None:
        if number:
            radio = RadioId(self._config.network, number)
            self._signals.heard(radio, site, frame.rssi_dbm, at)


def _terminator_lc(burst: DataBurst) -> VoiceLc | None:
    """What a terminator says about its call; it ends the call whether it can be read or not."""
    kind = DataType.TERMINATOR_WITH_LC
    try:
        lc = parse_lc(open_full_lc(burst.payload(kind), kind))
    except MalformedError:
        return None
    return lc if isinstance(lc, VoiceLc) else None
