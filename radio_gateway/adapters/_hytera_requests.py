"""Commands that a radio or its base answers: checks, positions, alerts, enabling and disabling."""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeAlias, assert_never

from radio_gateway.adapters._hytera_config import Emit, HyteraConfig
from radio_gateway.adapters._hytera_links import HyteraLinks, Route
from radio_gateway.adapters._hytera_radios import HyteraRadios
from radio_gateway.domain.commands import (
    AcknowledgeEmergency,
    CallAlert,
    DisableRadio,
    EnableRadio,
    RadioCheck,
    RequestPosition,
    SetPositionInterval,
)
from radio_gateway.domain.events import CommandOutcome, CommandResult
from radio_gateway.domain.ids import RadioId
from radio_gateway.domain.moment import Moment
from radio_gateway.protocols.errors import NotReadyError
from radio_gateway.protocols.hytera import lp, rcp, rrs
from radio_gateway.protocols.hytera.data import DeliveryState
from radio_gateway.protocols.hytera.hdap import Service
from radio_gateway.protocols.hytera.message import Message

Request: TypeAlias = (
    RequestPosition
    | SetPositionInterval
    | RadioCheck
    | CallAlert
    | AcknowledgeEmergency
    | DisableRadio
    | EnableRadio
)

ANSWER_S: Final = 15.0
LOCATION_EVERY_S: Final = 0.3
"Least time between two location requests on one timeslot."
MAX_INTERVAL_S: Final = 86_400
_REMEMBERED: Final = 4096


@dataclass(slots=True)
class _Pending:
    command: str | None
    "None: of our own making, nobody waits for the result."
    radio: RadioId
    key: Hashable
    message: Message
    route: Route
    send_at: float
    due: float
    sent: bool = False
    note: str = "no answer from the radio"


def location_key(number: int) -> Hashable:
    """Names an answer by the request number of a location message."""
    return Service.LP, number


def check_key(radio: RadioId) -> Hashable:
    """Names the answer to an online check."""
    return Service.RRS, radio


def control_key(opcode: int, radio: RadioId) -> Hashable:
    """Names an RCP reply by its opcode and the radio it is about."""
    return Service.RCP, opcode, radio


