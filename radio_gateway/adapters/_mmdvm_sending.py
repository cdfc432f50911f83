"""Texts and control blocks by our own transmitter: one at a time, never into a call."""

from collections import deque
from dataclasses import dataclass
from typing import Final, TypeAlias

from radio_gateway.adapters._mmdvm_config import ModemConfig
from radio_gateway.domain.commands import CallAlert, Command, RadioCheck, SendText
from radio_gateway.domain.events import (
    CommandOutcome,
    CommandResult,
    Event,
    TextFailure,
    TextProgress,
    TextState,
)
from radio_gateway.domain.moment import Moment
from radio_gateway.protocols.dmr import csbk
from radio_gateway.protocols.dmr.air import Channel, Parties
from radio_gateway.protocols.dmr.csbk import Csbk
from radio_gateway.protocols.dmr.data_header import (
    ConfirmedHeader,
    ResponseHeader,
    ShortDataHeader,
    parse_data_header,
)
from radio_gateway.protocols.dmr.reassembly import DataPacket
from radio_gateway.protocols.dmr.sending import (
    acknowledgement,
    csbk_bursts,
    response_bursts,
    text_bursts,
)
from radio_gateway.protocols.dmr.slot_type import DataType
from radio_gateway.protocols.dmr.sync import Sync
from radio_gateway.protocols.mmdvm.transmitter import Transmitter

ANSWER_S: Final = 4.0
"A radio answers within this time after the last burst has left us, or not at all."
ATTEMPTS: Final = 3
ROOM_S: Final = 1.0
"A modem that had no room for a burst has sent all that filled it within this time."
WAIT_S: Final = 60.0
"A command that finds no pause on its timeslot for this long fails."
QUEUE_LIMIT: Final = 100
REMEMBERED: Final = 1000
TEXT_LIMIT: Final = 128
"Characters; two seconds of air."
_PREAMBLES: Final = 6

Sendable: TypeAlias = SendText | CallAlert | RadioCheck


@dataclass(slots=True)
class _Sent:
    """One command; `until` is when it fails if it could not begin, or if nobody answers."""

    command: Sendable
    bursts: list[bytes]
    until: float
    attempts: int = 0
    on_air: bool = False
    "All bursts have gone to the modem, or those that it has will be sent once more."
    told: bool = False
    "Dispatch knows that it was sent."


