"""What is given up under overload, and what never is."""

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
from radio_gateway.shedding import LooseQueue
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


def filled(limit: int, events: list[Event]) -> LooseQueue:
    queue = LooseQueue(limit)
    for number, event in enumerate(events):
        queue.put(EventEnvelope(str(number), "coast", None, event))
    return queue


def left(queue: LooseQueue) -> list[Event]:
    return [envelope.event for envelope in queue.take(10**6)]


def test_nothing_is_shed_and_nothing_merged_while_there_is_room() -> None:
    events: list[Event] = [position(1, n) for n in range(10)]
    queue = filled(10, events)
    assert left(queue) == events
    assert queue.shed == {}


def test_the_newest_of_each_radio_stays_and_the_rest_is_counted() -> None:
    events: list[Event] = [position(n % 3, n) for n in range(11)]
    queue = filled(10, events)
    assert left(queue) == [position(1, 7), position(2, 8), position(0, 9), position(1, 10)]
    assert queue.shed == {"position_reported": 7}


def test_presence_goes_before_health_and_positions() -> None:
    health = LinkHealth(
        link="east", at=moment(), state=LinkState.UP, since=moment().utc, site="Karosta"
    )
    events: list[Event] = [health, *(heard(n, n) for n in range(5))]
    events += [position(n, n) for n in range(4)]
    queue = filled(10, [*events, position(9, 9)])
    assert left(queue) == [health, *(position(n, n) for n in range(4)), position(9, 9)]
    assert queue.shed == {"radio_heard": 5}


def test_even_distinct_radios_are_bounded() -> None:
    queue = filled(100, [position(n, n) for n in range(10_000)])
    assert len(queue) <= 100
    assert queue.shed["position_reported"] + len(queue) == 10_000
    assert left(queue)[-1] == position(9999, 9999)


def test_taking_is_first_in_first_out() -> None:
    queue = filled(10, [position(1, n) for n in range(5)])
    assert [envelope.id for envelope in queue.take(2)] == ["0", "1"]
    assert len(queue) == 3
