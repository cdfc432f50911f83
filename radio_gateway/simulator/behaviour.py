"""What a patrol does all day: drives, reports, talks, writes, answers, and once needs help."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from radio_gateway.domain.moment import Moment
from radio_gateway.simulator.fleet import DemoRadio, DemoUnit
from radio_gateway.simulator.phrases import ANSWERS, REPORTS
from radio_gateway.simulator.stations.base import Fix, Station
from radio_gateway.simulator.streets import PatrolKind, Walker

Action = Callable[[Moment], None]


@dataclass(frozen=True, slots=True)
class Habits:
    """Seconds of the patrol's day between two deeds: least and most."""

    switch_on_s: tuple[float, float] = (0.0, 3.0)
    fast_report_s: tuple[float, float] = (4.0, 6.0)
    "Of vehicles."
    slow_report_s: tuple[float, float] = (9.0, 15.0)
    "Of patrols without one."
    first_check_in_s: tuple[float, float] = (0.5, 2.0)
    "From switching on, of radios that tell their place only while they talk."
    check_in_s: tuple[float, float] = (20.0, 40.0)
    "The following ones."
    check_in_talk_s: tuple[float, float] = (2.3, 2.8)
    "Long enough for link control, talker alias and place: six superframes of 0.36 s."
    busy_s: tuple[float, float] = (0.3, 1.0)
    "Until a check-in is tried again that found the channel busy."
    talk_s: tuple[float, float] = (60.0, 240.0)
    transmission_s: tuple[float, float] = (2.0, 12.0)
    reply_s: tuple[float, float] = (0.8, 2.2)
    "From the end of one transmission to the answer of another patrol."
    status_s: tuple[float, float] = (120.0, 420.0)
    text_s: tuple[float, float] = (240.0, 900.0)
    answer_s: tuple[float, float] = (6.0, 35.0)
    answered: float = 0.75
    "Share of the texts from dispatch that get an answer."
    on_s: tuple[float, float] = (1500.0, 5400.0)
    off_s: tuple[float, float] = (40.0, 200.0)
    emergency_s: float = 120.0
    "How long a patrol in need stays where it is."


_SLOW: Final = frozenset(
    {PatrolKind.FOOT, PatrolKind.DOG_TEAM, PatrolKind.BICYCLE, PatrolKind.TRICYCLE}
)
_STATUS_ROUND: Final = (12, 13, 11)
"On the way, on the spot, free."
_USUAL_TALKGROUP: Final = 0.85
"Share of conversations on the unit's own talkgroup."
_CONVERSATION_TURNS: Final = (0, 1, 2, 3)
_TURN_WEIGHTS: Final = (30, 40, 20, 10)


class Schedule(Protocol):
    """Where patrols put what they will do; seconds of the patrols' day."""

    @property
    def speed(self) -> float:
        """Seconds of the day in a second of the clock; a word takes as long as it takes."""
        ...

    def later(self, seconds: float, action: Action) -> None: ...

    def elapsed(self, at: Moment) -> float:
        """Seconds of the day that have passed at a moment."""
        ...


