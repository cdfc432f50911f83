"""Tait mobile radio (TM8100, TM8200) as base, by CCDI on a serial port."""

import logging
from collections import deque
from typing import ClassVar, Final

from radio_gateway.adapters._polled_port import PolledPort
from radio_gateway.adapters._serial import earliest
from radio_gateway.adapters._tait_calls import CallTracker
from radio_gateway.adapters._tait_composing import TEXT_LIMIT, CannotError, compose
from radio_gateway.adapters._tait_config import Identities, TaitConfig
from radio_gateway.adapters._tait_messages import Messages
from radio_gateway.adapters._tait_reports import Reports
from radio_gateway.domain.commands import (
    AcknowledgeEmergency,
    Command,
    RequestPosition,
    SendText,
)
from radio_gateway.domain.events import (
    CallEndReason,
    Event,
    PositionReported,
    TextFailure,
)
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Ability, Capabilities, Outgoing, Peer
from radio_gateway.protocols.tait.commands import Function, Query, Question
from radio_gateway.protocols.tait.line import (
    CommandLine,
    Happening,
    Refused,
    Said,
    Taken,
    Unanswered,
    Unreadable,
)
from radio_gateway.protocols.tait.packet import Packet
from radio_gateway.protocols.tait.reports import (
    CallType,
    ErrorCode,
    Model,
    Progress,
    ProgressType,
    Ring,
    Sdm,
)

log = logging.getLogger(__name__)

ENDPOINT: Final = "serial"
PROBE_S: Final = 1.0
"Pause between two questions to a radio that does not answer."
FETCH_S: Final = 2.0
"A message that a ring announced and that did not come by itself is asked for."
_MODEL: Final = "model"
_FETCH: Final = "fetch"
_MESSAGE: Final = "message"
_PUSH: Final = "send received messages at once"
_SET_UP: Final = {
    "progress reports": Function("0", "41").build(),
    "rings": Function("0", "31").build(),
    _PUSH: Function("1", "01").build(),
    "caller of messages": Function("1", "21").build(),
}
"Functions that the gateway switches on. It never keys the transmitter and never leaves CCDI."
_TRANSPARENT: Final = ("1", "2", "3")


