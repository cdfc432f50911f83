"""Hytera repeaters in IP multi-site connect: we are their master and hear every burst.

What the bursts say wins over the packets around them. Nothing is forwarded from repeater to
repeater and nothing is sent to radios.
"""

import logging
from dataclasses import dataclass
from typing import ClassVar, Final

from radio_gateway.adapters._dmr_faults import FaultLog
from radio_gateway.adapters._dmr_receiver import Receiver
from radio_gateway.adapters._dmr_refusals import refusal
from radio_gateway.adapters._dmr_sites import HEALTH_EVERY_S, Site
from radio_gateway.adapters._hytera_ipsc_streams import SILENCE_S, Numbers, Streams
from radio_gateway.domain.commands import AcknowledgeEmergency, Command
from radio_gateway.domain.events import Event, LinkState
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Ability, Capabilities, Outgoing, Peer
from radio_gateway.protocols.dmr.checks import CrcMask, seal
from radio_gateway.protocols.dmr.embedded import LC_OCTETS
from radio_gateway.protocols.dmr.link_control import VoiceLc, parse_lc
from radio_gateway.protocols.dmr.slot_type import DataType
from radio_gateway.protocols.errors import MalformedError, RefusedError
from radio_gateway.protocols.hytera.ipsc import IpscPacket, SlotType, SyncKind
from radio_gateway.protocols.hytera.ipsc_master import Address, IpscMaster, Service, State

log = logging.getLogger(__name__)

DATA_TYPES: Final[dict[int, DataType]] = {
    SlotType.PI_HEADER: DataType.PI_HEADER,
    SlotType.VOICE_LC_HEADER: DataType.VOICE_LC_HEADER,
    SlotType.TERMINATOR: DataType.TERMINATOR_WITH_LC,
    SlotType.CSBK: DataType.CSBK,
    SlotType.DATA_HEADER: DataType.DATA_HEADER,
    SlotType.RATE_12_DATA: DataType.RATE_12_DATA,
    SlotType.RATE_34_DATA: DataType.RATE_34_DATA,
}
_VOICE: Final = frozenset(range(SlotType.VOICE_A, SlotType.VOICE_F + 1, 0x1111))
_GROUP: Final = 1
CSBK_OCTETS: Final = 10
_SERVICES: Final = {service.value: service for service in Service}


@dataclass(frozen=True, slots=True)
class RepeaterConfig:
    """One repeater that may register."""

    host: str
    "Its IP address."
    name: str
    "The site, as dispatchers know it."


@dataclass(frozen=True, slots=True, kw_only=True)
class HyteraIpscConfig:
    """Three UDP ports and the repeaters behind them."""

    name: str
    "Of the link."
    network: str
    "Numbering network that the radios belong to."
    repeaters: tuple[RepeaterConfig, ...]
    dmr_port: int = 50001
    "As repeaters are told; the one that the link listens on."
    rdac_port: int = 50002
    hang_time_s: float = 3.0
    timeout_s: float = 25.0
    "Silence after which a repeater counts as lost."


@dataclass(frozen=True, slots=True)
class _Frame:
    """A packet as the receiver wants its envelope."""

    sequence: int
    repeater_id: int
    slot: int
    stream: bytes
    group: bool
    source: int
    target: int
    bit_errors: int | None = None
    rssi_dbm: int | None = None