class HyteraRequests:
    """Commands on their way; every one ends with an answer, a fault or after 15 s."""

    def __init__(
        self, config: HyteraConfig, links: HyteraLinks, radios: HyteraRadios, emit: Emit
    ) -> None:
        self._config = config
        self._links = links
        self._radios = radios
        self._emit = emit
        self._pending: dict[Hashable, _Pending] = {}
        self._free_at: dict[Route, float] = {}
        self._triggered: OrderedDict[RadioId, int] = OrderedDict()
        "Number of the periodic request that runs on each radio."
        self._number = 0

    def start(self, command: Request, at: Moment) -> None:
        """Begin a command; one CommandResult ends it."""
        match command:
            case SetPositionInterval() if not 0 <= command.interval_s <= MAX_INTERVAL_S:
                detail = f"an interval of {command.interval_s} s is not 0 .. {MAX_INTERVAL_S}"
                self._tell(command.command, command.radio, CommandOutcome.REFUSED, detail, at)
            case _:
                key, message = self._message(command, at)
                self._begin(command.command, command.radio, key, message, at)

    def set_interval(self, radio: RadioId, interval_s: int, at: Moment) -> None:
        """Ask for periodic reports on our own account."""
        key, message = self._periodic(radio, interval_s, at)
        self._begin(None, radio, key, message, at)

    def answered(self, key: Hashable, fault: str | None, at: Moment) -> bool:
        """End the command that waits for this answer; False: none does."""
        pending = self._pending.pop(key, None)
        if pending is None:
            return False
        outcome = CommandOutcome.DONE if fault is None else CommandOutcome.FAILED
        self._tell(pending.command, pending.radio, outcome, fault, at)
        return True

    def on_air(self, state: DeliveryState, at: Moment) -> None:
        """The base tells whether a request could be transmitted."""
        radio = self._config.radio(state.radio.number)
        for key, pending in list(self._pending.items()):
            message = pending.message
            if (message.SERVICE, message.opcode) != (state.about, state.message):
                continue
            if pending.radio == radio and state.on_air:
                pending.note = "put on the air, no answer from the radio"
            elif pending.radio == radio:
                self.answered(key, state.words, at)

    def lost(self, host: str | None, reason: str, at: Moment) -> None:
        """A host is gone (None: all): its commands have failed."""
        for key, pending in list(self._pending.items()):
            if host is None or pending.route.host == host:
                self.answered(key, f"the base is gone: {reason}", at)

    def expire(self, at: Moment) -> None:
        for key, pending in list(self._pending.items()):
            if not pending.sent and at.mono >= pending.send_at:
                self._send(pending, at)
            elif at.mono >= pending.due:
                self.answered(key, pending.note, at)
        for route in [each for each, free in self._free_at.items() if at.mono >= free]:
            del self._free_at[route]

    def deadline(self) -> float | None:
        due = (each.due if each.sent else each.send_at for each in self._pending.values())
        return min(due, default=None)

    def _message(self, command: Request, at: Moment) -> tuple[Hashable, Message]:
        radio, number = command.radio, command.radio.number
        address = self._config.address(number)
        match command:
            case RequestPosition():
                request = self._next(at)
                return location_key(request), lp.ImmediateRequest(request, address)
            case SetPositionInterval():
                return self._periodic(radio, command.interval_s, at)
            case AcknowledgeEmergency():
                request = self._next(at)
                return location_key(request), lp.EmergencyStopRequest(request, address)
            case RadioCheck():
                return check_key(radio), rrs.OnlineCheck(address)
            case CallAlert():
                return control_key(rcp.AlertReply.OPCODE, radio), rcp.AlertRequest(number)
            case DisableRadio():
                return control_key(rcp.DisableReply.OPCODE, radio), rcp.DisableRequest(number)
            case EnableRadio():
                return control_key(rcp.EnableReply.OPCODE, radio), rcp.EnableRequest(number)
            case _:
                assert_never(command)

    def _periodic(self, radio: RadioId, interval_s: int, at: Moment) -> tuple[Hashable, Message]:
        address = self._config.address(radio.number)
        if interval_s == 0:
            request = self._triggered.pop(radio, None) or self._next(at)
            return location_key(request), lp.TriggeredStopRequest(request, address)
        request = self._next(at)
        self._triggered[radio] = request
        self._triggered.move_to_end(radio)
        if len(self._triggered) > _REMEMBERED:
            self._triggered.popitem(last=False)
        never = lp.NO_INSTANT
        message = lp.TriggeredRequest(request, address, never, never, lp.span(interval_s))
        return location_key(request), message

    def _begin(
        self, command: str | None, radio: RadioId, key: Hashable, message: Message, at: Moment
    ) -> None:
        route = self._radios.route(radio)
        if route is None:
            self._tell(command, radio, CommandOutcome.FAILED, "no base is connected", at)
            return
        if self._links.endpoint(message.SERVICE, route.slot) is None:
            detail = f"this link has no {message.SERVICE.name} port"
            self._tell(command, radio, CommandOutcome.REFUSED, detail, at)
            return
        self.answered(key, "asked again", at)
        send_at = at.mono
        if message.SERVICE is Service.LP:
            send_at = max(send_at, self._free_at.get(route, send_at))
            self._free_at[route] = send_at + LOCATION_EVERY_S
        pending = _Pending(command, radio, key, message, route, send_at, send_at + ANSWER_S)
        self._pending[key] = pending
        if send_at <= at.mono:
            self._send(pending, at)

    def _send(self, pending: _Pending, at: Moment) -> None:
        pending.sent = True
        octets = pending.message.build()
        done = partial(self._handed_over, pending)
        try:
            self._links.send(pending.message.SERVICE, pending.route, octets, done, at)
        except NotReadyError as error:
            self._handed_over(pending, str(error), at)

    def _handed_over(self, pending: _Pending, fault: str | None, at: Moment) -> None:
        if fault is not None and self._pending.get(pending.key) is pending:
            self.answered(pending.key, fault, at)

    def _next(self, at: Moment) -> int:
        """A request number that differs from those before a restart."""
        start = self._number or int(at.utc.timestamp())
        self._number = (start + 1) & 0xFFFF_FFFF or 1
        return self._number

    def _tell(
        self,
        command: str | None,
        radio: RadioId,
        outcome: CommandOutcome,
        detail: str | None,
        at: Moment,
    ) -> None:
        if command is None:
            return
        self._emit(
            CommandResult(
                link=self._config.name,
                at=at,
                command=command,
                outcome=outcome,
                radio=radio,
                detail=detail,
            )
        )
