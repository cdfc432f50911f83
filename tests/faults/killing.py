"""Working and being killed in turn."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from functools import partial

from tests.faults.desk import Dispatcher
from tests.faults.ledger import Ledger, settled
from tests.faults.load import TEXTING, Load
from tests.faults.outcome import Outcome
from tests.faults.repeater import repeater
from tests.faults.town import Town, signed_in
from tests.faults.waiting import eventually, lasting

WORK = 40
"Acknowledged entries between two kills, at the least."
FEW = 5
"So many kills are a quick form, with less work between them."
PATIENCE_S = 120.0
"A machine that does other things as well takes its time."
DRAIN_S = 120.0
"Until what waits on the gateway's disk is in the database."
LIFE_S = 0.5
"A kill comes up to so long after the work was done."


async def kill_often(
    town: Town, kills: int, hurt: Callable[[], Awaitable[None]], found: Outcome
) -> None:
    """Work, hurt, work again; then compare the ledger with the database."""
    ledger, chance = Ledger(), random.Random(20)
    async with signed_in(town, "anna") as client, repeater(town.ports) as line:
        await line.register(TEXTING)
        desk = Dispatcher(client, ledger)
        radio_id = await desk.find_radio(TEXTING)
        dispatcher = asyncio.create_task(desk.work(radio_id))
        longest = 0.0
        async with Load(ledger).running(line) as tasks:
            for _ in range(kills):
                done = ledger.total + (WORK if kills > FEW else WORK // 4)
                await eventually(partial(_more_than, ledger, done - 1), "work", PATIENCE_S)
                await lasting(chance.uniform(0, LIFE_S), *tasks, dispatcher)
                began, before = time.monotonic(), ledger.total
                await hurt()
                answered = partial(_more_than, ledger, before)
                await eventually(answered, "an answer", PATIENCE_S)
                longest = max(longest, time.monotonic() - began)
                found.count += 1
        dispatcher.cancel()
        await asyncio.wait({dispatcher})
    began = time.monotonic()
    found.settle(ledger, await settled(town.database_url, ledger, DRAIN_S))
    found.figures["stored_after_s"] = round(time.monotonic() - began, 1)
    found.faults += desk.faults[:5]
    found.figures["longest_absence_s"] = round(longest, 1)


def _more_than(ledger: Ledger, number: int) -> bool:
    return ledger.total > number
