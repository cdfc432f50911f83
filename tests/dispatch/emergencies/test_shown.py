"""Consoles say that they show an alarm; somebody is warned when none does."""

import logging

import pytest

from dispatch.auth.identity import Role, SignedIn
from dispatch.emergencies import service
from dispatch.emergencies.watch import SHOWN_WITHIN_S, ShownWatch
from dispatch.ingest.chores import Chores
from dispatch.live.scope import EVERYTHING
from radio_gateway.domain.events import EmergencyRaised, EmergencySource, StatusReceived
from tests.dispatch.world import LINK, OURS, World, moment


def alarm(second: float = 0.0) -> EmergencyRaised:
    return EmergencyRaised(link=LINK, at=moment(second), radio=OURS, source=EmergencySource.ALARM)


def person(name: str, agency: int = 1) -> SignedIn:
    return SignedIn(1, name, name.title(), Role.DISPATCHER, frozenset({agency}), 1)


async def shown(world: World, seq: int, name: str = "anna", agency: int = 1) -> bool:
    async with world.database.write() as session:
        return await service.shown(session, world.shared, seq, person(name, agency))


async def actions(world: World) -> list[tuple[str, str | None]]:
    async with world.database.read() as session:
        (now,) = await service.open_emergencies(session, EVERYTHING)
    return [(line.action.value, line.user) for line in now.history]


async def test_an_alarm_names_the_event_that_raised_it(world: World) -> None:
    await world.hear(StatusReceived(link=LINK, at=moment(), radio=OURS, status=1), alarm())
    (told,) = world.told("emergency.raised")
    assert told["data"]["raised_seq"] == told["seq"]
    async with world.database.read() as session:
        (known,) = await service.open_emergencies(session, EVERYTHING)
    assert known.raised_seq == told["seq"]


async def test_the_first_receipt_is_kept_and_told(world: World) -> None:
    await world.hear(alarm())
    seq = world.told("emergency.raised")[0]["seq"]
    assert await shown(world, seq)
    assert not await shown(world, seq)
    assert not await shown(world, seq, "berta")
    assert await actions(world) == [("raised", None), ("shown", "anna")]
    (told,) = world.told("emergency.shown")
    assert [line["action"] for line in told["data"]["history"]] == ["raised", "shown"]
    assert told["data"]["version"] == 1, "nobody has taken a step"


async def test_a_repetition_shows_its_alarm_as_well(world: World) -> None:
    await world.hear(alarm())
    world.clock.forward(6)
    await world.hear(alarm(6))
    assert await shown(world, world.told("emergency.repeated")[0]["seq"])


async def test_other_numbers_and_other_agencies_mean_nothing(world: World) -> None:
    await world.hear(alarm(), StatusReceived(link=LINK, at=moment(1), radio=OURS, status=1))
    seq = world.told("emergency.raised")[0]["seq"]
    assert not await shown(world, world.told("status.received")[0]["seq"])
    assert not await shown(world, 10_000)
    assert not await shown(world, seq, "theirs", agency=2)
    assert await actions(world) == [("raised", None)]


async def test_an_alarm_on_no_console_is_warned_of_once(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    mono = 100.0
    watch = ShownWatch(world.shared, lambda: mono)
    await world.hear(alarm())
    await watch.tick()
    mono += SHOWN_WITHIN_S - 0.1
    await watch.tick()
    assert (watch.overdue, caplog.messages) == (0, [])
    mono += 0.1
    with caplog.at_level(logging.WARNING):
        await watch.tick()
        await watch.tick()
    assert watch.overdue == 1
    assert caplog.messages == ["on no console after 5 s: emergency 1"]
    assert await shown(world, world.told("emergency.raised")[0]["seq"])
    await watch.tick()
    assert watch.overdue == 0


async def test_who_takes_charge_has_seen_it(world: World) -> None:
    mono = 0.0
    watch = ShownWatch(world.shared, lambda: mono)
    await world.hear(alarm())
    await watch.tick()
    mono += 60
    await watch.tick()
    assert watch.overdue == 1
    async with world.database.write() as session:
        await service.acknowledge(session, world.shared, 1, person("anna"))
    await watch.tick()
    assert watch.overdue == 0


async def test_the_timers_look_after_alarms(world: World) -> None:
    mono = 0.0
    chores = Chores(world.shared, lambda: mono)
    await world.hear(alarm())
    await chores.tick()
    mono += SHOWN_WITHIN_S
    await chores.tick()
    assert chores.alarms.overdue == 1
