"""The streets of the demo towns as a graph, and patrols that move along them."""

import json
import math
import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Final, Self

from radio_gateway.domain.geo import GeoPoint

EARTH_M: Final = 6_371_000.0
FERRY_STREETS: Final = frozenset({"Smiltynė (keltu)"})
"Across the water: for boats only."


class PatrolKind(StrEnum):
    """How a patrol moves; the words are those of the dispatch side's unit kinds."""

    FOOT = "foot"
    DOG_TEAM = "dog_team"
    BICYCLE = "bicycle"
    E_BIKE = "e_bike"
    TRICYCLE = "tricycle"
    E_QUAD = "e_quad"
    CAR = "car"
    E_CAR = "e_car"
    MINIBUS = "minibus"
    BOAT = "boat"


TOP_SPEED_MS: Final[Mapping[PatrolKind, float]] = {
    PatrolKind.FOOT: 1.4,
    PatrolKind.DOG_TEAM: 1.3,
    PatrolKind.BICYCLE: 4.5,
    PatrolKind.E_BIKE: 6.0,
    PatrolKind.TRICYCLE: 4.0,
    PatrolKind.E_QUAD: 7.0,
    PatrolKind.CAR: 25.0,
    PatrolKind.E_CAR: 25.0,
    PatrolKind.MINIBUS: 22.0,
    PatrolKind.BOAT: 5.0,
}
LONGEST_LEG_M: Final = 1500.0
"Patrols without a motor do not leave town along the open road."
_WITHOUT_MOTOR: Final = frozenset(
    {
        PatrolKind.FOOT,
        PatrolKind.DOG_TEAM,
        PatrolKind.BICYCLE,
        PatrolKind.E_BIKE,
        PatrolKind.TRICYCLE,
    }
)
_STOPS_S: Final = (0.0, 5.0, 30.0, 180.0)
_STOP_WEIGHTS: Final = (70, 17, 10, 3)
_NOISE_M: Final = 3.0
"Standard deviation of a reported place, each way."


@dataclass(frozen=True, slots=True)
class Place:
    """A node: a real stop, square or crossing."""

    key: str
    name: str
    city: str
    point: GeoPoint


@dataclass(frozen=True, slots=True)
class Leg:
    """A straight piece of street, one way."""

    begin: str
    end: str
    street: str
    length_m: float
    bearing_deg: float
    speed_kmh: float
    "Allowed by the street."

    @property
    def ferry(self) -> bool:
        return self.street in FERRY_STREETS