class HyteraIpscMaster:
    """The master that Hytera repeaters register with, as an `Adapter`."""

    CAPABILITIES: ClassVar[Capabilities] = Capabilities(
        title="Hytera repeaters (IP multi-site connect)",
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
        notes="Listens only, without a password: keep the line closed. Positions, texts and "
        "registrations as far as radios send them over the air, unencrypted.",
    )

    def __init__(self, config: HyteraIpscConfig) -> None:
        """Start with nobody registered.

        Raises:
            ValueError: an address that occurs twice.
        """
        self._config = config
        self._numbers = {r.host: number for number, r in enumerate(config.repeaters, 1)}
        if len(self._numbers) < len(config.repeaters):
            raise ValueError(f"{config.name}: each address only once")
        self._sites = {r.host: Site(config.name, r.name) for r in config.repeaters}
        self._whole = Site(config.name, None)
        self._events: list[Event] = []
        self._session = IpscMaster(
            frozenset(self._numbers),
            dmr_port=config.dmr_port,
            rdac_port=config.rdac_port,
            timeout_s=config.timeout_s,
        )
        self._streams = Streams()
        self._sequence = Numbers()
        self._receiver = Receiver(
            config.name,
            config.network,
            self._events.append,
            hang_time_s=config.hang_time_s,
            lost_after_s=SILENCE_S,
        )
        self._faults = FaultLog(config.name, log)
        self._health_at: float | None = None

    def feed(self, frame: bytes, peer: Peer, at: Moment) -> None:
        """Take one datagram; a bad one is counted and dropped, never raised."""
        self._receiver.calls.expire(at)
        site = self._sites.get(peer.host)
        try:
            service = _SERVICES.get(peer.endpoint)
            if service is None:
                raise MalformedError("datagram on a port without a service", frame)
            packet = self._session.feed(frame, service, Address(peer.host, peer.port), at.mono)
            self._follow_session(at)
            if packet is not None and site is not None:
                self._take(packet, site, peer.host, at)
        except MalformedError as error:
            self._whole.malformed += 1
            if site is not None:
                site.malformed += 1
            self._faults.fault(error.what, frame, peer.host, at.mono)
        except RefusedError as error:
            self._whole.refused += 1
            self._faults.fault(str(error), frame, peer.host, at.mono)

    def command(self, command: Command, at: Moment) -> None:
        """Refuse it: this link hears radios and cannot speak to them."""
        if isinstance(command, AcknowledgeEmergency):
            self._receiver.signals.cleared(command.radio)
        detail = "this link only listens to the repeaters"
        self._events.append(refusal(command, self._config.name, detail, at))

    def expire(self, at: Moment) -> None:
        """End silent calls and silent repeaters; report health every five seconds."""
        self._receiver.calls.expire(at)
        self._session.expire(at.mono)
        self._follow_session(at)
        if self._health_at is not None and at.mono >= self._health_at:
            self._health_at = at.mono + HEALTH_EVERY_S
            self._events += [site.health(at) for site in (self._whole, *self._sites.values())]

    def deadline(self) -> float | None:
        """Next `Moment.mono` at which `expire` has something to do."""
        due = (self._receiver.calls.deadline(), self._session.deadline(), self._health_at)
        return min((moment for moment in due if moment is not None), default=None)

    def opened(self, at: Moment) -> None:
        """The sockets are open; every repeater is awaited."""
        self._health_at = at.mono + HEALTH_EVERY_S
        self._whole.state, self._whole.since = LinkState.UP, at.utc
        for site in self._sites.values():
            site.become(LinkState.CONNECTING, "waiting for the repeater", at, self._events.append)

    def closed(self, reason: str, at: Moment) -> None:
        """The sockets are gone: calls are cut off, registrations end."""
        self._health_at = None
        self._whole.state, self._whole.since = LinkState.DOWN, at.utc
        self._session.close(reason)
        self._follow_session(at)
        for site in self._sites.values():
            site.become(LinkState.DOWN, reason, at, self._events.append)

    def events(self) -> list[Event]:
        """Events since the last call, oldest first."""
        taken = self._events[:]
        self._events.clear()
        return taken

    def outgoing(self) -> list[Outgoing]:
        """Datagrams to send since the last call, oldest first."""
        sent = self._session.outgoing()
        return [Outgoing(data, Peer(service.value, *to)) for service, data, to in sent]

    def _follow_session(self, at: Moment) -> None:
        """Turn what became of repeaters into link events."""
        for change in self._session.changes():
            up = change.new is State.UP
            if not up:
                self._receiver.gone(self._numbers[change.host], at)
            site = self._sites[change.host]
            log.info("%s: %s: %s", self._config.name, site.name, change.reason)
            state = LinkState.UP if up else LinkState.DOWN
            site.become(state, change.reason, at, self._events.append)

    def _take(self, packet: IpscPacket, site: Site, host: str, at: Moment) -> None:
        if packet.slot_type == SlotType.WAKE_UP:
            return
        self._whole.payload(at)
        if site.payload(at):
            self._health_at = at.mono
        name, number = site.name or "", self._numbers[host]
        frame = _Frame(
            sequence=self._sequence.number(number, packet),
            repeater_id=number,
            slot=packet.slot,
            stream=self._streams.stream(number, packet, at.mono),
            group=packet.call_type == _GROUP,
            source=packet.source,
            target=packet.destination,
        )
        burst = packet.burst
        if burst is None:
            self._sync(packet, frame, name, at)
        elif packet.slot_type in _VOICE:
            self._receiver.burst(frame, burst, None, name, at)
        elif packet.slot_type in DATA_TYPES:
            self._receiver.burst(frame, burst, DATA_TYPES[packet.slot_type], name, at)
        else:
            raise MalformedError("IPSC packet of an unknown slot type", packet.build())

    def _sync(self, packet: IpscPacket, frame: _Frame, site: str, at: Moment) -> None:
        """A copy of what the channel says, sent between the bursts; it has no number."""
        octets = packet.sync_octets or b""
        if packet.frame_type == SyncKind.VOICE_LC:
            lc = parse_lc(octets[:LC_OCTETS])
            if isinstance(lc, VoiceLc):
                self._receiver.calls.told(frame, lc, site, at)
        elif packet.frame_type == SyncKind.CSBK:  # the repeater has checked its CRC and drops it
            block = seal(octets[:CSBK_OCTETS], CrcMask.CSBK)
            self._receiver.block(frame, DataType.CSBK, block, packet.colour_code, site, at)
