"""Texts and position requests on their way out: one message on the air at a time."""

from collections import deque
from dataclasses import dataclass
from typing import Final

from radio_gateway.domain.commands import Command, RequestPosition, SendText
from radio_gateway.domain.events import (
    CommandOutcome,
    CommandResult,
    Event,
    TextFailure,
    TextProgress,
    TextState,
)
from radio_gateway.domain.ids import RadioId
from radio_gateway.domain.moment import Moment
from radio_gateway.protocols.tait.packet import Packet

RESULT_S: Final = 10.0
"The acknowledgement of a message, or the position asked for, comes within this time or never."
WAIT_S: Final = 60.0
"A command that could not leave for this long fails."
QUEUE_LIMIT: Final = 100
REMEMBERED: Final = 1000
"Keys of past commands that are known as repetitions."

Sendable = SendText | RequestPosition


@dataclass(slots=True)
class _Waiting:
    """One command and the messages that it takes."""

    command: Sendable
    parts: deque[Packet]
    until: float
    "While waiting: when it fails; on the air: when its result is no longer awaited."
    sent: bool = False
    "The base has taken the last message handed to it."


class Messages:
    """Sends a message, waits for its result, tells dispatch, sends the next."""

    def __init__(self, link: str) -> None:
        self._link = link
        self._queue: deque[_Waiting] = deque()
        self._current: _Waiting | None = None
        self._known: dict[str, None] = {}

    def is_repetition(self, key: str) -> bool:
        """Whether a command with this key was taken before; remembers it otherwise."""
        if key in self._known:
            return True
        self._known[key] = None
        if len(self._known) > REMEMBERED:
            del self._known[next(iter(self._known))]
        return False

    def add(self, command: Sendable, parts: list[Packet], at: Moment) -> list[Event]:
        """Queue a command."""
        if len(self._queue) >= QUEUE_LIMIT:
            reason = f"over {QUEUE_LIMIT} commands wait for this base"
            return [self.failed(command, TextFailure.BUSY, reason, at)]
        self._queue.append(_Waiting(command, deque(parts), at.mono + WAIT_S))
        return []

    def next_packet(self) -> Packet | None:
        """Message to send now; the caller has made sure that base and channel are free."""
        if self._current is None and self._queue:
            self._current = self._queue.popleft()
        current = self._current
        if current is None or current.sent or not current.parts:
            return None
        return current.parts.popleft()

    @property
    def asked(self) -> RadioId | None:
        """Radio whose position was requested and has not come yet."""
        current = self._current
        waits = current is not None and current.sent
        return current.command.radio if waits and current and _is_poll(current) else None

    def taken(self, at: Moment) -> list[Event]:
        """The base has put the message on the air."""
        current = self._current
        if current is None:
            return []
        current.sent = True
        current.until = at.mono + RESULT_S
        if isinstance(current.command, SendText):
            return [] if current.parts else [self._progress(current.command, TextState.SENT, at)]
        asked = "radio asked; the position comes by itself"
        return [self._ended(current.command, CommandOutcome.SENT, asked, at)]

    def acknowledged(self, at: Moment, *, ok: bool) -> list[Event]:
        """The base says whether the radio confirmed the message."""
        current = self._current
        if current is None or not current.sent:
            return []
        if ok and current.parts:
            current.sent = False
            return []
        self._current = None
        command = current.command
        if not isinstance(command, SendText):
            return []
        if ok:
            return [self._progress(command, TextState.DELIVERED, at)]
        return [self.failed(command, TextFailure.NO_ANSWER, "the radio did not confirm it", at)]

    def answered(self, radio: RadioId) -> None:
        """A position came; a request to that radio has had its answer."""
        if self.asked == radio:
            self._current = None

    def lost(self, failure: TextFailure, detail: str, at: Moment) -> list[Event]:
        """The base did not take the message that was handed to it."""
        current, self._current = self._current, None
        return [] if current is None else [self.failed(current.command, failure, detail, at)]

    def deadline(self) -> float | None:
        """When `expire` has something to do."""
        due = [waiting.until for waiting in self._queue]
        if self._current is not None and self._current.sent:
            due.append(self._current.until)
        return min(due, default=None)

    def expire(self, at: Moment, why_waiting: str) -> list[Event]:
        """Stop waiting for results that did not come; fail what could not leave in time."""
        events: list[Event] = []
        current = self._current
        if current is not None and current.sent and at.mono >= current.until:
            if current.parts:  # no acknowledgement is programmed: the next part goes out
                current.sent = False
            else:
                self._current = None
        while self._queue and at.mono >= self._queue[0].until:
            command = self._queue.popleft().command
            events.append(self.failed(command, TextFailure.BUSY, why_waiting, at))
        return events

    def close(self, reason: str, at: Moment) -> list[Event]:
        """The way to the radio is gone: what was not confirmed or not sent has failed.

        A text that was on the air without confirmation stays what it was told to be: sent.
        """
        left = [waiting.command for waiting in self._queue]
        current = self._current
        if current is not None and (not current.sent or current.parts):
            left.insert(0, current.command)
        self._current = None
        self._queue.clear()
        return [self.failed(command, TextFailure.LINK_DOWN, reason, at) for command in left]

    def failed(self, command: Command, failure: TextFailure, detail: str, at: Moment) -> Event:
        """Tell dispatch that a command came to nothing; `failure` matters for texts."""
        if isinstance(command, SendText):
            return self._progress(command, TextState.FAILED, at, failure, detail)
        return self._ended(command, CommandOutcome.FAILED, detail, at)

    def refused(self, command: Command, failure: TextFailure, detail: str, at: Moment) -> Event:
        """Tell dispatch that nothing was sent, because this base cannot do it."""
        if isinstance(command, SendText):
            return self._progress(command, TextState.FAILED, at, failure, detail)
        return self._ended(command, CommandOutcome.REFUSED, detail, at)

    def _progress(
        self,
        command: SendText,
        state: TextState,
        at: Moment,
        reason: TextFailure | None = None,
        detail: str | None = None,
    ) -> Event:
        return TextProgress(
            link=self._link,
            at=at,
            command=command.command,
            state=state,
            radio=command.radio,
            reason=reason,
            detail=detail,
        )

    def _ended(self, command: Command, outcome: CommandOutcome, detail: str, at: Moment) -> Event:
        return CommandResult(
            link=self._link,
            at=at,
            command=command.command,
            outcome=outcome,
            radio=command.radio,
            detail=detail,
        )


def _is_poll(waiting: _Waiting) -> bool:
    return isinstance(waiting.command, RequestPosition)
