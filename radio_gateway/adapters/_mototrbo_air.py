"""Air time: what waits to be sent to the radios, in which order and at what distance.

A datagram takes 0.5 to 3 s on the channel. So one leaves per `spacing_s`, a radio has at most
one request to answer, and what a dispatcher waits for goes before what the gateway wants itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum, auto
from heapq import heappop, heappush
from itertools import count
from typing import Final

from radio_gateway.adapters._mototrbo_config import MototrboConfig, Service
from radio_gateway.adapters._mototrbo_links import MototrboLinks
from radio_gateway.domain.ids import RadioId, TalkgroupId
from radio_gateway.domain.moment import Moment

LIMIT: Final = 16_384
"Datagrams that may wait altogether."


class Priority(IntEnum):
    """Lower goes first."""

    TEXT = 0
    COMMAND = 1
    EMERGENCY_TRIGGER = 2
    UPKEEP = 3


class _State(IntEnum):
    WAITING = auto()
    SENT = auto()
    OVER = auto()


@dataclass(slots=True, eq=False)
class Job:
    """One datagram, and what to do when it leaves and when nobody answers."""

    to: RadioId | TalkgroupId
    service: Service
    data: bytes
    priority: Priority
    sent: Callable[[Moment], None] = lambda _: None
    expired: Callable[[Moment], None] = lambda _: None
    answer_s: float | None = None
    "How long the radio has to answer; None: no answer is awaited."
    state: _State = _State.WAITING

    @property
    def awaited(self) -> bool:
        """Whether it left and the radio owes the answer."""
        return self.state is _State.SENT

    @property
    def over(self) -> bool:
        return self.state is _State.OVER


class MototrboAir:
    """Queues by time, then by priority; radios that owe an answer are passed over."""

    def __init__(self, config: MototrboConfig, links: MototrboLinks) -> None:
        self._spacing_s = config.spacing_s
        self._links = links
        self._free_at = float("-inf")
        self._order = count()
        self._later: list[tuple[float, int, Job]] = []
        self._ready: list[tuple[int, int, Job]] = []
        self._parked: dict[RadioId | TalkgroupId, list[Job]] = {}
        self._busy: dict[RadioId | TalkgroupId, Job] = {}
        self._due: list[tuple[float, int, Job]] = []

    def submit(self, job: Job, at: Moment, *, not_before: float | None = None) -> bool:
        """Let a job wait for its turn; False: too many wait already."""
        if len(self._later) + len(self._ready) >= LIMIT:
            return False
        job.state = _State.WAITING
        due = at.mono if not_before is None else not_before
        heappush(self._later, (due, next(self._order), job))
        return True

    def settle(self, job: Job) -> None:
        """The answer came, or nobody wants it any more; the radio is free for the next one."""
        job.state = _State.OVER
        if self._busy.get(job.to) is job:
            del self._busy[job.to]
        for parked in self._parked.pop(job.to, ()):
            heappush(self._ready, (parked.priority, next(self._order), parked))

    def spoke(self, at: Moment) -> None:
        """An answer left past the queue: it takes its air time, others wait for theirs."""
        self._free_at = max(self._free_at, at.mono + self._spacing_s)

    def clear(self) -> None:
        """The sockets are closed: nothing waits any more."""
        self._later.clear()
        self._ready.clear()
        self._parked.clear()
        self._busy.clear()
        self._due.clear()

    def expire(self, at: Moment) -> None:
        while self._due and (self._due[0][2].over or self._due[0][0] <= at.mono):
            job = heappop(self._due)[2]
            if not job.over:
                self.settle(job)
                job.expired(at)
        while self._later and (self._later[0][2].over or self._later[0][0] <= at.mono):
            job = heappop(self._later)[2]
            if not job.over:
                heappush(self._ready, (job.priority, next(self._order), job))
        while self._ready and self._free_at <= at.mono:
            job = heappop(self._ready)[2]
            if job.over:
                continue
            if job.to in self._busy:
                self._parked.setdefault(job.to, []).append(job)
            else:
                self._send(job, at)

    def deadline(self) -> float | None:
        due = [queue[0][0] for queue in (self._later, self._due) if queue]
        if self._ready:
            due.append(self._free_at)
        return min(due, default=None)

    def _send(self, job: Job, at: Moment) -> None:
        self._links.send(job.service, job.to, job.data)
        self._free_at = at.mono + self._spacing_s
        if job.answer_s is None:
            job.state = _State.OVER
        else:
            job.state = _State.SENT
            self._busy[job.to] = job
            heappush(self._due, (at.mono + job.answer_s, next(self._order), job))
        job.sent(at)
