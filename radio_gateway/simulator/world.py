"""All patrols and base stations together, moved by the time that is passed in."""

import heapq
import random
from collections.abc import Mapping
from itertools import count
from typing import Final

from radio_gateway.domain.moment import Moment
from radio_gateway.simulator.behaviour import Action, Habits, Patrol
from radio_gateway.simulator.fleet import Fleet
from radio_gateway.simulator.stations.base import Station
from radio_gateway.simulator.streets import Streets, Walker

FIRST_EMERGENCY_S: Final = (60.0, 90.0)
NEXT_EMERGENCY_S: Final = (480.0, 1200.0)
NOBODY_S: Final = (5.0, 10.0)
"Asked again when everybody is switched off."


class World:
    """Deterministic: the same fleet, seed and moments give the same octets.

    The owner calls `advance` whenever `deadline` is reached, and brings the octets of each
    station to the gateway and back.
    """

    def __init__(
        self,
        fleet: Fleet,
        streets: Streets,
        seed: int,
        start: Moment,
        *,
        speed: float = 1.0,
        emergencies: bool = True,
        habits: Habits | None = None,
    ) -> None:
        """Prepare a day; stations are added before the first `advance`.

        Args:
            fleet: who is on duty.
            streets: where they go.
            seed: decides everything that happens.
            start: beginning of the day.
            speed: the patrols live this much faster than the clock.
            emergencies: whether officers ever press the emergency key.
            habits: how often things happen.
        """
        self._fleet = fleet
        self._streets = streets
        self._seed = seed
        self._start = start
        self.speed = speed
        self._habits = habits or Habits()
        self._chance = random.Random(f"{seed} emergencies")
        self._stations: dict[str, Station] = {}
        self._patrols: dict[tuple[str, int], Patrol] = {}
        self._actions: list[tuple[float, int, Action]] = []
        self._order = count()
        self._now_s = 0.0
        if emergencies:
            self.later(self._chance.uniform(*FIRST_EMERGENCY_S), self._emergency)

    @property
    def stations(self) -> Mapping[str, Station]:
        return self._stations

    @property
    def fleet(self) -> Fleet:
        """Who is on duty."""
        return self._fleet

    @property
    def patrols(self) -> list[Patrol]:
        return list(self._patrols.values())

    def add(self, base: str, station: Station) -> None:
        """Put a base station on the air: the patrols that work through it begin their day."""
        units = {unit.call_sign: unit for unit in self._fleet.units}
        agencies = {agency.code: agency for agency in self._fleet.agencies}
        self._stations[base] = station
        members: list[Patrol] = []
        for radio in self._fleet.radios:
            if radio.base != base:
                continue
            unit, agency = units[radio.unit], agencies[radio.agency]
            chance = random.Random(f"{self._seed} {unit.call_sign}")
            patrol = Patrol(
                unit=unit,
                radio=radio,
                language=agency.language,
                talkgroups=[
                    group.id.number
                    for group in self._fleet.talkgroups
                    if (group.agency, group.id.network) == (unit.agency, radio.id.network)
                ],
                walker=Walker(self._streets, unit.kind, agency.cities, chance),
                station=station,
                schedule=self,
                chance=chance,
                habits=self._habits,
            )
            self._patrols[base, radio.id.number] = patrol
            members.append(patrol)
        station.open(self._start)
        for patrol in members:
            patrol.partners = members
            patrol.start()

    def is_on(self, base: str, number: int) -> bool:
        """Whether a radio is switched on."""
        patrol = self._patrols.get((base, number))
        return patrol is not None and patrol.on

    def text_shown(self, base: str, number: int) -> None:
        """A text from dispatch is on a radio's display."""
        patrol = self._patrols.get((base, number))
        if patrol is not None:
            self.later(0.0, patrol.read_text)

    def asked_for_place(self, base: str, number: int) -> None:
        """Dispatch asked a radio where it is."""
        patrol = self._patrols.get((base, number))
        if patrol is not None and patrol.on:
            self.later(0.0, patrol.report)

    def later(self, seconds: float, action: Action) -> None:
        heapq.heappush(self._actions, (self._now_s + seconds, next(self._order), action))

    def elapsed(self, at: Moment) -> float:
        return (at.mono - self._start.mono) * self.speed

    def deadline(self) -> float | None:
        """Next `Moment.mono` at which something happens."""
        deadlines = [station.deadline() for station in self._stations.values()]
        if self._actions:
            deadlines.append(self._start.mono + self._actions[0][0] / self.speed)
        return min((deadline for deadline in deadlines if deadline is not None), default=None)

    def advance(self, at: Moment) -> None:
        """Let everything happen that is due."""
        until_s = self.elapsed(at)
        while self._actions and self._actions[0][0] <= until_s + 1e-9:
            due_s, _, action = heapq.heappop(self._actions)
            self._now_s = due_s
            action(at)
        self._now_s = max(self._now_s, until_s)
        for station in self._stations.values():
            station.expire(at)

    def close(self, at: Moment) -> None:
        """The day ends."""
        for station in self._stations.values():
            station.close(at)

    def _emergency(self, at: Moment) -> None:
        awake = [patrol for patrol in self._patrols.values() if patrol.on]
        if awake:
            self._chance.choice(awake).raise_alarm(at)
        self.later(
            self._chance.uniform(*(NEXT_EMERGENCY_S if awake else NOBODY_S)), self._emergency
        )
