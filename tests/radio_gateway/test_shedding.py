"""What is given up under overload, and what never is."""

from itertools import pairwise

from radio_gateway.domain.events import (
    Event,
    LinkHealth,
    LinkState,
    PositionReported,
    PositionSource,
    RadioHeard,
)
from radio_gateway.domain.geo import GeoPoint
from radio_gateway.domain.ids import RadioId
from radio_gateway.domain.wire import EventEnvelope
from radio_gateway.shedding import QUIET_S, LooseQueue
from tests.radio_gateway.support import moment


def position(radio: int, mono: float) -> PositionReported:
    return PositionReported(
        link="east",
        at=moment(mono),
        radio=RadioId("liepaja", radio),
        point=GeoPoint(56.5, 21.0),
        source=PositionSource.TRIGGERED,
    )


def heard(radio: int, mono: float) -> RadioHeard:
    return RadioHeard(link="east", at=moment(mono), radio=RadioId("liepaja", radio))


def health(site: str) -> LinkHealth:
    at = moment()
    return LinkHealth(link="east", at=at, state=LinkState.UP, since=at.utc, site=site)


def put(queue: LooseQueue, events: list[Event]) -> LooseQueue:
    for event in events:
        queue.put(EventEnvelope(f"{id(event)}-{len(queue)}", "coast", None, event))
    return queue


def left(queue: LooseQueue) -> list[Event]:
    return [envelope.event for envelope in queue.take(10**6)]


def test_nothing_is_shed_and_nothing_merged_while_there_is_room() -> None:
    events: list[Event] = [position(1, n) for n in range(10)]
    queue = put(LooseQueue(10), events)
    assert not queue.shedding
    assert left(queue) == events
    assert queue.shed == {}


def test_the_newest_of_each_radio_stays_in_the_place_of_its_oldest() -> None:
    queue = put(LooseQueue(10), [position(n % 3, n) for n in range(11)])
    assert queue.shedding
    assert left(queue) == [position(0, 9), position(1, 10), position(2, 8)]
    assert queue.shed == {"position_reported": 8}


def test_presence_goes_before_signal_reports_and_those_before_positions() -> None:
    events: list[Event] = [health("Karosta"), *(heard(n, n) for n in range(5))]
    events += [position(n, n) for n in range(4)]
    queue = put(LooseQueue(10), [*events, position(9, 9)])
    assert queue.shed == {"radio_heard": 1}
    put(queue, [position(20 + n, 20) for n in range(5)])
    assert queue.shed == {"radio_heard": 5, "link_health": 1}
    put(queue, [position(30, 30), heard(30, 30), health("Centrs")])
    assert queue.shed == {"radio_heard": 6, "link_health": 2, "position_reported": 1}
    assert len(queue) == 10
    assert left(queue)[:5] == [*(position(n, n) for n in range(4)), position(9, 9)]


def test_every_radio_keeps_its_turn_under_ten_times_the_load() -> None:
    """1 000 radios, one of them frantic, 2 000 reports a second, of which 200 can leave."""
    queue = LooseQueue(2000)
    passed: dict[int, list[float]] = {}
    for tenth in range(400):
        now = tenth / 10
        reports = [position((tenth * 200 + n) % 1000, now) for n in range(100)]
        put(queue, [*reports, *(position(7, now) for _ in range(100))])
        for event in [envelope.event for envelope in queue.take(20)]:
            assert isinstance(event, PositionReported)
            passed.setdefault(event.radio.number, []).append(now)
    assert len(queue) <= 2000
    # radio 7 was there all the time, as were those heard in every round
    longest = max(after - before for times in passed.values() for before, after in pairwise(times))
    assert longest < 30


def test_an_outage_leaves_a_coarse_track_of_every_radio() -> None:
    """Ten radios, a report a second each, for an hour in which nothing can leave."""
    queue = LooseQueue(1000)
    put(queue, [position(n % 10, n / 10) for n in range(36_000)])
    times: dict[int, list[float]] = {}
    for event in left(queue):
        assert isinstance(event, PositionReported)
        times.setdefault(event.radio.number, []).append(event.at.mono)
    assert sorted(times) == list(range(10))
    for radio, heard_at in times.items():
        assert heard_at == sorted(heard_at)
        assert heard_at[-1] == 3599 + radio / 10, "the newest is among them"
        # a thousand places for ten radios: one in 36 s at best, the next doubling above it is 60
        assert 3600 / 60 <= len(heard_at) <= 100
        assert max(b - a for a, b in pairwise([0.0, *heard_at])) <= 2 * 60
    assert len(queue) == 0


def test_when_time_is_too_long_the_newest_of_each_stays() -> None:
    queue = put(LooseQueue(10), [position(n % 4, n * 3600.0) for n in range(100)])
    assert left(queue) == [position(n % 4, n * 3600.0) for n in range(96, 100)]


def test_distinct_radios_beyond_all_room_are_bounded() -> None:
    queue = put(LooseQueue(100), [position(n, n) for n in range(10_000)])
    assert len(queue) == 100
    assert queue.shed["position_reported"] == 9900
    assert left(queue) == [position(n, n) for n in range(100)], "those who came first"


def test_shedding_ends_when_the_queue_is_short_and_some_time_has_passed() -> None:
    queue = put(LooseQueue(10), [position(1, n) for n in range(11)])
    queue.take(10)
    states = []
    for now in (10.0, 10.0 + QUIET_S):
        queue.settle(now)
        states.append(queue.shedding)
    assert states == [True, False], "not at once"
    put(queue, [position(1, 20), position(1, 21)])
    assert left(queue) == [position(1, 20), position(1, 21)]


def test_what_could_not_be_handed_on_is_next_again() -> None:
    queue = put(LooseQueue(10), [position(1, n) for n in range(5)])
    taken = queue.take(2)
    queue.put_back(taken)
    assert left(queue) == [position(1, n) for n in range(5)]


def test_what_comes_back_gives_way_to_what_is_newer() -> None:
    queue = put(LooseQueue(2), [position(1, 0), position(2, 0), position(1, 1)])
    taken = queue.take(2)
    put(queue, [position(1, 2)])
    queue.put_back(taken)
    assert left(queue) == [position(2, 0), position(1, 2)]
    assert queue.shed == {"position_reported": 2}
    assert len(queue) == 0
