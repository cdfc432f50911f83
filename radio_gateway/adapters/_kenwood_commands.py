"""Commands to a Kenwood base: its answers carry no id, so one is outstanding at a time."""

from collections import deque
from dataclasses import dataclass
from typing import Final

from radio_gateway.domain.commands import Command, RequestPosition, SendText
from radio_gateway.domain.events import (
    CommandOutcome,
    CommandResult,
    Event,
    TextProgress,
    TextState,
)
from radio_gateway.domain.moment import Moment

SPACING_S: Final = 2.0
"Between two sends; the base is still busy with the first."
WAIT_S: Final = 60.0
"A command that could not leave for this long fails."
QUEUE_LIMIT: Final = 100
REMEMBERED: Final = 1000
"Keys of past commands that are known as repetitions."


@dataclass(frozen=True, slots=True)
class _Queued:
    command: SendText | RequestPosition
    frame: bytes
    at: float
    "Monotonic seconds of its queueing, later of its sending."


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
            return [self.failed(command, f"over {QUEUE_LIMIT} commands wait for this base", at)]
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
            return [self.failed(done.command, "the base reports failure: no answer", at)]
        return [self._accepted(done.command, at)]

    def deadline(self, *, writable: bool) -> float | None:
        if self._outstanding is not None:
            return self._outstanding.at + self._reply_timeout_s
        if not self._queue:
            return None
        return self._send_after if writable else self._queue[0].at + WAIT_S

    def expire(self, at: Moment, *, writable: bool) -> list[Event]:
        events: list[Event] = []
        out = self._outstanding
        if out is not None and at.mono >= out.at + self._reply_timeout_s:
            self._outstanding = None
            waited = f"{self._reply_timeout_s:g} s"
            events.append(self.failed(out.command, f"no answer of the base for {waited}", at))
        while self._queue and not writable and at.mono >= self._queue[0].at + WAIT_S:
            reason = "nothing valid heard from the base, so nothing is written to the port"
            events.append(self.failed(self._queue.popleft().command, reason, at))
        return events

    def close(self, reason: str, at: Moment) -> list[Event]:
        """The port went away: what was outstanding or waiting has failed."""
        left = [self._outstanding] if self._outstanding else []
        left += self._queue
        self._outstanding = None
        self._queue.clear()
        self._send_after = float("-inf")
        return [self.failed(item.command, f"port closed: {reason}", at) for item in left]

    def failed(self, command: Command, reason: str, at: Moment) -> Event:
        """Tell dispatch that a command came to nothing."""
        return self._end(command, CommandOutcome.FAILED, reason, at)

    def refused(self, command: Command, reason: str, at: Moment) -> Event:
        """Tell dispatch that nothing was sent, because this base cannot do it."""
        return self._end(command, CommandOutcome.REFUSED, reason, at)

    def _accepted(self, command: SendText | RequestPosition, at: Moment) -> Event:
        if isinstance(command, RequestPosition):
            asked = "radio asked; the position comes by itself"
            return self._end(command, CommandOutcome.SENT, asked, at)
        delivered = command.radio is not None
        return TextProgress(
            link=self._link,
            at=at,
            command=command.command,
            state=TextState.DELIVERED if delivered else TextState.SENT,
            radio=command.radio,
        )

    def _end(self, command: Command, outcome: CommandOutcome, detail: str, at: Moment) -> Event:
        if isinstance(command, SendText):
            return TextProgress(
                link=self._link,
                at=at,
                command=command.command,
                state=TextState.FAILED,
                radio=command.radio,
                detail=detail,
            )
        return CommandResult(
            link=self._link,
            at=at,
            command=command.command,
            outcome=outcome,
            radio=command.radio,
            detail=detail,
        )