class Patrol:
    """One unit with one radio. All its chance is its own, so patrols do not disturb each other."""

    def __init__(
        self,
        unit: DemoUnit,
        radio: DemoRadio,
        language: str,
        talkgroups: Sequence[int],
        walker: Walker,
        station: Station,
        schedule: Schedule,
        chance: random.Random,
        habits: Habits,
    ) -> None:
        self.unit = unit
        self.radio = radio
        self.on = False
        self.partners: list[Patrol] = []
        "Others on the same channel."
        self._language = language
        self._talkgroups = talkgroups
        self._walker = walker
        self._station = station
        self._schedule = schedule
        self._chance = chance
        self._habits = habits
        self._walked_s = 0.0
        self._status = chance.randrange(len(_STATUS_ROUND))
        self._shift = 0
        "Counts switching on; what was planned in an earlier shift does not happen."

    def start(self) -> None:
        """Begin the day."""
        self._plan(self._habits.switch_on_s, self._switch_on, any_shift=True)

    def raise_alarm(self, at: Moment) -> None:
        """The emergency key: stand still, call for help, report often."""
        self._walk(at)
        self._walker.halt(self._habits.emergency_s)
        self._station.alarm(self.radio, self.unit.talkgroup.number, self._fix(at), at)
        span_s = (self._habits.emergency_s, 2 * self._habits.emergency_s)
        self._plan(span_s, lambda now: self._station.calm(self.radio, now), any_shift=True)

    def read_text(self, _at: Moment) -> None:
        """A text from dispatch is on the display."""
        if self.on and self._station.writes_texts and self._chance.random() < self._habits.answered:
            answer = self._chance.choice(ANSWERS[self._language])
            self._plan(self._habits.answer_s, lambda now: self._write(answer, now))

    def report(self, at: Moment) -> None:
        """Send the place, as when asked for it."""
        self._walk(at)
        self._station.report(self.radio, self._fix(at), at)

    def say(self, talkgroup: int, seconds: float, at: Moment) -> bool:
        """Talk on a talkgroup; False: busy, or switched off."""
        if not self.on:
            return False
        self._walk(at)
        return self._station.talk(self.radio, talkgroup, seconds, self._fix(at), at)

    def _switch_on(self, at: Moment) -> None:
        habits = self._habits
        self.on = True
        self._shift += 1
        self._walk(at)
        self._station.switch_on(self.radio, at)
        if self._station.reports_positions:
            self._plan((0.5, 2.0), self._report_again)
        else:
            self._plan(habits.first_check_in_s, self._check_in)
        self._plan(habits.talk_s, self._converse)
        if self._station.sends_statuses:
            self._plan(habits.status_s, self._next_status)
        if self._station.writes_texts:
            self._plan(habits.text_s, self._write_report)
        self._plan(habits.on_s, self._switch_off)

    def _switch_off(self, at: Moment) -> None:
        self.on = False
        self._shift += 1
        self._station.switch_off(self.radio, at)
        self._plan(self._habits.off_s, self._switch_on)

    def _report_again(self, at: Moment) -> None:
        self.report(at)
        slow = self.unit.kind in _SLOW
        self._plan(
            self._habits.slow_report_s if slow else self._habits.fast_report_s, self._report_again
        )

    def _check_in(self, at: Moment) -> None:
        """Talk briefly, so that the place is heard; soon again when the channel was busy."""
        habits = self._habits
        said = self.say(
            self.unit.talkgroup.number, self._chance.uniform(*habits.check_in_talk_s), at
        )
        self._plan(habits.check_in_s if said else habits.busy_s, self._check_in)

    def _converse(self, at: Moment) -> None:
        usual = self._chance.random() < _USUAL_TALKGROUP
        group = self.unit.talkgroup.number if usual else self._chance.choice(self._talkgroups)
        seconds = self._chance.uniform(*self._habits.transmission_s)
        turns = self._chance.choices(_CONVERSATION_TURNS, _TURN_WEIGHTS)[0]
        if self.say(group, seconds, at):
            self._expect_reply(self, group, seconds, turns)
        self._plan(self._habits.talk_s, self._converse)

    def _expect_reply(self, speaker: "Patrol", group: int, seconds: float, turns: int) -> None:
        awake = [patrol for patrol in self.partners if patrol.on and patrol is not speaker]
        if turns == 0 or not awake:
            return
        other = self._chance.choice(awake)
        answer_s = self._chance.uniform(*self._habits.transmission_s)

        def reply(at: Moment) -> None:
            if other.say(group, answer_s, at):
                self._expect_reply(other, group, answer_s, turns - 1)

        least_s, most_s = self._habits.reply_s
        speech_s = seconds * self._schedule.speed
        self._plan((speech_s + least_s, speech_s + most_s), reply)

    def _next_status(self, at: Moment) -> None:
        self._walk(at)
        self._status = (self._status + 1) % len(_STATUS_ROUND)
        self._station.say_status(self.radio, _STATUS_ROUND[self._status], self._fix(at), at)
        self._plan(self._habits.status_s, self._next_status)

    def _write_report(self, at: Moment) -> None:
        self._write(self._chance.choice(REPORTS[self._language]), at)
        self._plan(self._habits.text_s, self._write_report)

    def _write(self, text: str, at: Moment) -> None:
        self._station.write(self.radio, text, at)

    def _walk(self, at: Moment) -> None:
        elapsed_s = self._schedule.elapsed(at)
        self._walker.advance(elapsed_s - self._walked_s)
        self._walked_s = elapsed_s

    def _fix(self, at: Moment) -> Fix:
        return Fix(
            point=self._walker.reported(),
            at=at.utc.replace(microsecond=0),
            speed_kmh=self._walker.speed_kmh,
            bearing_deg=self._walker.bearing_deg,
        )

    def _plan(
        self, span_s: tuple[float, float], action: Action, *, any_shift: bool = False
    ) -> None:
        shift = self._shift

        def act(at: Moment) -> None:
            if any_shift or shift == self._shift:
                action(at)

        self._schedule.later(self._chance.uniform(*span_s), act)
