"""Hytera repeaters and radios: registration, positions, texts, calls and emergencies.

A repeater forwards its data services over HSTRP, a port for each service and timeslot; a radio
that serves as base speaks plain HDAP. `HyteraBase` reads and answers both.
"""

import logging
from functools import lru_cache
from typing import ClassVar, Final

from radio_gateway.adapters._hytera_calls import HyteraCalls, HyteraEmergencies
from radio_gateway.adapters._hytera_config import (
    DEFAULT_PORTS,
    ENDPOINTS,
    REPEATED_S,
    Endpoint,
    HyteraConfig,
    Recent,
    TextRetry,
)
from radio_gateway.adapters._hytera_inbox import HyteraInbox
from radio_gateway.adapters._hytera_links import Heard, HyteraLinks
from radio_gateway.adapters._hytera_positions import Report, position, quick_position
from radio_gateway.adapters._hytera_radios import REMEMBERED, HyteraRadios
from radio_gateway.adapters._hytera_requests import (
    HyteraRequests,
    check_key,
    control_key,
    location_key,
)
from radio_gateway.adapters._hytera_texts import HyteraTexts
from radio_gateway.domain.commands import Command, SendText
from radio_gateway.domain.events import (
    EmergencySource,
    Event,
    PositionSource,
    RadioHeard,
    TelemetryReceived,
)
from radio_gateway.domain.ids import RadioId
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Ability, Capabilities, Outgoing, Peer
from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.hytera import data, lp, quick, rcp, rrs, tmp
from radio_gateway.protocols.hytera.frames import read_message
from radio_gateway.protocols.hytera.hdap import Hdap, Service
from radio_gateway.protocols.hytera.message import Message, RadioAddress, UnknownMessage

__all__ = [
    "DEFAULT_PORTS",
    "ENDPOINTS",
    "Endpoint",
    "HyteraBase",
    "HyteraConfig",
    "TextRetry",
]

log = logging.getLogger(__name__)

_COMMANDS_KEPT_S: Final = 3600.0
_EMERGENCY_OPCODES: Final = (lp.EmergencyReport.OPCODE, lp.VariableEmergencyReport.OPCODE)


