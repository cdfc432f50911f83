"""What waits to be stored: alarms first, bounded, and what may go before what may not."""

from dispatch.ingest.inbox import (
    BATCH,
    BEHIND,
    BEHIND_SLOW,
    FLOOD,
    ONE_BY_ONE,
    SLOW,
    SLOW_BEHIND,
    Inbox,
)
from dispatch.ingest.latency import CommitLatency
from dispatch.ingest.memory import RecentIds
from radio_gateway.domain.events import (
    EmergencyRaised,
    EmergencySource,
    PositionReported,
    PositionSource,
    RadioHeard,
    StatusReceived,
    TextReceived,
)
from radio_gateway.domain.geo import GeoPoint
from radio_gateway.domain.ids import RadioId
from radio_gateway.domain.wire import EventEnvelope
from tests.dispatch.world import LINK, OURS, START, THEIRS, envelope, moment


def heard(second: float) -> EventEnvelope:
    return envelope(RadioHeard(link=LINK, at=moment(second), radio=OURS), seq=None)


def place(second: float, radio: RadioId = OURS) -> EventEnvelope:
    event = PositionReported(
        link=LINK,
        at=moment(second),
        radio=radio,
        point=GeoPoint(56.5, 21.0),
        source=PositionSource.TRIGGERED,
    )
    return envelope(event, seq=None)


def words(second: float) -> EventEnvelope:
    return envelope(TextReceived(link=LINK, at=moment(second), radio=OURS, text="x"))


def test_of_what_may_be_shed_the_newest_of_each_radio_stays() -> None:
    inbox = Inbox(limit=6)
    kept = [words(0), place(5, THEIRS), place(6)]
    inbox.put([heard(1), kept[0], place(2), place(3), kept[1], kept[2]])
    inbox.make_room()
    assert inbox.take() == kept
    assert inbox.shed == {"radio_heard": 1, "position_reported": 2}


def test_a_coarse_track_stays_while_that_makes_room() -> None:
    inbox = Inbox(limit=100)
    reports = [place(second) for second in range(600)]
    inbox.put(reports)
    inbox.make_room()
    # `moment` begins at a whole minute: the newest of every half minute
    assert inbox.take() == reports[29::30]


def test_what_must_not_be_lost_is_never_shed() -> None:
    inbox = Inbox(limit=3)
    texts = [words(n) for n in range(3)]
    inbox.put(texts)
    inbox.make_room()
    assert inbox.full
    assert inbox.take() == texts


def test_alarms_wait_apart_and_hurry() -> None:
    inbox = Inbox()
    alarm = envelope(
        EmergencyRaised(link=LINK, at=moment(), radio=OURS, source=EmergencySource.ALARM)
    )
    inbox.put([place(1)])
    hurries = [inbox.hurry]
    inbox.put([alarm])
    assert [*hurries, inbox.hurry] == [False, True]
    assert list(inbox.urgent) == [alarm]
    assert len(inbox) == 2


def test_a_transaction_is_bounded_by_rows_and_by_slow_events() -> None:
    inbox = Inbox()
    inbox.put([place(n) for n in range(BATCH + 1)])
    assert [len(inbox.take()), len(inbox.take())] == [BATCH, 1]
    inbox.put([words(n) for n in range(SLOW + 1)])
    assert [len(inbox.take()), len(inbox.take())] == [SLOW, 1]


def test_what_is_stored_one_by_one_weighs_more() -> None:
    inbox = Inbox()
    statuses = [
        envelope(StatusReceived(link=LINK, at=moment(n), radio=OURS, status=1))
        for n in range(SLOW // ONE_BY_ONE)
    ]
    first, last = words(0), place(1)
    inbox.put([first, *statuses, last])
    assert inbox.take() == [first, *statuses[:-1]]
    assert inbox.hurry
    assert inbox.take() == [statuses[-1], last]
    assert not inbox.hurry


def test_no_transaction_is_large_while_alarms_wait() -> None:
    inbox = Inbox()
    alarms = [
        envelope(EmergencyRaised(link=LINK, at=moment(n), radio=OURS, source=EmergencySource.ALARM))
        for n in range(3)
    ]
    inbox.put([*alarms, *(place(n) for n in range(BEHIND + BATCH))])
    assert len(inbox.take_urgent()) == 1
    assert len(inbox.take()) == BATCH
    assert len(inbox.take_urgent()) == 2
    assert len(inbox.take()) == BEHIND


def test_recent_ids_are_bounded_and_each_is_new_once() -> None:
    recent = RecentIds(limit=4)
    one, two, three, four, five = (place(n) for n in range(1, 6))
    assert recent.unmet([one, two, one]) == [one, two]
    assert recent.unmet([two, three]) == [three]
    assert recent.unmet([one, four]) == [four]
    # the generation of the first three gives way to that of the fourth and fifth
    assert recent.unmet([five, three]) == [five]
    assert recent.unmet([place(6)])
    assert recent.unmet([one]) == [one]
    recent.forget()
    assert recent.unmet([five]) == [five]


def test_recent_ids_are_kept_for_five_minutes_at_least_and_not_for_ever() -> None:
    now = 0.0
    recent = RecentIds(monotonic=lambda: now)
    one, two, three = (place(n) for n in range(1, 4))
    assert recent.unmet([one]) == [one]
    now = 301.0
    assert recent.unmet([two]) == [two]
    now = 600.0
    assert recent.unmet([one]) == []
    now = 602.0
    assert recent.unmet([three]) == [three]
    assert recent.unmet([one, two]) == [one, two]


def test_ids_outlast_any_silence() -> None:
    """A broker that comes back delivers again what was under way when it went."""
    now = 0.0
    recent = RecentIds(monotonic=lambda: now)
    one, two = place(1), place(2)
    assert recent.unmet([one]) == [one]
    now = 36_000.0
    assert recent.unmet([one, two]) == [two]
    assert recent.unmet([one, two]) == []


def test_latency_is_that_of_the_last_minute() -> None:
    now = 0.0
    latency = CommitLatency(lambda: now)
    for second in range(100):
        latency.note([heard(0)], moment(second / 1000).utc)
    assert [latency.percentile(share) for share in (50, 99)] == [0.050, 0.099]
    now = 61.0
    assert latency.percentile(99) is None
    latency.note([heard(5)], START)
    assert latency.percentile(99) == 0.0


def test_a_flood_of_alarms_takes_turns_with_the_rest() -> None:
    inbox = Inbox()
    alarms = [
        envelope(EmergencyRaised(link=LINK, at=moment(n), radio=OURS, source=EmergencySource.ALARM))
        for n in range(2 * FLOOD)
    ]
    texts = [words(n) for n in range(SLOW + 1)]
    inbox.put([*alarms, *texts])
    assert inbox.take_urgent() == alarms[:1], "the first is stored before any other is looked at"
    assert inbox.take() == texts[:SLOW]
    hurries = [inbox.hurry]
    assert inbox.take_urgent() == alarms[1:3]
    assert inbox.take() == texts[SLOW:]
    assert [len(inbox.take_urgent()) for _ in range(7)] == [4, 8, 16, 32, 64, FLOOD, 1]
    assert inbox.take() == []
    assert [*hurries, inbox.hurry] == [True, False]
    inbox.put(alarms)
    assert len(inbox.take_urgent()) == 1


def test_after_a_long_outage_transactions_are_larger() -> None:
    inbox = Inbox()
    inbox.put([words(n) for n in range(BEHIND_SLOW)])
    assert len(inbox.take()) == SLOW_BEHIND
    assert len(inbox.take()) == SLOW
