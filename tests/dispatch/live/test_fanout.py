"""Consoles of one scope share what is written; who is slow delays nobody and misses nothing new."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field

import orjson
import pytest

from dispatch.live.follower import Follower
from dispatch.live.frames import Frame, Skip
from dispatch.live.hub import pause_after
from dispatch.live.passing import Passing, tick
from dispatch.live.room import Room
from dispatch.live.scope import EVERYTHING, Scope
from tests.dispatch.world import START

PAUSE_S = 30.0
"No tick by time falls into a test; those that need one say so."


@dataclass
class Consoles:
    """A room and those in it."""

    scope: Scope = EVERYTHING
    pause_s: float = PAUSE_S
    room: Room = field(init=False)

    def __post_init__(self) -> None:
        self.room = Room(self.scope, lambda _octets: self.pause_s, lambda: START)

    def enter(self) -> Follower:
        follower = Follower(self.scope)
        self.room.followers.add(follower)
        return follower


@pytest.fixture
def consoles() -> Iterator[Consoles]:
    consoles = Consoles()
    yield consoles
    consoles.room.close()


def place(radio: int, value: int, agency: int | None = None) -> Passing:
    return Passing("positions", radio, agency, b"%d" % value)


def sent(follower: Follower) -> list[str]:
    """All that the console sends now."""
    texts = []
    while (text := follower.next_text(START)) is not None:
        texts.append(text)
    return texts


def positions(*values: int) -> str:
    shown = ",".join(map(str, values))
    return f'{{"t":"2026-03-01T08:00:00.000Z","type":"positions","data":[{shown}]}}'


async def test_the_first_value_after_a_pause_goes_at_once(consoles: Consoles) -> None:
    follower = consoles.enter()
    consoles.room.pass_on([place(1, 11)])
    assert follower.wake.is_set()
    assert sent(follower) == [positions(11)]


async def test_values_in_between_wait_and_the_newest_of_each_radio_goes() -> None:
    consoles = Consoles(pause_s=0.01)
    follower = consoles.enter()
    for value in range(100):
        consoles.room.pass_on([place(value % 3, value)])
    assert sent(follower) == [positions(0)]
    follower.wake.clear()
    async with asyncio.timeout(10):
        await follower.wake.wait()
    (text,) = sent(follower)
    assert sorted(orjson.loads(text)["data"]) == [97, 98, 99]


async def test_consoles_that_keep_up_send_one_and_the_same_text(consoles: Consoles) -> None:
    first, second = consoles.enter(), consoles.enter()
    consoles.room.pass_on([place(1, 11)])
    consoles.room.deliver([Frame(1, None, '{"seq":1}')])
    for one, other in zip(sent(first), sent(second), strict=True):
        assert one is other


async def test_a_console_that_is_behind_gets_the_newest_in_one_frame(consoles: Consoles) -> None:
    consoles.pause_s = 0.0
    slow, quick = consoles.enter(), consoles.enter()
    got = []
    for value in range(1000):
        consoles.room.pass_on([place(value % 5, value)])
        got += sent(quick)
        assert slow.waiting <= 5
    assert got == [positions(value) for value in range(1000)]
    (text,) = sent(slow)
    assert sorted(orjson.loads(text)["data"]) == [995, 996, 997, 998, 999]
    consoles.room.pass_on([place(1, 7)])
    assert sent(slow) == sent(quick) == [positions(7)]


async def test_events_go_before_what_passes_even_between_frames_of_a_tick(
    consoles: Consoles,
) -> None:
    follower = consoles.enter()
    consoles.room.pass_on([place(1, 11), Passing("heard", 1, None, b"12")])
    event = Frame(1, None, '{"seq":1}')
    consoles.room.deliver([event])
    assert follower.next_text(START) == event.json
    assert follower.next_text(START) == positions(11)
    consoles.room.deliver([event])
    assert follower.next_text(START) == event.json
    assert '"heard"' in (follower.next_text(START) or "")


async def test_an_alarm_that_is_not_stored_waits_for_no_pause(consoles: Consoles) -> None:
    follower = consoles.enter()
    consoles.room.pass_on([place(1, 1)])
    sent(follower)
    consoles.room.pass_on([place(1, 2)])
    assert sent(follower) == []
    consoles.room.pass_on([Passing("unstored", 4, None, b"44")])
    types = [orjson.loads(text)["type"] for text in sent(follower)]
    assert types == ["unstored", "positions"]


async def test_a_room_gets_what_its_scope_sees() -> None:
    consoles = Consoles(Scope(frozenset({1})))
    follower = consoles.enter()
    consoles.room.pass_on([place(1, 11, agency=1), place(2, 22, agency=2)])
    consoles.room.deliver([Frame(1, 2, "theirs"), Frame(2, 2, "theirs"), Frame(3, 1, "ours")])
    assert list(follower.events) == [Skip(1, 2), Frame(3, 1, "ours")]
    assert sent(follower)[2:] == [positions(11)]


@pytest.mark.parametrize(
    ("octets", "consoles", "pause_s"),
    [
        (500, 1, 0.02),
        (20_000, 50, 0.05),
        (200_000, 3, 0.02),
        (40_000, 200, 0.16),
        (400_000, 50, 0.4),
        (4_000_000, 50, 0.5),
        (500, 1000, 0.1),
    ],
)
def test_many_consoles_and_large_ticks_are_served_less_often(
    octets: int, consoles: int, pause_s: float
) -> None:
    """50 MB and 1 000 frames a second, within 20 to 100 ms, large ones to 500 ms."""
    assert pause_after(octets, consoles) == pytest.approx(pause_s)


async def test_the_pause_goes_by_what_each_console_got() -> None:
    got: list[int] = []

    def pause(octets: int) -> float:
        got.append(octets)
        return 0.0

    room = Room(EVERYTHING, pause, lambda: START)
    room.followers.add(Follower(EVERYTHING))
    room.pass_on([place(1, 11), place(2, 7)])
    assert got == [len(positions(11, 7))]
    room.close()


def test_a_tick_writes_urgent_types_first() -> None:
    written = tick({("heard", 1): b"1", ("unstored", 2): b"2", ("heard", 3): b"3"}, START)
    assert [orjson.loads(text) for text in written.texts] == [
        {"t": "2026-03-01T08:00:00.000Z", "type": "unstored", "data": [2]},
        {"t": "2026-03-01T08:00:00.000Z", "type": "heard", "data": [1, 3]},
    ]
