"""What is asked of radios, until each request is answered, refused or given up."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Final, TypeAlias

from radio_gateway.adapters._mototrbo_air import Job, MototrboAir, Priority
from radio_gateway.adapters._mototrbo_config import MototrboConfig, Service
from radio_gateway.domain.ids import RadioId
from radio_gateway.domain.moment import Moment

ANSWER_S: Final = 30.0
FIRST_PAUSE_S: Final = 30.0
SETTLING_S: Final = 1.0
"Between a registration, or an answer, and the next request to this radio."

Ended: TypeAlias = Callable[[int | None, str | None, Moment], None]
"Told the result, None when there is none, and why it failed, None when it did not."


@dataclass(frozen=True, slots=True)
class Ask:
    """One request to one radio."""

    radio: RadioId
    service: Service
    data: bytes
    answer: int
    "Kind of document that answers, 0 for the answer to a query of presence."
    request: bytes | None
    "Id that the answer bears; it may leave the id out."
    priority: Priority
    ended: Ended
    tries: int = 1
    answer_s: float = ANSWER_S
    pause_s: float = FIRST_PAUSE_S
    "Before the second attempt; each later pause is twice the one before."


@dataclass(slots=True, eq=False)
class _Open:
    ask: Ask
    job: Job
    attempt: int = 1


class Exchanges:
    """Open requests; one of a kind and id per radio, a newer one replaces the older."""

    def __init__(self, config: MototrboConfig, air: MototrboAir, chance: Random) -> None:
        self._jitter_s = config.jitter_s
        self._air = air
        self._chance = chance
        self._open: dict[RadioId, list[_Open]] = {}

    def begin(self, ask: Ask, at: Moment, *, delay_s: float = 0.0) -> None:
        """Ask as soon as the air is free."""
        for each in self._of(ask.radio):
            if (each.ask.answer, each.ask.request) == (ask.answer, ask.request):
                self._end(each, None, "asked again", at)
        job = Job(ask.radio, ask.service, ask.data, ask.priority, answer_s=ask.answer_s)
        opened = _Open(ask, job)
        job.expired = lambda now: self._unanswered(opened, now)
        self._open.setdefault(ask.radio, []).append(opened)
        if not self._air.submit(job, at, not_before=self._time(ask, at, delay_s)):
            self._end(opened, None, "too much waits for the air already", at)

    def answered(
        self, radio: RadioId, answer: int, request: bytes | None, result: int, at: Moment
    ) -> bool:
        """Take an answer; False: nobody waits for it."""
        for each in self._of(radio):
            ask = each.ask
            if ask.answer == answer and (request is None or request == ask.request):
                self._end(each, result, None, at)
                return True
        return False

    def gone(self, radio: RadioId, reason: str, at: Moment) -> None:
        """The radio cannot answer any more."""
        for each in self._of(radio):
            self._end(each, None, reason, at)

    def lost(self, reason: str, at: Moment) -> None:
        """The sockets are closed."""
        for radio in list(self._open):
            self.gone(radio, reason, at)

    def _of(self, radio: RadioId) -> list[_Open]:
        return list(self._open.get(radio, ()))

    def _time(self, ask: Ask, at: Moment, delay_s: float) -> float:
        """What is not urgent is spread by chance, so that a fleet does not speak at once."""
        spread = self._chance.uniform(0, self._jitter_s) if ask.priority >= Priority.UPKEEP else 0.0
        return at.mono + delay_s + spread

    def _unanswered(self, opened: _Open, at: Moment) -> None:
        ask = opened.ask
        if opened.attempt >= ask.tries:
            self._end(opened, None, "no answer from the radio", at)
            return
        pause_s = ask.pause_s * 2 ** (opened.attempt - 1)
        opened.attempt += 1
        if not self._air.submit(opened.job, at, not_before=self._time(ask, at, pause_s)):
            self._end(opened, None, "too much waits for the air already", at)

    def _end(self, opened: _Open, result: int | None, fault: str | None, at: Moment) -> None:
        self._air.settle(opened.job)
        others = self._open[opened.ask.radio]
        others.remove(opened)
        if not others:
            del self._open[opened.ask.radio]
        opened.ask.ended(result, fault, at)
