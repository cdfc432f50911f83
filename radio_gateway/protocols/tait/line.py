"""One command at a time: what the radio answers, prompts, refuses or leaves unsaid.

The radio sends a prompt when it has taken a command, one more after the answer that the command
asked for, and one after everything that it says on its own.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

from radio_gateway.protocols.errors import MalformedError, NotReadyError
from radio_gateway.protocols.tait.packet import CR, Packet
from radio_gateway.protocols.tait.reader import IDLE_S, Item, Kind, PacketReader
from radio_gateway.protocols.tait.reports import ErrorCode, ErrorReport, Report, parse_report

ANSWER_S: Final = 3.0
"Without prompt or answer for this long the command is sent once more, behind a CR."
RETRY_S: Final = 0.2
PROMPT_S: Final = 0.5
"The prompt behind a message of the radio's own comes within this time, or was lost."
_ATTEMPTS: Final = 2
_WORTH_RETRYING: Final = (ErrorCode.CHECKSUM, ErrorCode.NOT_READY)


@dataclass(frozen=True, slots=True)
class Said:
    """The radio said something; `command` is the key of the command that had asked for it."""

    report: Report
    data: bytes
    command: str | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """The radio took a command, and answered it if it was a question."""

    command: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The radio will not do it."""

    command: str
    error: ErrorReport


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The radio did not react to a command, nor to its repetition."""

    command: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Octets that are no packet, or a packet with parameters that it cannot have."""

    error: MalformedError


Happening: TypeAlias = Said | Taken | Refused | Unanswered | Unreadable


@dataclass(slots=True)
class _Flight:
    """The command that is being carried out."""

    packet: Packet
    key: str
    answer: str | None
    "Ident of the packet that it asks for."
    due: float
    "When to repeat it or give it up."
    attempts: int = 1
    refused: bool = False
    "Sent again when `due`, for the radio was not ready."


class CommandLine:
    """The computer's end of one cable; time is `Moment.mono`."""

    def __init__(self) -> None:
        self._reader = PacketReader()
        self._idle_at: float | None = None
        self._flight: _Flight | None = None
        self._owed_until: float | None = None
        "Set while a prompt is still to come that belongs to no command."
        self._happenings: list[Happening] = []
        self._outgoing: list[bytes] = []

    @property
    def free(self) -> bool:
        """Whether a command may be sent: before the prompt the radio would refuse it."""
        return self._flight is None and self._owed_until is None

    def send(self, packet: Packet, key: str, now: float, *, answer: str | None = None) -> None:
        """Send a command.

        Args:
            packet: the command.
            key: names it in what happens.
            now: the time.
            answer: ident of the packet that the radio answers with; None: a prompt is all.

        Raises:
            NotReadyError: another command, or a prompt, is still to come.
        """
        if not self.free:
            raise NotReadyError("the radio has not prompted yet")
        self._flight = _Flight(packet, key, answer, now + ANSWER_S)
        self._outgoing.append(packet.build())

    def feed(self, data: bytes, now: float) -> list[Happening]:
        """Take any piece of the stream."""
        for item in self._reader.feed(data):
            self._take(item, now)
        self._idle_at = now + IDLE_S if self._reader.waiting else None
        return self._taken()

    def expire(self, now: float) -> list[Happening]:
        """Give up half a packet, repeat or give up a command."""
        if self._idle_at is not None and now >= self._idle_at:
            self._idle_at = None
            for item in self._reader.flush():
                self._take(item, now)
        if self._owed_until is not None and now >= self._owed_until:
            self._owed_until = None
        flight = self._flight
        if flight is not None and now >= flight.due:
            self._overdue(flight, now)
        return self._taken()

    def deadline(self) -> float | None:
        """When `expire` has something to do."""
        due = (self._flight.due if self._flight else None, self._idle_at, self._owed_until)
        return min((at for at in due if at is not None), default=None)

    def reset(self) -> None:
        """The port was closed or opened: forget what was half said."""
        self._reader = PacketReader()
        self._idle_at = None
        self._flight = None
        self._owed_until = None
        self._outgoing.clear()

    def outgoing(self) -> list[bytes]:
        """Octets to write since the last call, oldest first."""
        taken, self._outgoing = self._outgoing, []
        return taken

    def _taken(self) -> list[Happening]:
        happenings, self._happenings = self._happenings, []
        return happenings

    def _overdue(self, flight: _Flight, now: float) -> None:
        if not flight.refused and flight.attempts >= _ATTEMPTS:
            self._finish(Unanswered(flight.key))
            return
        clear = b"" if flight.refused else CR
        flight.refused = False
        flight.attempts = _ATTEMPTS
        flight.due = now + ANSWER_S
        self._owed_until = None
        self._outgoing.append(clear + flight.packet.build())

    def _take(self, item: Item, now: float) -> None:
        if item.kind is Kind.PROMPT:
            self._prompt()
        elif item.packet is None:
            self._happenings.append(Unreadable(MalformedError(item.what, item.data)))
        elif item.packet.ident.islower():
            try:
                self._report(parse_report(item.packet), item, now)
            except MalformedError as error:
                self._owed_until = now + PROMPT_S
                self._happenings.append(Unreadable(error))

    def _prompt(self) -> None:
        flight = self._flight
        if self._owed_until is not None:
            self._owed_until = None
        elif flight is not None and flight.answer is None and not flight.refused:
            self._finish(Taken(flight.key))

    def _report(self, report: Report, item: Item, now: float) -> None:
        flight = self._flight
        if flight is not None and isinstance(report, ErrorReport) and not report.system:
            self._owed_until = now + PROMPT_S
            self._failed(flight, report, now)
        elif flight is not None and item.packet and item.packet.ident == flight.answer:
            flight.answer = None  # the next prompt ends it
            self._happenings.append(Said(report, item.data, flight.key))
        else:
            self._owed_until = now + PROMPT_S
            self._happenings.append(Said(report, item.data))

    def _failed(self, flight: _Flight, error: ErrorReport, now: float) -> None:
        if error.code in _WORTH_RETRYING and flight.attempts < _ATTEMPTS:
            flight.refused = True
            flight.due = now + RETRY_S
        else:
            self._finish(Refused(flight.key, error))

    def _finish(self, happening: Happening) -> None:
        self._flight = None
        self._happenings.append(happening)
