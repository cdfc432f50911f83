"""Killed at one exact write: what was stored without a receipt comes again and is there once."""

import random

import pytest

from tests.faults.killing import PATIENCE_S
from tests.faults.ledger import Ledger, settled
from tests.faults.load import TEXTING, Load
from tests.faults.outcome import scenario
from tests.faults.program import ending
from tests.faults.repeater import repeater
from tests.faults.town import Town
from tests.faults.tracing import strace
from tests.faults.waiting import eventually

FILES = {
    "database": "sardze.db-wal",  # after INSERT, before COMMIT is whole: no receipt was given
    "spool": "spool.db-wal",  # after COMMIT, before the gateway has forgotten what it spooled
}
EARLIEST, LATEST = 30, 300
"Writes into the file since the start; before that there is no load yet."


@pytest.mark.parametrize(
    ("where", "points"),
    [
        ("database", 1),
        ("spool", 1),
        pytest.param("database", 25, marks=pytest.mark.soak),
        pytest.param("spool", 25, marks=pytest.mark.soak),
    ],
)
async def test_killed_at_a_write(town: Town, where: str, points: int) -> None:
    chance, ledger, program = random.Random(2), Ledger(), town.all_in_one()
    plain = program.words
    file = town.folder.resolve() / "data" / FILES[where]
    spy = [*strace(), "-D", "-f", "-o", "/dev/null", "-P", str(file)]
    what = f"dispatch run killed at an exact write into the {where}"
    with scenario(f"fail-points-{where}", what, "0 lost, 0 doubled") as found:
        async with ending(program), repeater(town.ports) as line:
            async with Load(ledger).running(line) as tasks:
                for _ in range(points):
                    at = chance.randint(EARLIEST, LATEST)
                    inject = f"inject=pwrite64:signal=SIGKILL:when={at}"
                    program.words = [*spy, "-e", "trace=pwrite64", "-e", inject, *plain]
                    program.start()
                    await eventually(
                        lambda: not program.runs or any(task.done() for task in tasks),
                        f"write {at} into {file.name}",
                        PATIENCE_S,
                    )
                    found.expect(not program.runs, "it went on")
                    found.count += 1
                program.words = plain
                await program.started()
                await line.register(TEXTING)
            found.settle(ledger, await settled(town.database_url, ledger, PATIENCE_S))
            found.expect(ledger.total > 0, "nothing was ever acknowledged")
