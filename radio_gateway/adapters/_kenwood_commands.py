"""Commands to a Kenwood base: its answers carry no id, so one is outstanding at a time."""

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
from radio_gateway.domain.moment import Moment

SPACING_S: Final = 2.0
"Between two sends; the base is still busy with the first."
WAIT_S: Final = 60.0
"A command that could not leave for this long fails."
QUEUE_LIMIT: Final = 100
SHORT_FRAME: Final = 60
"Octets; the reply time of the settings is for frames up to here."
AIR_OCTETS_PER_S: Final = 100
"""A longer one takes its time at the base and on the air before it is answered: somewhat less than
the 1200 bit/s of FleetSync. How long radios really take is not public."""
REMEMBERED: Final = 1000
"Keys of past commands that are known as repetitions."


@dataclass(frozen=True, slots=True)
class _Queued:
    command: SendText | RequestPosition
    frame: bytes
    at: float
    "Monotonic seconds of its queueing, later of its sending."

    def patience_s(self, reply_timeout_s: float) -> float:
        """How long its answer may take."""
        return reply_timeout_s + max(0, len(self.frame) - SHORT_FRAME) / AIR_OCTETS_PER_S


class CommandQueue:
    """Sends one frame, waits for `0` or `1`, tells dispatch, sends the next."""

    def __init__(self, link: str, reply_timeout_s: float) -> None:
        self._link = link
        self._reply_timeout_s = reply_timeout_s
        self._queue: deque[_Queued] = deque()
        self._outstanding: _Queued | None = None
        self._send_after = float("-inf")
        self._known: dict[str, None] = {}

    def is_repetition(self, key: str) -> bool:
        """Whether a command with this key was taken before; remembers it otherwise."""
        if key in self._known:
            return True
        self._known[key] = None
        if len(self._known) > REMEMBERED:
            del self._known[next(iter(self._known))]
        return False

    def add(self, command: SendText | RequestPosition, frame: bytes, at: Moment) -> list[Event]:
        if len(self._queue) >= QUEUE_LIMIT:
            reason = f"over {QUEUE_LIMIT} commands wait for this base"
            return [self.failed(command, TextFailure.BUSY, reason, at)]
        self._queue.append(_Queued(command, frame, at.mono))
        return []

    def next_frame(self, now: float) -> bytes | None:
        """Frame to write now; the caller has made sure that the port may be written to."""
        if self._outstanding is not None or not self._queue or now < self._send_after:
            return None
        waiting = self._queue.popleft()
        self._outstanding = _Queued(waiting.command, waiting.frame, now)
        self._send_after = now + SPACING_S
        return waiting.frame

    def answered(self, *, ok: bool, at: Moment) -> list[Event]:
        """The base said `0` or `1`; with nothing outstanding that means nothing."""
        done, self._outstanding = self._outstanding, None
        if done is None:
            return []
        if not ok:
            reason = "the base reports failure: no answer"
            return [self.failed(done.command, TextFailure.NO_ANSWER, reason, at)]
        return [self._accepted(done.command, at)]

    def deadline(self, *, writable: bool) -> float | None:
        if self._outstanding is not None:
            return self._outstanding.at + self._outstanding.patience_s(self._reply_timeout_s)
        if not self._queue:
            return None
        return self._send_after if writable else self._queue[0].at + WAIT_S

    def expire(self, at: Moment, *, writable: bool) -> list[Event]:
        events: list[Event] = []
        out = self._outstanding
        patience_s = 0.0 if out is None else out.patience_s(self._reply_timeout_s)
        if out is not None and at.mono >= out.at + patience_s:
            self._outstanding = None
            reason = f"no answer of the base for {patience_s:g} s"
            events.append(self.failed(out.command, TextFailure.NO_ANSWER, reason, at))
        while self._queue and not writable and at.mono >= self._queue[0].at + WAIT_S:
            reason = "nothing valid heard from the base, so nothing is written to the port"
            command = self._queue.popleft().command
            events.append(self.failed(command, TextFailure.LINK_DOWN, reason, at))
        return events

    def close(self, reason: str, at: Moment) -> list[Event]:
        """The port went away: what was outstanding or waiting has failed."""
        left = [self._outstanding] if self._outstanding else []
        left += self._queue
        self._outstanding = None
        self._queue.clear()
        self._send_after = float("-inf")
        detail = f"port closed: {reason}"
        return [self.failed(item.command, TextFailure.LINK_DOWN, detail, at) for item in left]

    def failed(self, command: Command, failure: TextFailure, detail: str, at: Moment) -> Event:
        """Tell dispatch that a command came to nothing; `failure` matters for texts."""
        if isinstance(command, SendText):
            return self._text_failed(command, failure, detail, at)
        return self._ended(command, CommandOutcome.FAILED, detail, at)

    def refused(self, command: Command, failure: TextFailure, detail: str, at: Moment) -> Event:
        """Tell dispatch that nothing was sent, because this base cannot do it."""
        if isinstance(command, SendText):
            return self._text_failed(command, failure, detail, at)
        return self._ended(command, CommandOutcome.REFUSED, detail, at)

    def _accepted(self, command: SendText | RequestPosition, at: Moment) -> Event:
        if isinstance(command, RequestPosition):
            asked = "radio asked; the position comes by itself"
            return self._ended(command, CommandOutcome.SENT, asked, at)
        delivered = command.radio is not None
        return TextProgress(
            link=self._link,
            at=at,
            command=command.command,
            state=TextState.DELIVERED if delivered else TextState.SENT,
            radio=command.radio,
        )

    def _text_failed(
        self, command: SendText, failure: TextFailure, detail: str, at: Moment
    ) -> Event:
        return TextProgress(
            link=self._link,
            at=at,
            command=command.command,
            state=TextState.FAILED,
            radio=command.radio,
            reason=failure,
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
