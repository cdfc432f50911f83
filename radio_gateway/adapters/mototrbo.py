"""MOTOTRBO radios by their IP data services: registration, positions, texts, emergencies.

Radios are reached through a control station (a mobile radio on USB) or the vendor's IP gateway:
plain UDP datagrams from and to addresses that are made of the radio's id.
"""

import logging
from random import Random
from typing import ClassVar, Final

from radio_gateway.adapters._mototrbo_air import MototrboAir
from radio_gateway.adapters._mototrbo_config import (
    DEFAULT_PORTS,
    MototrboConfig,
    Service,
    TextRetry,
)
from radio_gateway.adapters._mototrbo_exchanges import Exchanges
from radio_gateway.adapters._mototrbo_inbox import MototrboInbox
from radio_gateway.adapters._mototrbo_links import MototrboLinks
from radio_gateway.adapters._mototrbo_parts import PARTS
from radio_gateway.adapters._mototrbo_positions import MototrboPositions, place
from radio_gateway.adapters._mototrbo_radios import MototrboRadios
from radio_gateway.adapters._mototrbo_requests import PRESENCE, MototrboRequests
from radio_gateway.adapters._mototrbo_texts import MototrboTexts
from radio_gateway.adapters._mototrbo_triggers import EMERGENCY_ID, MototrboTriggers
from radio_gateway.adapters._recent import Recent
from radio_gateway.domain.commands import Command, SendText
from radio_gateway.domain.events import (
    EmergencyRaised,
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
from radio_gateway.protocols.mototrbo.ars import (
    Answer,
    Deregistration,
    Registration,
    UserAnswer,
    UserDeregistration,
    UserRegistration,
    parse_ars,
)
from radio_gateway.protocols.mototrbo.battery import parse_battery
from radio_gateway.protocols.mototrbo.lrrp import DocumentKind, Report, parse_lrrp
from radio_gateway.protocols.mototrbo.lrrp_report import Result
from radio_gateway.protocols.mototrbo.tms import Availability, Text, TextAnswer, parse_tms

__all__ = ["DEFAULT_PORTS", "MototrboConfig", "MototrboSystem", "Service", "TextRetry"]

log = logging.getLogger(__name__)

MERGE_S: Final = 30.0
"The signs of one press of the emergency key come within this time."
_DOUBLED_S: Final = 5.0
"USB connections often bring a datagram twice."
_COMMANDS_KEPT_S: Final = 3600.0


class MototrboSystem:
    """Implements `radio_gateway.domain.ports.Adapter` for the radios of one system."""

    CAPABILITIES: ClassVar[Capabilities] = Capabilities(
        title="Motorola MOTOTRBO data services",
        transport="UDP",
        abilities=frozenset(
            {
                Ability.TEXT_TO_RADIO,
                Ability.TEXT_TO_TALKGROUP,
                Ability.TEXT_FROM_RADIO,
                Ability.DELIVERY_ACKNOWLEDGEMENT,
                Ability.POSITION,
                Ability.POSITION_REQUEST,
                Ability.POSITION_INTERVAL,
                Ability.REGISTRATION,
                Ability.EMERGENCY,
                Ability.RADIO_CHECK,
            }
        ),
        text_limit=134 * PARTS,
        notes="Texts over 140 characters go in numbered parts; voice calls are not data.",
    )

    def __init__(self, config: MototrboConfig, chance: Random) -> None:
        """Make an adapter.

        Args:
            config: the system.
            chance: spreads what the gateway asks on its own.
        """
        self._config = config
        self._events: list[Event] = []
        emit = self._events.append
        self._links = MototrboLinks(config, emit)
        self._air = MototrboAir(config, self._links)
        self._radios = MototrboRadios(config, emit)
        self._exchanges = Exchanges(config, self._air, chance)
        self._triggers = MototrboTriggers(config, self._exchanges, self._air)
        self._requests = MototrboRequests(
            config, self._links, self._exchanges, self._triggers, emit
        )
        self._texts = MototrboTexts(config, self._links, self._air, self._radios, emit)
        self._inbox = MototrboInbox(config, self._links, emit)
        self._positions = MototrboPositions(config, emit)
        self._doubled = Recent(_DOUBLED_S)
        self._pressed = Recent(MERGE_S)
        self._commands = Recent(_COMMANDS_KEPT_S)

    def feed(self, frame: bytes, peer: Peer, at: Moment) -> None:
        """Take one datagram; a foreign one is refused, a bad one counted, neither answered."""
        radio = self._links.admit(peer)
        if radio is None:
            self._links.refuse(peer, at)
            return
        self._links.counted()
        try:
            match Service(peer.endpoint):
                case Service.ARS:
                    self._on_registration(frame, radio, peer, at)
                case Service.LRRP:
                    self._on_location(frame, radio, at)
                case Service.TMS:
                    self._on_text(frame, radio, peer, at)
                case Service.TELEMETRY:
                    self._on_data("mototrbo/telemetry", frame, radio, at)
                case Service.BATTERY:
                    parse_battery(frame)
                    self._on_data("mototrbo/battery", frame, radio, at)
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
        self._radios.expire(at)
        self._air.expire(at)

    def deadline(self) -> float | None:
        due = (part.deadline() for part in (self._links, self._radios, self._air))
        return min((each for each in due if each is not None), default=None)

    def opened(self, at: Moment) -> None:
        self._links.opened(at)

    def closed(self, reason: str, at: Moment) -> None:
        self._links.closed(reason, at)
        self._texts.lost(reason, at)
        self._exchanges.lost(reason, at)
        self._air.clear()

    def events(self) -> list[Event]:
        events = list(self._events)
        self._events.clear()
        return events

    def outgoing(self) -> list[Outgoing]:
        return self._links.outgoing()

    def _on_registration(self, frame: bytes, radio: RadioId, peer: Peer, at: Moment) -> None:
        message = parse_ars(frame)
        if not isinstance(message, Answer) and self._doubled.seen((radio, frame), at.mono):
            return
        self._heard(radio, at)
        match message:
            case Registration():
                self._radios.check_device(radio, message, at)
                initial = self._radios.registered(radio, message, at)
                answer = Answer(value=self._config.refresh_periods)
                self._answer(peer, answer.build(), at)
                self._triggers.registered(radio, at, initial=initial)
                self._texts.wake(radio, at)
            case Deregistration():
                self._radios.deregistered(radio, at)
                self._texts.gone(radio, at)
                self._exchanges.gone(radio, "the radio was switched off", at)
            case UserRegistration():
                self._radios.check_device(radio, message, at)
                self._on_data("mototrbo/user_on", message.user.encode(), radio, at)
                self._answer(peer, UserAnswer(value=0).build(), at)
            case UserDeregistration():
                self._on_data("mototrbo/user_off", b"", radio, at)
                self._answer(peer, UserAnswer(value=0).build(), at)
            case Answer():
                self._exchanges.answered(radio, PRESENCE, None, Result.OK, at)
                site = self._config.site
                self._events.append(
                    RadioHeard(link=self._config.name, at=at, radio=radio, site=site)
                )
            case _:
                self._unused(message, radio)

    def _on_location(self, frame: bytes, radio: RadioId, at: Moment) -> None:
        documents = parse_lrrp(frame)
        self._heard(radio, at)
        for document in documents:
            if isinstance(document, Report):
                self._on_report(document, frame, radio, at)
            else:
                self._unused(document, radio)

    def _on_report(self, report: Report, frame: bytes, radio: RadioId, at: Moment) -> None:
        request = report.request
        match report.kind:
            case DocumentKind.START_ANSWER | DocumentKind.STOP_ANSWER as kind:
                self._exchanges.answered(radio, kind, request, report.result or 0, at)
            case _ if self._positions.repeats(radio, report, at):
                return
            case DocumentKind.IMMEDIATE_REPORT as kind:
                result = report.result or (Result.OK if place(report) else Result.NO_FIX)
                self._exchanges.answered(radio, kind, request, result, at)
                self._positions.take(radio, report, PositionSource.REQUESTED, frame, at)
            case DocumentKind.TRIGGERED_REPORT | DocumentKind.UNSOLICITED_REPORT if (
                request == EMERGENCY_ID
            ):
                self._on_emergency(report, frame, radio, at)
                self._positions.take(radio, report, PositionSource.EMERGENCY, frame, at)
            case DocumentKind.TRIGGERED_REPORT:
                self._triggers.reported(radio, report, at)
                self._positions.take(radio, report, PositionSource.TRIGGERED, frame, at)
            case DocumentKind.UNSOLICITED_REPORT:
                self._positions.take(radio, report, PositionSource.TRIGGERED, frame, at)
            case _:
                self._unused(report, radio)

    def _on_emergency(self, report: Report, frame: bytes, radio: RadioId, at: Moment) -> None:
        """Any report of the emergency trigger is an alarm, also one that names no place."""
        if self._pressed.seen(radio, at.mono):
            return
        self._events.append(
            EmergencyRaised(
                link=self._config.name,
                at=at,
                radio=radio,
                source=EmergencySource.POSITION,
                point=place(report),
                site=self._config.site,
                raw=frame,
            )
        )

    def _on_text(self, frame: bytes, radio: RadioId, peer: Peer, at: Moment) -> None:
        message = parse_tms(frame)
        self._heard(radio, at)
        match message:
            case Text():
                self._inbox.take(message, radio, peer, at)
                if message.wants_answer:
                    self._air.spoke(at)
            case TextAnswer(sequence=sequence):
                self._texts.answered(radio, sequence, at)
            case Availability(wants_answer=True):
                self._answer(peer, TextAnswer().build(), at)
            case _:
                self._unused(message, radio)

    def _on_data(self, kind: str, data: bytes, radio: RadioId, at: Moment) -> None:
        """Hand on what we cannot read, or what has no event of its own."""
        self._heard(radio, at)
        if not self._doubled.seen((radio, kind, data), at.mono):
            link = self._config.name
            self._events.append(
                TelemetryReceived(link=link, at=at, radio=radio, kind=kind, data=data)
            )

    def _answer(self, peer: Peer, octets: bytes, at: Moment) -> None:
        self._links.reply(peer, octets, acknowledges=True)
        self._air.spoke(at)

    def _heard(self, radio: RadioId, at: Moment) -> None:
        self._links.accepted(radio, at)
        self._radios.heard(radio, at)

    def _unused(self, message: object, radio: RadioId) -> None:
        name = self._config.name
        log.debug("%s: nothing to do with %s of %s", name, type(message).__name__, radio)