class HyteraBase:
    """Implements `radio_gateway.domain.ports.Adapter` for one base."""

    CAPABILITIES: ClassVar[Capabilities] = Capabilities(
        title="Hytera repeaters and radios (HDAP)",
        transport="UDP",
        abilities=frozenset(Ability)
        - {Ability.TALKER_ALIAS, Ability.STATUS, Ability.CALL_ALERT_FROM_RADIO},
        text_limit=tmp.TEXT_LIMIT,
        notes="Calls, call alert and disabling need the control ports of a repeater.",
    )

    def __init__(self, config: HyteraConfig) -> None:
        self._config = config
        self._events: list[Event] = []
        self._links = HyteraLinks(config, self._events.append, self._host_lost)
        self._radios = HyteraRadios(config, self._links, self._events.append)
        self._texts = HyteraTexts(config, self._links, self._radios, self._events.append)
        self._requests = HyteraRequests(config, self._links, self._radios, self._events.append)
        self._emergencies = HyteraEmergencies(config, self._events.append)
        self._calls = HyteraCalls(config, self._emergencies, self._events.append)
        self._inbox = HyteraInbox(config, self._links, self._radios, self._events.append)
        self._repeated = Recent(REPEATED_S)
        self._commands = Recent(_COMMANDS_KEPT_S)
        self._wrong_checksums = Recent(REPEATED_S, limit=256)
        self._radio_ids = lru_cache(maxsize=REMEMBERED)(config.radio)

    def feed(self, frame: bytes, peer: Peer, at: Moment) -> None:
        """Take one datagram; a foreign one is refused, a bad one counted, neither answered."""
        if peer.host not in self._config.peers:
            self._links.refuse(peer.host, at)
            return
        try:
            for heard in self._links.take(frame, peer, at):
                self._take(heard, at)
        except MalformedError as error:
            self._links.malformed(peer.host, error, at)

    def command(self, command: Command, at: Moment) -> None:
        """Start a command; one that was given before is not started again."""
        if self._commands.seen(command.command, at.mono):
            return
        if isinstance(command, SendText):
            self._texts.send(command, at)
        else:
            self._requests.start(command, at)

    def expire(self, at: Moment) -> None:
        self._links.expire(at)
        self._texts.expire(at)
        self._requests.expire(at)
        self._calls.expire(at)
        self._radios.expire(at)

    def deadline(self) -> float | None:
        parts = (self._links, self._texts, self._requests, self._calls, self._radios)
        due = (part.deadline() for part in parts)
        return min((each for each in due if each is not None), default=None)

    def opened(self, at: Moment) -> None:
        self._links.opened(at)

    def closed(self, reason: str, at: Moment) -> None:
        self._links.closed(reason, at)
        self._texts.lost(None, reason, at)
        self._requests.lost(None, reason, at)

    def events(self) -> list[Event]:
        events = list(self._events)
        self._events.clear()
        return events

    def outgoing(self) -> list[Outgoing]:
        return self._links.outgoing()

    def _host_lost(self, host: str, reason: str, at: Moment) -> None:
        self._calls.lost(host, at)
        self._texts.lost(host, reason, at)
        self._requests.lost(host, reason, at)

    def _take(self, heard: Heard, at: Moment) -> None:
        fix = quick.read(heard.octets)
        if fix is not None:
            self._on_usual_report(fix, heard, at)
            return
        envelope = Hdap.parse(heard.octets)
        verified = envelope.checksum_ok
        if not verified and not self._wrong_checksums.seen(heard.route, at.mono):
            log.warning("%s: wrong checksums from %s", self._config.name, heard.peer.host)
        try:
            message = read_message(envelope)
        except MalformedError:
            self._save_emergency(envelope, heard, at)
            raise
        self._links.accepted(heard, at)
        match envelope.service:
            case Service.RRS:
                self._on_registration(message, envelope, heard, at)
            case Service.LP:
                self._on_location(message, envelope, heard, at, verified=verified)
            case Service.TMP:
                self._on_text(message, envelope, heard, at)
            case Service.RCP:
                self._on_control(message, heard, at)
            case Service.TP | Service.DTP | Service.DDS:
                self._on_data(message, envelope, heard, at)

    def _on_usual_report(self, fix: quick.Fix, heard: Heard, at: Moment) -> None:
        """What `_on_location` does with the same octets, in a third of the time."""
        self._links.accepted(heard, at)
        radio = self._radio_ids(fix[0])
        self._radios.heard(radio, heard.route, at)
        if not self._repeated.seen(fix[1], at.mono):
            self._events.append(quick_position(fix, radio, self._config.name, at))

    def _on_registration(
        self, message: Message | UnknownMessage, envelope: Hdap, heard: Heard, at: Moment
    ) -> None:
        match message:
            case rrs.Registration(radio=address):
                radio = self._radio(address, envelope)
                if self._radios.registered(radio, heard.route, at):
                    self._start_positions(radio, at)
                period = self._config.registration_period_s
                answer = rrs.RegistrationAnswer(address, rrs.RegistrationResult.OK, period)
                octets = answer.build(reliable=envelope.reliable)
                self._links.reply(heard, octets, at, acknowledges=True)
            case rrs.Deregistration(radio=address):
                self._radios.deregistered(self._radio(address, envelope), at)
            case rrs.OnlineCheckAnswer(radio=address, state=state):
                radio = self._radio(address, envelope)
                online = state == rrs.Presence.ONLINE
                if online:
                    self._radios.heard(radio, heard.route, at)
                    config = self._config
                    self._events.append(
                        RadioHeard(link=config.name, at=at, radio=radio, site=config.site)
                    )
                fault = None if online else "the radio is off or out of reach"
                self._requests.answered(check_key(radio), fault, at)
            case _:
                self._unused(message, heard)

    def _on_location(
        self,
        message: Message | UnknownMessage,
        envelope: Hdap,
        heard: Heard,
        at: Moment,
        *,
        verified: bool,
    ) -> None:
        match message:
            case lp.TriggeredReport() | lp.ConditionReport() | lp.ConditionReportRssi():
                radio = self._heard_radio(message.radio, envelope, heard, at)
                self._report(
                    message, radio, PositionSource.TRIGGERED, envelope, at, verified=verified
                )
            case lp.EmergencyReport(radio=address, gps=gps):
                radio = self._heard_radio(address, envelope, heard, at)
                self._emergencies.raised(
                    radio, EmergencySource.POSITION, heard.octets, at, point=gps.point
                )
                self._report(
                    message, radio, PositionSource.EMERGENCY, envelope, at, verified=verified
                )
            case lp.VariableEmergencyReport(radio=address):
                radio = self._heard_radio(address, envelope, heard, at)
                self._emergencies.raised(radio, EmergencySource.POSITION, heard.octets, at)
            case lp.ImmediateReport(radio=address, request=request, result=result):
                radio = self._heard_radio(address, envelope, heard, at)
                fault = None if result == 0 else lp.LocationResult.words(result)
                if fault is None and message.gps.point is None:
                    fault = lp.LocationResult.words(lp.LocationResult.POSITION_METHOD)
                asked = self._requests.answered(location_key(request), fault, at)
                source = PositionSource.REQUESTED if asked else PositionSource.TRIGGERED
                self._report(message, radio, source, envelope, at, verified=verified)
            case lp.TriggeredAnswer() | lp.TriggeredStopAnswer() | lp.EmergencyStopAnswer():
                self._heard_radio(message.radio, envelope, heard, at)
                fault = None if message.result == 0 else lp.LocationResult.words(message.result)
                self._requests.answered(location_key(message.request), fault, at)
            case _:
                self._unused(message, heard)

    def _on_text(
        self, message: Message | UnknownMessage, envelope: Hdap, heard: Heard, at: Moment
    ) -> None:
        host = heard.peer.host
        match message:
            case tmp.PrivateMessageAnswer():
                radio = self._texts.answered(message, host, at)
                if radio is not None:
                    self._radios.heard(radio, heard.route, at)
            case tmp.GroupMessageAnswer():
                self._texts.group_answered(message, host, at)
            case tmp.PrivateMessage() | tmp.GroupMessage() | tmp.PrivateData() | tmp.GroupData():
                if message.source.number != self._config.dispatcher_id:
                    radio = self._heard_radio(message.source, envelope, heard, at)
                    self._inbox.take(message, radio, heard, at, reliable=envelope.reliable)
            case _:
                self._unused(message, heard)

    def _on_control(self, message: Message | UnknownMessage, heard: Heard, at: Moment) -> None:
        radio: RadioId | None = None
        match message:
            case rcp.RepeaterStatus():
                radio = self._calls.repeater_status(message, heard.route, heard.octets, at)
                self._remember_talkgroup(message, heard)
            case rcp.ReceiveStatus():
                radio = self._calls.receive_status(message, heard.route, heard.octets, at)
                self._remember_talkgroup(message, heard)
            case rcp.AlertReply() | rcp.DisableReply() | rcp.EnableReply():
                if 0 < message.target <= 0xFF_FFFF:
                    key = control_key(message.OPCODE, self._config.radio(message.target))
                    fault = None if message.result == 0 else rcp.result_words(message.result)
                    self._requests.answered(key, fault, at)
            case rcp.StatusReport(target=rcp.StatusTarget.EMERGENCY, value=value) if value:
                owner = self._radios.only_radio_of(heard.peer.host)
                if owner is None:
                    name, host = self._config.name, heard.peer.host
                    log.warning("%s: %s reports an emergency without a radio", name, host)
                else:
                    self._emergencies.raised(owner, EmergencySource.STATUS, heard.octets, at)
            case _:
                self._unused(message, heard)
        if radio is not None:
            self._radios.heard(radio, heard.route, at)

    def _on_data(
        self, message: Message | UnknownMessage, envelope: Hdap, heard: Heard, at: Moment
    ) -> None:
        match message:
            case data.DeliveryState(about=Service.TMP):
                self._texts.on_air(message, heard.peer.host, at)
            case data.DeliveryState():
                self._requests.on_air(message, at)
            case data.TelemetryReport():
                radio = self._heard_radio(message.source, envelope, heard, at)
                self._events.append(
                    TelemetryReceived(
                        link=self._config.name,
                        at=at,
                        radio=radio,
                        kind="hytera/telemetry",
                        data=envelope.payload,
                    )
                )
            case _:
                self._unused(message, heard)

    def _report(
        self,
        report: Report,
        radio: RadioId,
        source: PositionSource,
        envelope: Hdap,
        at: Moment,
        *,
        verified: bool,
    ) -> None:
        """Pass a position on, unless a repetition brings the same fix again."""
        if report.gps.time is not None:
            key = (envelope.opcode, envelope.payload)
            if self._repeated.seen(key, at.mono):
                return
        event = position(report, radio, source, self._config.name, at, verified=verified)
        if event is not None:
            self._events.append(event)

    def _save_emergency(self, envelope: Hdap, heard: Heard, at: Moment) -> None:
        """A damaged emergency report is still an emergency when it names its radio."""
        opcodes = _EMERGENCY_OPCODES
        if envelope.service is not Service.LP or envelope.opcode not in opcodes:
            return
        if len(envelope.payload) >= 4 and envelope.checksum_ok:
            address = RadioAddress.from_bytes(envelope.payload)
            radio = self._heard_radio(address, envelope, heard, at)
            self._emergencies.raised(radio, EmergencySource.POSITION, heard.octets, at)

    def _start_positions(self, radio: RadioId, at: Moment) -> None:
        if self._config.position_interval_s is not None:
            self._requests.set_interval(radio, self._config.position_interval_s, at)

    def _remember_talkgroup(
        self, status: rcp.RepeaterStatus | rcp.ReceiveStatus, heard: Heard
    ) -> None:
        if status.call_type == rcp.CallType.GROUP and 0 < status.target <= 0xFF_FFFF:
            self._radios.talkgroup_heard(self._config.talkgroup(status.target), heard.route)

    def _heard_radio(
        self, address: RadioAddress, envelope: Hdap, heard: Heard, at: Moment
    ) -> RadioId:
        radio = self._radio(address, envelope)
        self._radios.heard(radio, heard.route, at)
        return radio

    def _radio(self, address: RadioAddress, envelope: Hdap) -> RadioId:
        if not address.number:
            raise MalformedError("message of radio number 0", envelope.build())
        return self._radio_ids(address.number)

    def _unused(self, message: Message | UnknownMessage, heard: Heard) -> None:
        name, host = self._config.name, heard.peer.host
        log.debug("%s: nothing to do with %s of %s", name, type(message).__name__, host)
