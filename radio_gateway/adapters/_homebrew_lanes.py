"""Bursts that we send: one per 60 ms on each slot, never over somebody who is on the air there."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, NamedTuple, TypeVar

from radio_gateway.protocols.dmr.air import BURST_S
from radio_gateway.protocols.homebrew.dmrd import DmrFrame

MAX_INTERRUPTIONS: Final = 20
"Transmissions that radios may break off before the message is given up."
_LATE_S: Final = 0.3
"A timer that comes later than this moves the bursts behind it; earlier ones are caught up."

T = TypeVar("T")


class Outlet(NamedTuple):
    """One slot of one repeater."""

    repeater_id: int
    slot: int


@dataclass(slots=True)
class Job(Generic[T]):
    """One message on one slot."""

    what: T
    give_up_at: float
    "When it fails unless it has begun by then."
    attempts: int = 0
    "Whole transmissions so far."
    interruptions: int = 0


@dataclass(slots=True)
class Lane(Generic[T]):
    """One slot: who waits for it, who is being sent, whose answer is awaited."""

    outlet: Outlet
    build: Callable[[Job[T], Outlet], Sequence[DmrFrame]]
    "Makes the frames of one transmission."
    waiting: deque[Job[T]] = field(default_factory=deque)
    sending: Job[T] | None = None
    awaiting: Job[T] | None = None
    answer_by: float = 0.0
    free_at: float = float("-inf")
    "Nobody is on the air since then, and the pause that courtesy wants is over."
    _frames: deque[DmrFrame] = field(default_factory=deque)
    _due: float = 0.0

    def jobs(self) -> list[Job[T]]:
        """Every message that is not done."""
        active = [job for job in (self.sending, self.awaiting) if job is not None]
        return [*active, *self.waiting]

    def busy_until(self, free_at: float) -> None:
        """A radio is on the air: what is being sent breaks off and waits in front."""
        self.free_at = max(self.free_at, free_at)
        if self.sending is not None:
            self.sending.interruptions += 1
            self.waiting.appendleft(self.sending)
            self.sending = None
            self._frames.clear()

    def remove(self, job: Job[T]) -> None:
        """Forget a message, wherever it is."""
        if job is self.sending:
            self.sending = None
            self._frames.clear()
        elif job is self.awaiting:
            self.awaiting = None
        elif job in self.waiting:
            self.waiting.remove(job)

    def await_answer(self, job: Job[T], until: float) -> None:
        """Keep the slot quiet for the answer to what was just sent."""
        self.awaiting, self.answer_by = job, until

    def step(self, now: float, transmit: Callable[[DmrFrame], None]) -> Job[T] | None:
        """Send what is due; the message whose last burst that was."""
        if self.sending is None and self.awaiting is None and self.waiting and now >= self.free_at:
            self.sending = self.waiting.popleft()
            self._frames = deque(self.build(self.sending, self.outlet))
            self._due = now
        if self.sending is None:
            return None
        if now - self._due > _LATE_S:
            self._due = now
        while self._frames and self._due <= now:
            transmit(self._frames.popleft())
            self._due += BURST_S
        if self._frames:
            return None
        done, self.sending = self.sending, None
        done.attempts += 1
        self.free_at = max(self.free_at, self._due)
        return done

    def deadline(self) -> float | None:
        """When something is due next."""
        if self.sending is not None:
            return self._due
        if self.awaiting is not None:
            return self.answer_by
        if self.waiting:
            return min(self.free_at, min(job.give_up_at for job in self.waiting))
        return None
