"""Patrols stay on the streets of their town and move as fast as their kind can."""

import random

import pytest

from radio_gateway.domain.geo import GeoPoint
from radio_gateway.simulator.streets import (
    TOP_SPEED_MS,
    Leg,
    PatrolKind,
    Streets,
    Walker,
    distance_m,
    load_streets,
)

LIEPAJA = ("Liepāja", "Grobiņa")
TOWNS = {
    "Liepāja": LIEPAJA,
    "Palanga": ("Palanga", "Šventoji"),
    "Klaipėda": ("Klaipėda",),
}
KINDS = [kind for kind in PatrolKind if kind is not PatrolKind.BOAT]


def off_leg_m(point: GeoPoint, leg: Leg, streets: Streets) -> float:
    """How much longer the way over a point is than the leg itself."""
    begin, end = streets.places[leg.begin].point, streets.places[leg.end].point
    return distance_m(begin, point) + distance_m(point, end) - leg.length_m


def test_the_graph_is_as_it_was_drawn() -> None:
    streets = load_streets()
    ways = {
        frozenset((leg.begin, leg.end)) for key in streets.places for leg in streets.legs_from(key)
    }
    assert (len(streets.places), len(ways)) == (156, 174)


def test_known_distances() -> None:
    # a minute of latitude is a nautical mile; of longitude, its cosine
    north = distance_m(GeoPoint(56.5, 21.0), GeoPoint(56.5 + 1 / 60, 21.0))
    east = distance_m(GeoPoint(60.0, 21.0), GeoPoint(60.0, 21.0 + 1 / 60))
    assert north == pytest.approx(1853, abs=2)
    assert east == pytest.approx(926.5, abs=1)


@pytest.mark.parametrize("town", TOWNS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_walker_stays_on_its_streets_at_a_plausible_speed(town: str, kind: PatrolKind) -> None:
    streets = load_streets()
    walker = Walker(streets, kind, TOWNS[town], random.Random(5))
    before = walker.point
    moved = 0.0
    for _ in range(1800):
        walker.advance(1.0)
        step = distance_m(before, walker.point)
        assert step <= TOP_SPEED_MS[kind] + 0.01
        assert abs(off_leg_m(walker.point, walker.leg, streets)) < 0.01
        assert streets.places[walker.leg.end].city in TOWNS[town]
        assert not walker.leg.ferry
        moved += step
        before = walker.point
    assert moved > 0.2 * TOP_SPEED_MS[kind] * 1800 / (4 if TOP_SPEED_MS[kind] > 20 else 1)


def test_a_boat_stays_on_the_water() -> None:
    walker = Walker(load_streets(), PatrolKind.BOAT, ("Klaipėda",), random.Random(5))
    for _ in range(600):
        walker.advance(5.0)
        assert walker.leg.ferry


def test_a_patrol_on_foot_does_not_walk_the_open_road() -> None:
    walker = Walker(load_streets(), PatrolKind.FOOT, LIEPAJA, random.Random(1))
    for _ in range(2000):
        walker.advance(30.0)
        assert walker.leg.length_m <= 1500


def test_no_u_turn_but_at_a_dead_end() -> None:
    streets = load_streets()
    walker = Walker(streets, PatrolKind.CAR, LIEPAJA, random.Random(2))
    last = walker.leg
    for _ in range(5000):
        walker.advance(1.0)
        leg = walker.leg
        if leg is not last and (leg.begin, leg.end) == (last.end, last.begin):
            ways = [way for way in streets.legs_from(leg.begin) if not way.ferry]
            assert len({w.end for w in ways if streets.places[w.end].city in LIEPAJA}) == 1
        last = leg


def test_a_reported_place_is_a_few_metres_off() -> None:
    walker = Walker(load_streets(), PatrolKind.CAR, LIEPAJA, random.Random(3))
    errors = sorted(distance_m(walker.point, walker.reported()) for _ in range(1000))
    assert 2.0 < errors[500] < 5.0
    assert errors[-1] < 20.0


def test_a_halted_patrol_stands() -> None:
    walker = Walker(load_streets(), PatrolKind.CAR, LIEPAJA, random.Random(3))
    walker.halt(60.0)
    before = walker.point
    walker.advance(59.9)
    assert walker.point == before
    assert walker.speed_kmh == 0


def test_the_same_seed_walks_the_same_way() -> None:
    ways: list[list[GeoPoint]] = []
    for _ in range(2):
        walker = Walker(load_streets(), PatrolKind.CAR, LIEPAJA, random.Random(9))
        ways.append([])
        for _ in range(300):
            walker.advance(7.0)
            ways[-1].append(walker.reported())
    assert ways[0] == ways[1]
