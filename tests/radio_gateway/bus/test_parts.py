"""Topics, batches, the inbox and passing values, without a broker."""

import contextlib
import json
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radio_gateway.bus import topics
from radio_gateway.bus.batches import LIMIT, EventMessage, UnsendableError, cut
from radio_gateway.bus.complaints import EVERY_S, Complaints
from radio_gateway.bus.inbox import Inbox
from radio_gateway.bus.passing import PART, Assembly, parts
from tests.radio_gateway.bus.world import emergency, position, status

AWKWARD = st.text(st.sampled_from("+#/\0$ azA09_-\n\u0101"), max_size=70) | st.text(max_size=70)


@given(AWKWARD, AWKWARD)
def test_no_name_brings_wildcards_or_levels_into_a_topic(gateway: str, kind: str) -> None:
    for make in (
        partial(topics.event, gateway, kind),
        partial(topics.command, gateway, kind),
        partial(topics.receipt, gateway),
        partial(topics.status, gateway),
    ):
        with contextlib.suppress(ValueError):
            topic = make()
            assert set(topic) <= set("abcdefghijklmnopqrstuvwxyz0123456789_-/")
            assert topic.split("/")[2] == gateway
            assert len(topic.split("/")) in (4, 5)


@given(AWKWARD)
def test_any_topic_is_read_or_refused(topic: str) -> None:
    for text in (topic, f"sardze/v1/{topic}", f"sardze/v1/coast/event/{topic}"):
        with contextlib.suppress(ValueError):
            found = topics.parse(text)
            rest = f"/{found.kind}" if found.kind else ""
            assert text == f"sardze/v1/{found.gateway}/{found.subject}{rest}"


def test_dispatch_is_no_gateway() -> None:
    for name in ("_dispatch", "", "Coast", "a/b", "a" * 65):
        with pytest.raises(ValueError, match="no name of a gateway"):
            topics.status(name)
    with pytest.raises(ValueError, match="no topic"):
        topics.parse("coast/status")


def test_a_batch_is_cut_to_the_limit_and_keeps_its_order() -> None:
    large = [emergency(number, raw=bytes(10_000)) for number in range(10)]
    messages = [one for one in cut(large) if isinstance(one, EventMessage)]
    assert sum(one.count for one in messages) == 10
    assert max(len(one.payload) for one in messages) <= LIMIT
    keys = [item["id"] for one in messages for item in json.loads(one.payload)]
    assert keys == [str(number) for number in range(10)]


def test_an_event_that_fits_nowhere_costs_nothing_else() -> None:
    too_large = emergency(2, raw=bytes(LIMIT))
    found = list(cut([status(1), too_large, status(3)]))
    assert isinstance(found[0], UnsendableError)
    assert "emergency_raised 2 has" in str(found[0])
    assert [one.count for one in found if isinstance(one, EventMessage)] == [2]


async def test_the_inbox_gives_emergencies_first_and_positions_last() -> None:
    inbox = Inbox()
    for batch in ([position(1)], [status(1)], [emergency(2)], [status(3)]):
        assert await inbox.offer(batch) == 0
    await inbox.close()
    keys = [one.id async for batch in inbox.read() for one in batch]
    assert keys == ["2", "1", "3", "p1"]


async def test_a_full_inbox_keeps_the_first_durable_events_and_the_newest_positions() -> None:
    inbox = Inbox(room=2)
    lost = [await inbox.offer([status(number)]) for number in range(1, 5)]
    assert lost == [0, 0, 1, 1]
    lost = [await inbox.offer([position(number)]) for number in range(1, 5)]
    assert lost == [0, 0, 1, 1]
    assert await inbox.offer([emergency(9)]) == 0
    await inbox.close()
    keys = [one.id async for batch in inbox.read() for one in batch]
    assert keys == ["9", "1", "2", "p3", "p4"]


def test_a_fault_is_counted_always_and_logged_once_a_minute(
    caplog: pytest.LogCaptureFixture,
) -> None:
    time = [0.0]
    complaints = Complaints(lambda: time[0])
    for _ in range(5):
        complaints.note("unreadable", "no JSON")
    complaints.note("too large", "70000 octets")
    time[0] = EVERY_S
    complaints.note("unreadable", "no JSON")
    assert complaints.counts == {"unreadable": 6, "too large": 1}
    assert [record.getMessage() for record in caplog.records] == [
        "message dropped, unreadable: no JSON",
        "message dropped, too large: 70000 octets",
        "message dropped, unreadable: no JSON (and 4 more like it before)",
    ]


@given(st.binary(max_size=50), st.integers(0, 3))
def test_passing_values_go_round(piece: bytes, full: int) -> None:
    data = bytes(PART) * full + piece
    assembly = Assembly()
    done = [assembly.add(part) for part in parts("positions", 1, data)]
    assert done[-1] == ("positions", data)
    assert not any(done[:-1])


def test_a_value_that_misses_a_part_is_forgotten() -> None:
    first, second, third = parts("a", 1, bytes(3 * PART))
    assembly = Assembly()
    assert [assembly.add(part) for part in (first, third)] == [None, None]
    assert [assembly.add(part) for part in (second, third)] == [None, None]
    (small,) = parts("b", 2, b"x")
    assert [assembly.add(part) for part in (first, small, second)] == [None, ("b", b"x"), None]


@given(st.binary(max_size=60))
def test_any_octets_are_a_part_or_a_value_error(data: bytes) -> None:
    for message in (data, b"a 1 " + data, b"a 1 1 1\n" + data):
        with contextlib.suppress(ValueError):
            Assembly().add(message)
