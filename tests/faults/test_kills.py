"""kill -9 of the one process at random points under load."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable

import pytest

from tests.faults.desk import Dispatcher
from tests.faults.ledger import Ledger, settled
from tests.faults.load import TEXTING, Load
from tests.faults.outcome import Outcome, scenario
from tests.faults.postgres import postgres
from tests.faults.program import Program, ending
from tests.faults.repeater import repeater
from tests.faults.town import Town, signed_in
from tests.faults.waiting import eventually, lasting

WORK = 40
"Acknowledged entries between two kills, at the least."
BACK_S = 10.0
"Until radios are answered again after a restart."
LIFE_S = 0.5
"A kill comes up to so long after the work was done."


async def kill_often(
    town: Town, kills: int, hurt: Callable[[], Awaitable[None]], found: Outcome, program: Program
) -> None:
    """Work, hurt, work again; then compare the ledger with the database."""
    ledger, chance = Ledger(), random.Random(20)
    await program.started()
    async with signed_in(town, "anna") as client, repeater(town.ports) as line:
        await line.register(TEXTING)
        desk = Dispatcher(client, ledger)
        radio_id = await desk.find_radio(TEXTING)
        dispatcher = asyncio.create_task(desk.work(radio_id))
        longest = 0.0
        async with Load(ledger).running(line) as tasks:
            for _ in range(kills):
                done = ledger.total + WORK
                await eventually(lambda done=done: ledger.total >= done, "work", 60)  # type: ignore[misc]
                await lasting(chance.uniform(0, LIFE_S), *tasks, dispatcher)
                began, before = time.monotonic(), ledger.total
                await hurt()
                await eventually(lambda before=before: ledger.total > before, "an answer", 60)  # type: ignore[misc]
                longest = max(longest, time.monotonic() - began)
                found.count += 1
        dispatcher.cancel()
        await asyncio.wait({dispatcher})
    found.settle(ledger, await settled(town.database_url, ledger))
    found.faults += desk.faults[:5]
    found.figures["longest_absence_s"] = round(longest, 1)


@pytest.mark.parametrize("kills", [3, pytest.param(200, marks=pytest.mark.soak)])
async def test_the_one_process_killed(town: Town, kills: int) -> None:
    program = town.all_in_one()

    async def hurt() -> None:
        program.kill()
        program.start()

    with scenario("kill-run", "dispatch run, kill -9 under load", "0 lost, 0 doubled") as found:
        async with ending(program):
            await kill_often(town, kills, hurt, found, program)
        back = found.figures["longest_absence_s"]
        found.expect(back <= BACK_S, f"radios waited {back} s for an answer after a kill")


@pytest.mark.parametrize("kills", [2, pytest.param(50, marks=pytest.mark.soak)])
async def test_the_database_server_killed(town: Town, kills: int) -> None:
    with scenario(
        "kill-postgresql", "all of PostgreSQL, kill -9 under load", "0 lost, 0 doubled"
    ) as found:
        async with postgres() as server:
            town.database = server.url
            town.write()
            program = town.all_in_one()

            async def hurt() -> None:
                server.kill()
                await server.start()

            async with ending(program):
                await kill_often(town, kills, hurt, found, program)
