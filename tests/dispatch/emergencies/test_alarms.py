"""An alarm opens one emergency; only people close it."""

import asyncio
from datetime import timedelta

from dispatch.auth.identity import Role, SignedIn
from dispatch.emergencies import service
from dispatch.emergencies.models import CloseReason
from dispatch.emergencies.service import Outcome
from dispatch.live.scope import EVERYTHING
from radio_gateway.domain.commands import AcknowledgeEmergency
from radio_gateway.domain.events import (
    EmergencyCleared,
    EmergencyRaised,
    EmergencySource,
    PositionReported,
    PositionSource,
)
from radio_gateway.domain.geo import GeoPoint
from tests.dispatch.world import LINK, OURS, START, World, envelope, moment


def raised(second: float = 0.0, point: GeoPoint | None = None) -> EmergencyRaised:
    return EmergencyRaised(
        link=LINK, at=moment(second), radio=OURS, source=EmergencySource.ALARM, point=point
    )


def person(name: str = "anna", agencies: frozenset[int] | None = None) -> SignedIn:
    return SignedIn(1, name, name.title(), Role.DISPATCHER, agencies, 1)


async def acknowledge(world: World, name: str = "anna", emergency: int = 1) -> Outcome:
    async with world.database.write() as session:
        return await service.acknowledge(session, world.shared, emergency, person(name))


async def close(world: World, name: str = "anna", emergency: int = 1) -> Outcome:
    async with world.database.write() as session:
        return await service.close(
            session, world.shared, emergency, person(name), CloseReason.DRILL, None
        )


async def test_an_alarm_has_its_own_point(world: World) -> None:
    await world.hear(raised(point=GeoPoint(56.511, 21.014)))
    (told,) = world.told("emergency")
    assert told["type"] == "emergency.raised"
    data = told["data"]
    assert (data["lat"], data["lon"]) == (56.511, 21.014)
    assert (data["unit_id"], data["agency_id"], data["state"]) == (1, 1, "raised")
    assert data["position_heard_at"] == "2026-03-01T08:00:00.000Z"


async def test_or_else_the_newest_position_of_its_radio(world: World) -> None:
    await world.hear(
        PositionReported(
            link=LINK,
            at=moment(-40),
            radio=OURS,
            point=GeoPoint(56.5, 21.0),
            source=PositionSource.TRIGGERED,
            error_m=20.0,
        )
    )
    await world.hear(raised())
    data = world.told("emergency")[0]["data"]
    assert (data["lat"], data["error_m"]) == (56.5, 20.0)
    assert data["position_heard_at"] == "2026-03-01T07:59:20.000Z"


async def test_repetitions_are_counted_and_told_every_five_seconds(world: World) -> None:
    await world.hear(raised())
    for second in range(1, 11):
        world.clock.forward(1)
        await world.hear(raised(second))
    assert world.types("emergency") == ["emergency.raised"] + ["emergency.repeated"] * 2
    async with world.database.read() as session:
        (now,) = await service.open_emergencies(session, EVERYTHING)
    assert now.repeats == 10
    assert now.last_heard_at == START + timedelta(seconds=10)
    assert [line.action for line in now.history] == ["raised"] + ["repeated"] * 10


async def test_the_end_that_a_radio_reports_only_informs(world: World) -> None:
    await world.hear(raised(), EmergencyCleared(link=LINK, at=moment(5), radio=OURS))
    data = world.told("emergency.cleared")[0]["data"]
    assert (data["state"], data["cleared_at"]) == ("raised", "2026-03-01T08:00:05.000Z")
    world.clock.forward(10)
    await world.hear(raised(10))
    assert world.told("emergency.repeated")[0]["data"]["cleared_at"] is None


async def test_an_alarm_soon_after_closing_is_a_new_one_to_be_checked(world: World) -> None:
    await world.hear(raised())
    await acknowledge(world)
    await close(world)
    await world.hear(raised(299))
    await acknowledge(world, emergency=2)
    world.clock.forward(300)
    await close(world, emergency=2)
    await world.hear(raised(601))
    raises = [one["data"] for one in world.told("emergency.raised")]
    assert [one["id"] for one in raises] == [1, 2, 3]
    assert [one["after_close"] for one in raises] == [False, True, False]


async def test_acknowledging_tells_the_radio(world: World) -> None:
    await world.hear(raised())
    await acknowledge(world)
    (command,) = world.commands()
    assert isinstance(command, AcknowledgeEmergency)
    assert command.radio == OURS
    assert world.types("command") == ["command.changed"]


async def test_eight_dispatchers_and_exactly_one_winner(world: World) -> None:
    names = [f"dispatcher{n}" for n in range(8)]
    for emergency in range(1, 6):
        await world.hear(raised(emergency * 1000.0))
        world.clock.at = START + timedelta(seconds=emergency * 1000)
        acked = await asyncio.gather(*(acknowledge(world, name, emergency) for name in names))
        closed = await asyncio.gather(*(close(world, name, emergency) for name in names))
        for outcomes, code in ((acked, "already_acknowledged"), (closed, "already_closed")):
            refusals = [one.refused for one in outcomes if one.refused]
            assert len(refusals) == 7
            winner = next(one for one in outcomes if not one.refused)
            view = winner.emergency
            who = view.closed_by or view.acknowledged_by
            assert {(one.code, one.extra["by"]) for one in refusals} == {(code, who)}
    async with world.database.read() as session:
        found = await service.recent(session, EVERYTHING)
    for one in found:
        actions = [line.action for line in one.history]
        assert sorted(actions) == sorted(["raised", "acknowledged", "closed"] + ["refused"] * 14)
        assert one.version == 3


async def test_closing_comes_after_acknowledging(world: World) -> None:
    await world.hear(raised())
    outcome = await close(world)
    assert outcome.refused is not None
    assert outcome.refused.code == "not_acknowledged"


async def test_an_alarm_sent_twice_is_no_repetition(world: World) -> None:
    one = envelope(raised())
    await world.store([one])
    await world.store([one])
    async with world.database.read() as session:
        (now,) = await service.open_emergencies(session, EVERYTHING)
    assert now.repeats == 0