class Sending:
    """What waits, what is on the air, and whose answer is awaited."""

    def __init__(self, config: ModemConfig, transmitter: Transmitter) -> None:
        self._config = config
        self._transmitter = transmitter
        sync = Sync.MS_DATA if config.modem.simplex else Sync.BS_DATA
        self._channel = Channel(config.modem.colour_code, sync)
        self._queue: deque[_Sent] = deque()
        self._current: _Sent | None = None
        self._known: dict[str, None] = {}

    def confirmation(self, packet: DataPacket) -> list[bytes]:
        """Bursts that tell a radio that its packet to us has arrived; none where it asks none."""
        header = packet.header
        if not isinstance(header, ConfirmedHeader | ShortDataHeader) or header.group:
            return []
        if not header.response_requested or header.target != self._config.radio:
            return []
        return [burst.octets for burst in response_bursts(acknowledgement(header), self._channel)]

    def is_repetition(self, key: str) -> bool:
        """Whether a command with this key was taken before; remembers it otherwise."""
        if key in self._known:
            return True
        self._known[key] = None
        if len(self._known) > REMEMBERED:
            del self._known[next(iter(self._known))]
        return False

    def add(self, command: Sendable, at: Moment) -> list[Event]:
        """Queue a command; what cannot be put into bursts fails at once."""
        if len(self._queue) >= QUEUE_LIMIT:
            reason = f"over {QUEUE_LIMIT} commands wait for this modem"
            return [self.failed(command, TextFailure.BUSY, reason, at)]
        if isinstance(command, SendText) and len(command.text) > TEXT_LIMIT:
            detail = f"text has {len(command.text)} characters, radios take {TEXT_LIMIT}"
            return [self.failed(command, TextFailure.TOO_LONG, detail, at)]
        try:
            bursts = self._bursts(command)
        except ValueError as error:
            return [self.failed(command, TextFailure.UNSUPPORTED, str(error), at)]
        self._queue.append(_Sent(command, bursts, at.mono + WAIT_S))
        return []

    def advance(self, free_at: float, at: Moment) -> list[Event]:
        """Begin when the timeslot is free, notice the last burst, repeat or give up.

        Args:
            free_at: when nobody else will have talked on the timeslot for long enough.
            at: now.
        """
        events = self._late(at)
        if self._current is None and self._queue and at.mono >= free_at:
            self._current = self._queue.popleft()
            self._begin(self._current)
        current = self._current
        if current is None:
            return events
        if not current.on_air:
            if not self._transmitter.waiting(self._config.slot):
                events += self._gone_out(current, at)
        elif at.mono >= current.until:
            events += self._unanswered(current, free_at, at)
        return events

    def deadline(self, free_at: float) -> float | None:
        """When `advance` has something to do."""
        due = [waiting.until for waiting in self._queue]
        current = self._current
        if current is not None and current.on_air:
            due.append(max(current.until, free_at) if self._may_repeat(current) else current.until)
        elif current is None and self._queue:
            due.append(free_at)
        return min(due, default=None)

    def heard(self, kind: DataType, block: bytes, at: Moment) -> list[Event]:
        """A control block or data header: perhaps the answer that is awaited.

        Raises:
            MalformedError: it cannot be read.
        """
        current = self._current
        if current is None or not current.on_air:
            return []
        command, radio = current.command, current.command.radio
        if isinstance(command, SendText):
            header = parse_data_header(block) if kind is DataType.DATA_HEADER else None
            if not isinstance(header, ResponseHeader) or radio is None:
                return []
            if (header.source, header.target) != (radio.number, self._config.radio):
                return []
            if not header.acknowledged:
                current.until = at.mono  # it did not arrive whole: once more
                return []
            self._current = None
            return [self._progress(command, TextState.DELIVERED, at)]
        message = Csbk.parse(block).message() if kind is DataType.CSBK else None
        if not isinstance(message, csbk.ServiceAck | csbk.RadioCheck) or radio is None:
            return []
        if {message.source, message.target} != {radio.number, self._config.radio}:
            return []
        if isinstance(message, csbk.RadioCheck) and message.request:
            return []
        self._current = None
        return [self._ended(command, CommandOutcome.DONE, None, at)]

    def refused(self, at: Moment) -> list[Event]:
        """The modem had no room for a burst: a packet with a hole reaches nobody, so once more."""
        current = self._current
        if current is None:
            return []
        if self._may_repeat(current):
            current.on_air, current.until = True, at.mono + ROOM_S
            return []
        self._current = None
        return [self.failed(current.command, TextFailure.BUSY, "the modem had no room", at)]

    def close(self, reason: str, at: Moment) -> list[Event]:
        """The modem is gone: what was not confirmed or not sent has failed."""
        left = [waiting.command for waiting in self._queue]
        if self._current is not None:
            left.insert(0, self._current.command)
        self._current = None
        self._queue.clear()
        return [self.failed(command, TextFailure.LINK_DOWN, reason, at) for command in left]

    def failed(self, command: Command, failure: TextFailure, detail: str, at: Moment) -> Event:
        """Tell dispatch that a command came to nothing; `failure` matters for texts."""
        if isinstance(command, SendText):
            return self._progress(command, TextState.FAILED, at, failure, detail)
        return self._ended(command, CommandOutcome.FAILED, detail, at)

    def unable(self, command: Command, detail: str, at: Moment) -> Event:
        """Tell dispatch that nothing was sent, because this link cannot do it."""
        if isinstance(command, SendText):
            return self._progress(command, TextState.FAILED, at, TextFailure.UNSUPPORTED, detail)
        return self._ended(command, CommandOutcome.REFUSED, detail, at)

    def _bursts(self, command: Sendable) -> list[bytes]:
        own = self._config.radio
        match command:
            case SendText(text=text, radio=radio, talkgroup=talkgroup):
                addressee = radio or talkgroup
                number = addressee.number if addressee else 0
                parties = Parties(number, own, group=radio is None)
                found = text_bursts(
                    text,
                    parties,
                    self._channel,
                    confirmed=radio is not None,
                    preambles=_PREAMBLES,
                )
            case CallAlert(radio=radio):
                alert = csbk.CallAlert(target=radio.number, source=own)
                found = csbk_bursts(alert, self._channel, preambles=_PREAMBLES)
            case RadioCheck(radio=radio):
                check = csbk.RadioCheck(target=radio.number, source=own, request=True)
                found = csbk_bursts(check, self._channel, preambles=_PREAMBLES)
        return [burst.octets for burst in found]

    def _begin(self, sent: _Sent) -> None:
        sent.attempts += 1
        sent.on_air = False
        self._transmitter.add(self._config.slot, sent.bursts)

    def _gone_out(self, sent: _Sent, at: Moment) -> list[Event]:
        first, sent.told = not sent.told, True
        sent.on_air = True
        sent.until = at.mono + ANSWER_S
        if not isinstance(sent.command, SendText):
            return []
        if sent.command.radio is None:
            self._current = None
        return [self._progress(sent.command, TextState.SENT, at)] if first else []

    def _may_repeat(self, sent: _Sent) -> bool:
        return sent.attempts < ATTEMPTS

    def _unanswered(self, sent: _Sent, free_at: float, at: Moment) -> list[Event]:
        if self._may_repeat(sent):
            if at.mono >= free_at:
                self._begin(sent)
            return []
        self._current = None
        return [self.failed(sent.command, TextFailure.NO_ANSWER, "no answer of the radio", at)]

    def _late(self, at: Moment) -> list[Event]:
        events: list[Event] = []
        while self._queue and at.mono >= self._queue[0].until:
            command = self._queue.popleft().command
            reason = "no pause on the timeslot for a minute"
            events.append(self.failed(command, TextFailure.BUSY, reason, at))
        return events

    def _progress(
        self,
        command: SendText,
        state: TextState,
        at: Moment,
        reason: TextFailure | None = None,
        detail: str | None = None,
    ) -> Event:
        return TextProgress(
            link=self._config.name,
            at=at,
            command=command.command,
            state=state,
            radio=command.radio,
            reason=reason,
            detail=detail,
        )

    def _ended(
        self, command: Command, outcome: CommandOutcome, detail: str | None, at: Moment
    ) -> Event:
        return CommandResult(
            link=self._config.name,
            at=at,
            command=command.command,
            outcome=outcome,
            radio=command.radio,
            detail=detail,
        )
