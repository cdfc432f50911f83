"""Calls end up the same whatever the order in which beginnings and ends arrive."""

import itertools
from datetime import timedelta

import pytest

from dispatch.calls.filters import CallFilter
from dispatch.calls.service import close_overdue, search
from dispatch.live.scope import EVERYTHING, Scope
from radio_gateway.domain.events import (
    CallEnded,
    CallEndReason,
    CallKind,
    CallStarted,
    Event,
    LinkChanged,
    LinkState,
    TalkerAliasHeard,
)
from tests.dispatch.world import GROUP, LINK, OURS, START, THEIRS, World, envelope, moment


def started(call: str = "c1", second: float = 0.0) -> CallStarted:
    return CallStarted(
        link=LINK, at=moment(second), call=call, kind=CallKind.GROUP, radio=OURS, talkgroup=GROUP
    )


def ended(call: str = "c1", second: float = 3.0, length: float = 3.0) -> CallEnded:
    return CallEnded(
        link=LINK,
        at=moment(second),
        call=call,
        kind=CallKind.GROUP,
        radio=OURS,
        talkgroup=GROUP,
        started_at=START + timedelta(seconds=second - length),
        duration_s=length,
        reason=CallEndReason.TERMINATOR,
        rssi_dbm=-71.5,
        talker_alias="Kaspars",
    )


ALIAS = TalkerAliasHeard(link=LINK, at=moment(1), call="c1", radio=OURS, alias="Kaspars")


async def calls(world: World, wanted: CallFilter | None = None) -> list[dict[str, object]]:
    async with world.database.read() as session:
        page = await search(session, wanted or CallFilter(), EVERYTHING, None, 200)
    return [one.model_dump(mode="json", exclude={"id"}) for one in page.items]


async def test_a_call_is_told_as_it_begins_and_ends(world: World) -> None:
    await world.hear(started())
    await world.hear(ALIAS)
    await world.hear(ended())
    assert world.types("call") == ["call.started", "call.changed", "call.ended"]
    last = world.told("call")[-1]["data"]
    assert last["started_at"] == "2026-03-01T08:00:00.000Z"
    assert last["ended_at"] == "2026-03-01T08:00:03.000Z"
    assert (last["duration_s"], last["end_reason"]) == (3.0, "terminator")
    assert (last["radio_id"], last["unit_id"], last["agency_id"]) == (1, 1, 1)
    assert (last["talkgroup_id"], last["rssi_dbm"]) == (1, -71.5)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
async def test_any_order_gives_the_same_record(world: World, order: tuple[int, ...]) -> None:
    events: list[Event] = [started(), ALIAS, ended()]
    for n in order:
        await world.hear(events[n])
        await world.hear(events[n])
    (record,) = await calls(world)
    assert record["talker_alias"] == "Kaspars"
    assert record["duration_s"] == 3.0
    assert record["started_at"] == "2026-03-01T08:00:00.000Z"
    assert world.types("call").count("call.ended") == 1


async def test_a_link_that_comes_up_again_ends_what_ran_there(world: World) -> None:
    await world.hear(started("before"), started("after", 20))
    up = LinkChanged(link=LINK, at=moment(10), state=LinkState.UP, reason="login accepted")
    await world.hear(up)
    by_call = {one["call"]: one for one in await calls(world)}
    assert by_call["before"]["end_reason"] == "truncated"
    assert by_call["before"]["duration_s"] is None
    assert by_call["after"]["ended_at"] is None


async def test_the_true_end_replaces_a_concluded_one(world: World) -> None:
    await world.hear(started())
    async with world.database.write() as session:
        await close_overdue(session, world.shared, START + timedelta(minutes=11))
    assert (await calls(world))[0]["end_reason"] == "truncated"
    await world.hear(ended())
    (record,) = await calls(world)
    assert (record["end_reason"], record["duration_s"]) == ("terminator", 3.0)


async def test_a_call_of_ten_minutes_may_still_run(world: World) -> None:
    await world.hear(started())
    async with world.database.write() as session:
        await close_overdue(session, world.shared, START + timedelta(minutes=10))
    assert (await calls(world))[0]["ended_at"] is None


async def test_pages_follow_one_another_without_gap_or_repetition(world: World) -> None:
    # three calls begin at the same instant: the id decides
    for n in range(7):
        await world.hear(started(f"c{n}", float(n // 3)))
    seen: list[str] = []
    cursor = None
    while True:
        async with world.database.read() as session:
            page = await search(session, CallFilter(), EVERYTHING, cursor, 2)
        seen += [one.call for one in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert seen == ["c6", "c5", "c4", "c3", "c2", "c1", "c0"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (CallFilter(q="kasp"), 1),
        (CallFilter(q="LIEPAJA-1"), 2),
        (CallFilter(q="100%"), 0),
        (CallFilter(q="2340104"), 2),
        (CallFilter(unit_id=2), 0),
        (CallFilter(talkgroup_id=1, kind="group", emergency=False), 2),
        (CallFilter(since=START + timedelta(seconds=50)), 1),
        (CallFilter(until=START + timedelta(seconds=60)), 1),
    ],
)
async def test_filters(world: World, wanted: CallFilter, found: int) -> None:
    await world.hear(started(), ended(), started("c2", 60))
    assert len(await calls(world, wanted)) == found


async def test_equal_numbers_of_two_networks_are_two_radios(world: World) -> None:
    theirs = CallStarted(
        link="akropolis", at=moment(), call="theirs", kind=CallKind.PRIVATE, radio=THEIRS
    )
    await world.store([envelope(started()), envelope(theirs)])
    for agency, call in ((1, "c1"), (2, "theirs")):
        async with world.database.read() as session:
            page = await search(session, CallFilter(), Scope(frozenset({agency})), None, 50)
        assert [one.call for one in page.items] == [call]
