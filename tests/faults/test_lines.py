"""Radio networks over lines that lose, double and reorder."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import pytest

from tests.fakes.impairment import Impairment, udp_proxy
from tests.faults.ledger import Class, Ledger, settled
from tests.faults.load import Load
from tests.faults.outcome import scenario
from tests.faults.program import ending
from tests.faults.repeater import Repeater, repeater
from tests.faults.town import Town

ROUGH = Impairment(loss=0.05, duplicate=0.03, reorder=0.25, window_s=0.02)
EACH = 12


@pytest.mark.parametrize("seeds", [1, pytest.param(100, marks=pytest.mark.soak)])
async def test_a_bad_line_changes_nothing(town: Town, seeds: int) -> None:
    program, ledger = town.all_in_one(), Ledger()
    what = "5 % of the datagrams lost, 3 % doubled, 25 % late"
    goal = "the same texts, calls and alarms as over a good line"
    with scenario("bad-lines", what, goal) as found:
        async with ending(program):
            await program.started()
            load = Load(ledger)
            for seed in range(seeds):
                async with contextlib.AsyncExitStack() as stack:
                    ports = {}
                    for place, (name, port) in enumerate(town.ports.items()):
                        bad = udp_proxy(("127.0.0.1", port), ROUGH, seed=seed * 100 + place * 10)
                        ports[name] = (await stack.enter_async_context(bad)).port
                    line = await stack.enter_async_context(repeater(ports, device=seed + 1))
                    await asyncio.gather(
                        _some(load.text, line), _some(load.call, line), _some(load.alarm, line)
                    )
                found.count += 1
            stored = await settled(town.database_url, ledger)
            found.settle(ledger, stored)
            for kind in (Class.TEXT, Class.CALL, Class.EMERGENCY):
                more = stored[kind].keys() - ledger.acknowledged[kind]
                found.expect(not more, f"{kind}s that nobody sent: {sorted(more)[:5]}")


async def _some(act: Callable[[Repeater], Awaitable[None]], line: Repeater) -> None:
    for _ in range(EACH):
        await act(line)