class TaitBase:
    """Packets of one base radio as events, commands as short data messages."""

    CAPABILITIES: ClassVar[Capabilities] = Capabilities(
        title="Tait base radios (CCDI)",
        transport="serial",
        abilities=frozenset(
            {
                Ability.TEXT_TO_RADIO,
                Ability.TEXT_TO_TALKGROUP,
                Ability.TEXT_FROM_RADIO,
                Ability.DELIVERY_ACKNOWLEDGEMENT,
                Ability.POSITION,
                Ability.POSITION_REQUEST,
                Ability.STATUS,
                Ability.CALLS,
                Ability.CALL_ALERT_FROM_RADIO,
                Ability.EMERGENCY,
            }
        ),
        text_limit=TEXT_LIMIT,
        notes=(
            "TM8100 and TM8200. A message whose sender the base does not name counts for radio 0. "
            "Texts to a group go to the whole fleet, as talkgroup 0."
        ),
    )

    def __init__(self, config: TaitConfig) -> None:
        self._config = config
        self._identities = Identities(config.network, config.fleet, config.identities)
        self._port = PolledPort(config.name, config.site)
        self._line = CommandLine()
        self._calls = CallTracker(config.name, config.site)
        self._reports = Reports(config, self._identities, self._calls)
        self._messages = Messages(config.name)
        self._set_up: deque[tuple[str, Packet]] = deque()
        self._pushes = True
        "Whether the radio hands on received messages unasked."
        self._fetch_at: float | None = None
        self._check_at: float | None = None
        self._events: list[Event] = []

    def feed(self, frame: bytes, peer: Peer, at: Moment) -> None:  # noqa: ARG002 - one peer per port
        """Take any piece of the stream; what cannot be read is counted and dropped."""
        self._follow(self._line.feed(frame, at.mono), at)
        self._pump(at)

    def command(self, command: Command, at: Moment) -> None:
        """Queue a text or a position request; everything else is refused."""
        if self._messages.is_repetition(command.command):
            return
        if isinstance(command, AcknowledgeEmergency):
            self._reports.cleared(command.radio)
        if not isinstance(command, SendText | RequestPosition):
            reason = "a Tait base cannot do this over its serial port"
            refusal = self._messages.refused(command, TextFailure.UNSUPPORTED, reason, at)
            self._events.append(refusal)
            return
        if not self._port.up:
            reason = "the base radio does not answer"
            self._events.append(self._messages.failed(command, TextFailure.LINK_DOWN, reason, at))
            return
        try:
            parts = compose(command, self._identities, self._config.lead_in_ms)
        except CannotError as error:
            refusal = self._messages.refused(command, error.failure, str(error), at)
            self._events.append(refusal)
            return
        self._events += self._messages.add(command, parts, at)
        self._pump(at)

    def expire(self, at: Moment) -> None:
        self._follow(self._line.expire(at.mono), at)
        self._events += self._calls.expire(at)
        self._events += self._messages.expire(at, "the channel or the base was busy for a minute")
        self._port.expire(at)
        self._pump(at)

    def deadline(self) -> float | None:
        due = earliest(self._fetch_at, self._check_at) if self._line.free else None
        return earliest(
            due,
            self._line.deadline(),
            self._calls.deadline(),
            self._messages.deadline(),
            self._port.deadline(),
        )

    def opened(self, at: Moment) -> None:
        """Ask who is there: the question for the model is the one that harms nobody."""
        self._line.reset()
        self._port.opened(at)
        self._check_at = at.mono
        self._pump(at)

    def closed(self, reason: str, at: Moment) -> None:
        self._line.reset()
        self._gone(f"port closed: {reason}", at)
        self._check_at = None
        self._port.closed(reason, at)

    def events(self) -> list[Event]:
        taken = self._port.events + self._events
        self._port.events, self._events = [], []
        return taken

    def outgoing(self) -> list[Outgoing]:
        return [Outgoing(data, Peer(ENDPOINT)) for data in self._line.outgoing()]

    def _pump(self, at: Moment) -> None:
        """Send what comes next: settings, what the radio stores, then messages."""
        line, now = self._line, at.mono
        if not line.free or not self._port.open:
            return
        if self._port.up and self._set_up:
            name, packet = self._set_up[0]
            line.send(packet, name, now)
        elif self._port.up and self._fetch_at is not None and now >= self._fetch_at:
            self._fetch_at = None
            line.send(Query(Question.SDM).build(), _FETCH, now, answer="s")
        elif self._port.up and not self._calls.busy and (message := self._messages.next_packet()):
            line.send(message, _MESSAGE, now)
        elif self._check_at is not None and now >= self._check_at:
            self._check_at = None
            line.send(Query(Question.MODEL).build(), _MODEL, now, answer="m")

    def _follow(self, happenings: list[Happening], at: Moment) -> None:
        for happening in happenings:
            match happening:
                case Said(report, data, command):
                    self._said(report, data, command, at)
                case Unreadable(error):
                    self._port.bad(error, at)
                case Taken(command):
                    self._finished(command, at)
                    if command == _MESSAGE:
                        self._events += self._messages.taken(at)
                case Refused(command, error):
                    self._refused(command, error.code, error.number, at)
                case Unanswered(command):
                    self._silent(command, at)

    def _said(self, report: object, data: bytes, command: str | None, at: Moment) -> None:
        fresh = not self._port.up
        self._port.heard(at)
        self._check_at = at.mono + self._config.check_every_s
        if fresh:
            self._prepare(at)
        match report:
            case Sdm() if command == _FETCH or report.data:
                self._fetch_at = None
                self._message(report, at)
            case Ring():
                self._events += self._reports.ring(report, data, at)
                if report.call in (CallType.SDM, CallType.DATA):
                    self._expect_message(at)
            case Progress():
                self._progress(report, data, at)
            case Model():
                log.debug("%s: model %s", self._config.name, report)
            case _:
                log.info("%s: %s", self._config.name, report)

    def _message(self, sdm: Sdm, at: Moment) -> None:
        events = self._reports.message(sdm, self._messages.asked, at)
        for event in events:
            if isinstance(event, PositionReported):
                self._messages.answered(event.radio)
        self._events += events

    def _progress(self, progress: Progress, data: bytes, at: Moment) -> None:
        match progress.event:
            case ProgressType.EMERGENCY_STARTED:
                self._events += self._reports.own_emergency(data, at)
            case ProgressType.EMERGENCY_ENDED:
                self._events += self._reports.own_emergency_over(at)
            case ProgressType.RECEIVER_BUSY:
                self._calls.carrier(at)
            case ProgressType.RECEIVER_IDLE:
                self._events += self._calls.silence(at)
            case ProgressType.SDM_ACKNOWLEDGED:
                ok = progress.argument == "1"
                self._events += self._messages.acknowledged(at, ok=ok)
            case ProgressType.FFSK_RECEIVED | ProgressType.GPS_RECEIVED:
                self._expect_message(at)
            case ProgressType.RESTARTED:
                self._restarted(progress.argument, at)
            case _:
                log.debug("%s: %s", self._config.name, progress)

    def _restarted(self, mode: str | None, at: Moment) -> None:
        if mode in _TRANSPARENT:
            reason = "the radio starts in a transparent mode; programme command mode"
            self._port.silent(reason, at)
            self._gone(reason, at)
            return
        self._prepare(at)

    def _prepare(self, at: Moment) -> None:
        """The radio is there, again or for the first time: nothing of its state is known."""
        self._pushes = True
        self._set_up = deque(_SET_UP.items())
        self._fetch_at = at.mono

    def _expect_message(self, at: Moment) -> None:
        wait_s = FETCH_S if self._pushes else 0.0
        if self._fetch_at is None:
            self._fetch_at = at.mono + wait_s

    def _finished(self, command: str, at: Moment) -> None:
        if self._set_up and self._set_up[0][0] == command:
            self._set_up.popleft()
        self._check_at = at.mono + self._config.check_every_s

    def _refused(self, command: str, code: ErrorCode | None, number: str, at: Moment) -> None:
        """A setting that the radio does not have is no fault: it works without."""
        log.info("%s: %s: refused, error %s", self._config.name, command, code or number)
        self._port.heard(at)
        self._finished(command, at)
        if command == _PUSH:
            self._pushes = False
        elif command == _MESSAGE:
            name = code.name.lower().replace("_", " ") if code else f"number {number}"
            detail = f"the base refused it: {name}"
            busy = code is ErrorCode.NOT_READY
            failure = TextFailure.BUSY if busy else TextFailure.REFUSED
            self._events += self._messages.lost(failure, detail, at)

    def _silent(self, command: str, at: Moment) -> None:
        """Neither prompt nor answer: nobody is there, or not who we think."""
        self._check_at = at.mono + PROBE_S
        if not self._port.up:
            return
        reason = "the base radio does not answer"
        log.warning("%s: %s (%s)", self._config.name, reason, command)
        self._port.silent(reason, at)
        self._gone(reason, at)

    def _gone(self, reason: str, at: Moment) -> None:
        self._set_up.clear()
        self._fetch_at = None
        self._events += self._calls.forget(CallEndReason.TRUNCATED, at)
        self._events += self._messages.close(reason, at)