class Streets:
    """Places and the legs between them."""

    def __init__(self, places: Mapping[str, Place], legs: Collection[Leg]) -> None:
        self.places = places
        self._from: dict[str, list[Leg]] = {}
        for leg in legs:
            self._from.setdefault(leg.begin, []).append(leg)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `places.json`; places that no street joins are left out."""
        data = json.loads(text)
        known = {
            p["id"]: Place(p["id"], p["name"], p["city"], GeoPoint(p["lat"], p["lon"]))
            for p in data["places"]
        }
        legs = [
            _leg(known[one], known[other], street)
            for street in data["streets"]
            for here, there in zip(street["path"], street["path"][1:], strict=False)
            for one, other in ((here, there), (there, here))
        ]
        joined = {leg.begin for leg in legs}
        return cls({key: place for key, place in known.items() if key in joined}, legs)

    def legs_from(self, key: str) -> list[Leg]:
        """Where one can go from a place, in the order of the file."""
        return self._from.get(key, [])

    def beat(self, start: str, kind: PatrolKind, cities: Collection[str]) -> frozenset[str]:
        """All places that a patrol of this kind reaches from its start within its towns."""
        reached = {start}
        waiting = [start]
        while waiting:
            for leg in self.legs_from(waiting.pop()):
                if leg.end not in reached and self.passable(leg, kind, cities):
                    reached.add(leg.end)
                    waiting.append(leg.end)
        return frozenset(reached)

    def passable(self, leg: Leg, kind: PatrolKind, cities: Collection[str]) -> bool:
        """Whether a patrol of this kind may use a leg."""
        if leg.ferry != (kind is PatrolKind.BOAT) or self.places[leg.end].city not in cities:
            return False
        return kind not in _WITHOUT_MOTOR or leg.length_m <= LONGEST_LEG_M

    def starts(self, kind: PatrolKind, cities: Collection[str]) -> list[str]:
        """The places, sorted, of the largest beat that these towns have for this kind."""
        towns = sorted(key for key, place in self.places.items() if place.city in cities)
        largest: frozenset[str] = frozenset()
        for key in towns:
            if key not in largest:
                largest = max(largest, self.beat(key, kind, cities), key=len)
        return sorted(largest)


@cache
def load_streets() -> Streets:
    """The streets that the package brings."""
    file = resources.files("radio_gateway.simulator") / "places.json"
    return Streets.parse(file.read_text(encoding="utf-8"))


class Walker:
    """One patrol on its beat: goes along legs, slows, stops at places, turns without U-turns."""

    def __init__(
        self, streets: Streets, kind: PatrolKind, cities: Collection[str], chance: random.Random
    ) -> None:
        self.kind = kind
        self._streets = streets
        self._cities = cities
        self._chance = chance
        start = chance.choice(streets.starts(kind, cities))
        self._leg = self._next_leg(start, None)
        self._along_m = chance.random() * self._leg.length_m
        self._pace_ms = self._choose_pace()
        self._stopped_s = 0.0

    @property
    def leg(self) -> Leg:
        """The leg that the patrol is on."""
        return self._leg

    @property
    def point(self) -> GeoPoint:
        """Where the patrol is, exactly."""
        begin = self._streets.places[self._leg.begin].point
        end = self._streets.places[self._leg.end].point
        share = self._along_m / self._leg.length_m if self._leg.length_m else 0.0
        return GeoPoint(
            begin.lat + (end.lat - begin.lat) * share, begin.lon + (end.lon - begin.lon) * share
        )

    @property
    def speed_kmh(self) -> float:
        return 0.0 if self._stopped_s > 0 else self._pace_ms * 3.6

    @property
    def bearing_deg(self) -> float:
        return self._leg.bearing_deg

    def reported(self) -> GeoPoint:
        """Where its GNSS receiver believes it to be, a few metres off."""
        point = self.point
        north_m, east_m = self._chance.gauss(0, _NOISE_M), self._chance.gauss(0, _NOISE_M)
        metres_per_degree = EARTH_M * math.pi / 180
        return GeoPoint(
            point.lat + north_m / metres_per_degree,
            point.lon + east_m / (metres_per_degree * math.cos(math.radians(point.lat))),
        )

    def halt(self, seconds: float) -> None:
        """Stand still for at least this long."""
        self._stopped_s = max(self._stopped_s, seconds)

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        while seconds > 0:
            if self._stopped_s > 0:
                stood = min(self._stopped_s, seconds)
                self._stopped_s -= stood
                seconds -= stood
                continue
            left_m = self._leg.length_m - self._along_m
            if self._pace_ms * seconds < left_m:
                self._along_m += self._pace_ms * seconds
                return
            seconds -= left_m / self._pace_ms
            self._turn()

    def _turn(self) -> None:
        self._leg = self._next_leg(self._leg.end, self._leg.begin)
        self._along_m = 0.0
        self._pace_ms = self._choose_pace()
        self._stopped_s = self._chance.choices(_STOPS_S, _STOP_WEIGHTS)[0]

    def _next_leg(self, at: str, came_from: str | None) -> Leg:
        ways = [
            leg
            for leg in self._streets.legs_from(at)
            if self._streets.passable(leg, self.kind, self._cities)
        ]
        onward = [leg for leg in ways if leg.end != came_from]
        return self._chance.choice(onward or ways)

    def _choose_pace(self) -> float:
        """Metres per second on the next leg: what the kind can do and the street allows."""
        allowed_ms = min(TOP_SPEED_MS[self.kind], self._leg.speed_kmh / 3.6)
        return allowed_ms * self._chance.uniform(0.55, 0.95)


def distance_m(one: GeoPoint, other: GeoPoint) -> float:
    """Distance over ground in metres; good to 0.1 % over the width of a county."""
    mid = math.radians((one.lat + other.lat) / 2)
    north = math.radians(other.lat - one.lat)
    east = math.radians(other.lon - one.lon) * math.cos(mid)
    return EARTH_M * math.hypot(north, east)


def _leg(begin: Place, end: Place, street: Mapping[str, object]) -> Leg:
    mid = math.radians((begin.point.lat + end.point.lat) / 2)
    north = end.point.lat - begin.point.lat
    east = (end.point.lon - begin.point.lon) * math.cos(mid)
    return Leg(
        begin=begin.key,
        end=end.key,
        street=str(street["name"]),
        length_m=distance_m(begin.point, end.point),
        bearing_deg=math.degrees(math.atan2(east, north)) % 360,
        speed_kmh=float(str(street["speed_kmh"])),
    )
