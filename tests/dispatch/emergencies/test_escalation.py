"""Nobody answers: first all agencies are told, then a program is run."""

import asyncio
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import uvloop

from dispatch.auth.identity import Role, SignedIn
from dispatch.emergencies import service
from dispatch.emergencies.escalation import Escalation
from dispatch.emergencies.hook import Hook
from dispatch.live.scope import Scope
from dispatch.shared import AlarmPlan
from radio_gateway.domain.events import EmergencyRaised, EmergencySource
from tests.dispatch.world import LINK, OURS, World, moment

ANNA = SignedIn(1, "anna", "Anna", Role.DISPATCHER, frozenset({1}), 1)
THEIRS = SignedIn(2, "berta", "Berta", Role.DISPATCHER, frozenset({2}), 2)


def alarm(second: float = 0.0) -> EmergencyRaised:
    return EmergencyRaised(link=LINK, at=moment(second), radio=OURS, source=EmergencySource.ALARM)


class Steady:
    at = 0.0

    def __call__(self) -> float:
        return self.at


def plan(world: World, *hook: str) -> World:
    return World(replace(world.shared, alarm=AlarmPlan(30, 60, hook)), world.clock, world.follower)


async def until(ask: Callable[[], bool], tick: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not ask():
            result = tick()
            if asyncio.iscoroutine(result):
                await result
            await asyncio.sleep(0.01)


async def test_at_30_s_everybody_is_told_and_may_answer(world: World) -> None:
    mono = Steady()
    escalation = Escalation(world.shared, mono)
    await escalation.tick()
    await world.hear(alarm())
    await escalation.tick()
    mono.at = 29.9
    await escalation.tick()
    assert world.types("emergency.escalated") == []
    mono.at = 30.0
    await escalation.tick()
    await escalation.tick()
    (told,) = world.told("emergency.escalated")
    assert told["data"]["escalation"] == 1
    assert told["data"]["caller"] == {"radio": "2340104", "unit": "liepaja-1", "agency": "Liepaja"}
    async with world.database.read() as session:
        (seen,) = await service.open_emergencies(session, Scope(frozenset({2})))
    assert seen.escalation == 1
    async with world.database.write() as session:
        outcome = await service.acknowledge(session, world.shared, 1, THEIRS)
    assert (outcome.refused, outcome.emergency.acknowledged_by) == (None, "berta")


async def test_what_is_answered_is_not_escalated(world: World) -> None:
    mono = Steady()
    escalation = Escalation(world.shared, mono)
    await world.hear(alarm())
    await escalation.tick()
    async with world.database.write() as session:
        await service.acknowledge(session, world.shared, 1, ANNA)
    mono.at = 100.0
    await escalation.tick()
    assert world.types("emergency.escalated") == []


async def test_a_restart_lets_nobody_wait_anew(world: World) -> None:
    await world.hear(alarm())
    world.clock.forward(31)
    await Escalation(world.shared, Steady()).tick()
    assert len(world.told("emergency.escalated")) == 1
    await Escalation(world.shared, Steady()).tick()
    assert len(world.told("emergency.escalated")) == 1, "the level is in the database"


async def test_at_60_s_the_program_gets_the_emergency(world: World, tmp_path: Path) -> None:
    out = tmp_path / "heard.json"
    script = "import sys, pathlib; pathlib.Path(sys.argv[1]).write_text(sys.stdin.read())"
    world = plan(world, sys.executable, "-c", script, str(out))
    mono = Steady()
    escalation = Escalation(world.shared, mono)
    await escalation.tick()
    await world.hear(alarm())
    for mono.at in (0.0, 30.0, 60.0):
        await escalation.tick()
    await until(lambda: len(world.told("emergency.escalated")) == 2, escalation.tick)
    await escalation.tick()
    document = json.loads(out.read_text())
    assert document["emergency"]["radio_id"] == 1
    assert document["waited_s"] == 60.0
    second = world.told("emergency.escalated")[1]["data"]
    assert (second["escalation"], second["history"][-1]["note"]) == (2, "hook: exit 0")
    mono.at = 600.0
    await escalation.tick()
    assert len(world.told("emergency.escalated")) == 2, "once for each alarm"
    assert second["state"] == "raised", "never closed by itself"


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (("/nowhere/siren",), "cannot be run"),
        ((sys.executable, "-c", "print('no modem'); raise SystemExit(3)"), "exit 3: no modem"),
        ((sys.executable, "-c", "import signal; signal.pause()"), "stopped after"),
    ],
)
async def test_a_program_that_fails_is_a_red_lamp(command: tuple[str, ...], says: str) -> None:
    hook = Hook(command, limit_s=0.5)
    assert says in await hook.run(b"{}")
    (lamp,) = hook.findings()
    assert (lamp.key, lamp.level) == ("hook", "red")


def test_no_program_has_no_lamp() -> None:
    assert list(Hook(()).findings()) == []


def test_a_program_may_end_without_reading() -> None:
    # on the server's own event loop, where a pipe that nobody reads is a fault
    hook = Hook(("/bin/true",))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        answers = [runner.run(hook.run(b"x" * 200_000)) for _ in range(5)]
    assert answers == ["exit 0"] * 5
