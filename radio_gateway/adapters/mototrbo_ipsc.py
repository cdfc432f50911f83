"""MOTOTRBO repeaters by IP Site Connect: we join their network as a peer that listens.

Nothing is ever sent that reaches the air; what the bursts say wins over their envelopes.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Final

from radio_gateway.adapters._dmr_faults import FaultLog
from radio_gateway.adapters._dmr_receiver import Receiver
from radio_gateway.adapters._dmr_refusals import refusal
from radio_gateway.adapters._dmr_sites import HEALTH_EVERY_S, Site
from radio_gateway.adapters._mototrbo_ipsc_blocks import BlockOrder, as_on_air
from radio_gateway.adapters._mototrbo_ipsc_calls import MonitoredCalls
from radio_gateway.adapters._mototrbo_ipsc_reports import Alarms, RepeaterLog
from radio_gateway.adapters._recent import Recent
from radio_gateway.domain.commands import AcknowledgeEmergency, Command
from radio_gateway.domain.events import Event, LinkState, TelemetryReceived
from radio_gateway.domain.ids import RadioId, TalkgroupId
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Ability, Capabilities, Outgoing, Peer
from radio_gateway.protocols.dmr.slot_type import DataType
from radio_gateway.protocols.errors import MalformedError, RefusedError
from radio_gateway.protocols.mototrbo.ipsc_auth import IpscKey
from radio_gateway.protocols.mototrbo.ipsc_monitor import (
    Blocked,
    CallState,
    CallStatus,
    CallType,
    RepeaterState,
)
from radio_gateway.protocols.mototrbo.ipsc_session import Address, ListeningPeer, Payload, State
from radio_gateway.protocols.mototrbo.ipsc_user import (
    BlockContent,
    BurstType,
    UserPacket,
    UserType,
    VoiceContent,
)

log = logging.getLogger(__name__)

ENDPOINT: Final = "main"
_LINK_STATES: Final = {
    State.DOWN: LinkState.DOWN,
    State.REGISTERING: LinkState.CONNECTING,
    State.UP: LinkState.UP,
}
DATA_TYPES: Final = {
    BurstType.PI_HEADER: DataType.PI_HEADER,
    BurstType.VOICE_HEADER: DataType.VOICE_LC_HEADER,
    BurstType.TERMINATOR: DataType.TERMINATOR_WITH_LC,
    BurstType.CSBK: DataType.CSBK,
    BurstType.DATA_HEADER: DataType.DATA_HEADER,
    BurstType.RATE_12_DATA: DataType.RATE_12_DATA,
    BurstType.RATE_34_DATA: DataType.RATE_34_DATA,
}
_VOICE: Final = (UserType.GROUP_VOICE, UserType.PRIVATE_VOICE)
UNKNOWN_REPEATED_S: Final = 30.0
_CALL_TYPES: Final = frozenset(CallType)


@dataclass(frozen=True, slots=True, kw_only=True)
class IpscConfig:
    """One IPSC network."""

    name: str
    "Of the link."
    network: str
    "Numbering network that the radios belong to."
    peer_id: int
    "Ours; no other peer may have it."
    master: Address
    key: IpscKey | None = field(default=None, repr=False)
    streams: bool = True
    "Bursts of voice and data; without them calls come from the repeaters' reports alone."
    allowed: frozenset[str] = frozenset()
    "Addresses that peers may have; empty: whatever the master names."
    sites: Mapping[int, str] = field(default_factory=dict)
    "Names of repeaters by their ids."
    rssi_offset_db: int = 0
    "Added to signal reports; old firmware needs -56."
    hang_time_s: float = 3.0
    lost_after_s: float = 2.0
    "Silence that ends a call whose end was not heard."
    keepalive_s: float = 5.0
    max_missed: int = 4


@dataclass(frozen=True, slots=True)
class _Frame:
    """A user packet as the receiver wants its envelope."""

    sequence: int
    repeater_id: int
    slot: int
    stream: bytes
    group: bool
    source: int
    target: int
    rssi_dbm: int | None
    bit_errors: int | None = None


class IpscListener:
    """A listening peer, as an `Adapter`."""

    CAPABILITIES: ClassVar[Capabilities] = Capabilities(
        title="MOTOTRBO repeaters (IP Site Connect, listening)",
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
            )
        ),
        notes="Listens only. Registrations, texts and positions of radios as far as they are "
        "sent over these repeaters, unencrypted.",
    )

    def __init__(self, config: IpscConfig) -> None:
        self._config = config
        self._events: list[Event] = []
        self._session = ListeningPeer(
            config.peer_id,
            config.master,
            key=config.key,
            streams=config.streams,
            allowed=config.allowed,
            keepalive_s=config.keepalive_s,
            max_missed=config.max_missed,
        )
        self._receiver = Receiver(
            config.name,
            config.network,
            self._events.append,
            hang_time_s=config.hang_time_s,
            lost_after_s=config.lost_after_s,
        )
        self._monitored = MonitoredCalls(
            config.name, config.network, self._events.append, config.hang_time_s
        )
        self._alarms = Alarms()
        self._repeaters = RepeaterLog(config.name)
        self._unknown = Recent(UNKNOWN_REPEATED_S)
        self._faults = FaultLog(config.name, log)
        self._whole = Site(config.name, None)
        self._sites: dict[int, Site] = {}
        self._order = BlockOrder()
        self._health_at: float | None = None

    def feed(self, frame: bytes, peer: Peer, at: Moment) -> None:
        """Take one datagram; a bad one is counted and dropped, never raised."""
        self._receiver.calls.expire(at)
        payload: Payload | None = None
        try:
            payload = self._session.feed(frame, Address(peer.host, peer.port), at.mono)
            self._follow_session(at)
            if payload is not None:
                self._take(payload, at)
        except MalformedError as error:
            self._whole.malformed += 1
            if payload is not None:
                self._site(payload.peer).malformed += 1
            self._faults.fault(error.what, frame, peer.host, at.mono)
        except RefusedError as error:
            self._whole.refused += 1
            self._faults.fault(str(error), frame, peer.host, at.mono)

    def command(self, command: Command, at: Moment) -> None:
        """Refuse it: a listening peer sends nothing to radios."""
        if isinstance(command, AcknowledgeEmergency):
            self._receiver.signals.cleared(command.radio)
        detail = "this link only listens to the repeaters"
        self._events.append(refusal(command, self._config.name, detail, at))

    def expire(self, at: Moment) -> None:
        """Keep the network, end silent calls, report health every five seconds."""
        self._receiver.calls.expire(at)
        self._monitored.expire(at)
        self._session.expire(at.mono)
        self._follow_session(at)
        if self._health_at is not None and at.mono >= self._health_at:
            self._health_at = at.mono + HEALTH_EVERY_S
            self._events += [site.health(at) for site in (self._whole, *self._sites.values())]

    def deadline(self) -> float | None:
        """Next `Moment.mono` at which `expire` has something to do."""
        due = (
            self._receiver.calls.deadline(),
            self._monitored.deadline(),
            self._session.deadline(),
            self._health_at,
        )
        return min((moment for moment in due if moment is not None), default=None)

    def opened(self, at: Moment) -> None:
        """The socket is open: ask the master to let us in."""
        self._health_at = at.mono + HEALTH_EVERY_S
        self._session.open(at.mono)
        self._follow_session(at)

    def closed(self, reason: str, at: Moment) -> None:
        """The socket is gone: calls are cut off."""
        self._health_at = None
        self._session.close(reason)
        self._follow_session(at)

    def events(self) -> list[Event]:
        """Events since the last call, oldest first."""
        taken = self._events[:]
        self._events.clear()
        return taken

    def outgoing(self) -> list[Outgoing]:
        """Datagrams to send since the last call, oldest first."""
        return [
            Outgoing(data, Peer(ENDPOINT, to.host, to.port))
            for data, to in self._session.outgoing()
        ]

    def _follow_session(self, at: Moment) -> None:
        """Turn what became of stations into link events."""
        for change in self._session.changes():
            number = self._session.master_id if change.peer is None else change.peer
            if number is not None and change.old is State.UP:
                self._receiver.gone(number, at)
                self._monitored.gone(number, at)
            changed = [] if number is None else [self._site(number)]
            if change.peer is None:
                changed.append(self._whole)
            log.info("%s: %s: %s", self._config.name, number or "master", change.reason)
            for site in changed:
                site.become(_LINK_STATES[change.new], change.reason, at, self._events.append)

    def _site(self, number: int) -> Site:
        if number not in self._sites:
            name = self._config.sites.get(number, f"repeater {number}")
            self._sites[number] = Site(self._config.name, name)
        return self._sites[number]

    def _take(self, payload: Payload, at: Moment) -> None:
        site = self._site(payload.peer)
        self._whole.payload(at)
        if site.payload(at):
            self._health_at = at.mono
        match payload:
            case UserPacket():
                self._burst(payload, site.name or "", at)
            case CallStatus():
                self._status(payload, at)
            case RepeaterState():
                self._repeaters.slots(payload, site.name or "")
            case Blocked():
                self._repeaters.blocked(payload, site.name or "")

    def _burst(self, packet: UserPacket, site: str, at: Moment) -> None:
        frame, content = self._frame(packet), packet.content
        if isinstance(content, VoiceContent):
            self._receiver.calls.voice(frame, content, site, at, content.lc)
            if packet.encrypted:
                self._receiver.calls.encrypted(frame, at)
        elif isinstance(content, BlockContent):
            kind = DATA_TYPES[BurstType(content.burst_type)]
            turned = self._order.turned(packet, kind, content.block)
            block = as_on_air(content.block) if turned else content.block
            self._receiver.block(frame, kind, block, content.colour_code, site, at)
            if kind is DataType.TERMINATOR_WITH_LC:
                return
        if packet.last and packet.user_type in _VOICE:
            self._receiver.calls.terminator(frame, None, site, at)

    def _frame(self, packet: UserPacket) -> _Frame:
        parties = packet.source.to_bytes(3, "big") + packet.target.to_bytes(3, "big")
        content, rssi = packet.content, None
        if isinstance(content, BlockContent) and content.rssi_dbm is not None:
            rssi = round(content.rssi_dbm) + self._config.rssi_offset_db
        return _Frame(
            sequence=packet.rtp.sequence & 0xFF,
            repeater_id=packet.peer,
            slot=packet.slot,
            stream=bytes((packet.call,)) + parties,
            group=packet.group,
            source=packet.source,
            target=packet.target,
            rssi_dbm=rssi,
        )

    def _status(self, status: CallStatus, at: Moment) -> None:
        site = (self._sites.get(status.origin) or self._site(status.peer)).name or ""
        if not self._config.streams:
            self._monitored.take(status, site, at)
        if not status.source:
            return
        network = self._config.network
        radio = RadioId(network, status.source)
        alarm = self._alarms.source(status, at.mono)
        if alarm is not None:
            talkgroup = TalkgroupId(network, status.target) if status.target else None
            self._receiver.signals.alarm(radio, talkgroup, site, status.build(), at, source=alarm)
            return
        if status.call_type == CallType.CALL_ALERT and status.state == CallState.STARTED:
            called = RadioId(network, status.target) if status.target else None
            self._receiver.signals.call_alert(radio, called, site, at)
            return
        self._receiver.signals.heard(radio, site, None, at)
        if status.call_type not in _CALL_TYPES:
            self._hand_on(status, radio, at)

    def _hand_on(self, status: CallStatus, radio: RadioId, at: Moment) -> None:
        """A kind of call of newer firmware: its octets, once while it lasts."""
        if not self._unknown.seen((status.call_type, status.source), at.mono):
            kind = f"ipsc/status_{status.call_type:02x}"
            data = status.build()
            self._events.append(
                TelemetryReceived(link=self._config.name, at=at, radio=radio, kind=kind, data=data)
            )
