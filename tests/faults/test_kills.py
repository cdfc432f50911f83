"""kill -9 at random points under load: of the one process, and of PostgreSQL beneath it."""

import pytest

from tests.faults.killing import FEW, kill_often
from tests.faults.outcome import scenario
from tests.faults.postgres import postgres
from tests.faults.program import ending
from tests.faults.town import Town

BACK_S = 10.0
"Until radios are answered again after a restart."


@pytest.mark.parametrize("kills", [2, pytest.param(200, marks=pytest.mark.soak)])
async def test_the_one_process_killed(town: Town, kills: int) -> None:
    program = town.all_in_one()

    async def hurt() -> None:
        program.kill()
        program.start()

    with scenario("kill-run", "dispatch run, kill -9 under load", "0 lost, 0 doubled") as found:
        async with ending(program):
            await program.started()
            await kill_often(town, kills, hurt, found)
        if kills > FEW:  # on an idle machine
            back = found.figures["longest_absence_s"]
            found.expect(back <= BACK_S, f"radios waited {back} s for an answer after a kill")


@pytest.mark.parametrize("kills", [1, pytest.param(50, marks=pytest.mark.soak)])
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
                await program.started()
                await kill_often(town, kills, hurt, found)
