"""Bases that are pulled and put back while patrols work on: when the link is there again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from radio_gateway.domain.commands import SendText
from radio_gateway.domain.events import TextProgress, TextState
from radio_gateway.domain.ports import Ability
from radio_gateway.domain.wire import CommandEnvelope
from tests.fakes.impairment import Impairment
from tests.radio_gateway.conftest import gateway_at_work
from tests.radio_gateway.scenario.driving import DrivenStation
from tests.radio_gateway.scenario.paced import eventually, paced
from tests.radio_gateway.scenario.script import Shift

BACK_S: Final = 10.0
BEAT_S: Final = 4.0
NOTICED_S: Final = 200.0
"The longest of all time-outs after which a link is given up, and some margin."
SETTLED_S: Final = 120.0


@dataclass
class Absences:
    """What became of one link; times are seconds of the radios."""

    times: int = 0
    longest_back_s: float = 0.0
    longest_down_s: float = 0.0
    "Until the link was shown as gone."
    orders: int = 0
    "Texts to the radio while its base was away."
    faults: list[str] = field(default_factory=list)


async def pull_and_put_back(station: DrivenStation, times: int) -> Absences:
    """Pull the station's base so often, each time until the gateway knows."""
    station.rules, station.wears_out = Impairment(), False
    found = Absences()
    try:
        entry = await station.open()
        clock = paced().clock
        async with gateway_at_work(station.folder, entry, clock=clock, hasty=False) as running:
            await eventually(lambda: running.gateway.links[0].open, "open ports", 60.0)
            station.start(running)
            shift = Shift(station, running, entry.kind.capabilities)
            with paced().working():
                async with _patrolling(station):
                    await eventually(lambda: station.shown_up, "the link", 60.0)
                    for _ in range(times):
                        await _once(shift, station, found)
                    await _settle(shift, found)
            found.faults += _claims(shift)
            if running.gateway.links[0].status().faults:
                found.faults.append("the adapter had to be started again")
    finally:
        station.close()
    return found


async def _once(shift: Shift, station: DrivenStation, found: Absences) -> None:
    loop, at = paced(), paced().time()
    station.pull()
    await _order(shift, found)
    await eventually(lambda: not station.shown_up, "the link is shown as gone", NOTICED_S)
    found.longest_down_s = max(found.longest_down_s, loop.time() - at)
    await _order(shift, found)
    await asyncio.sleep(station.dice_s())
    delivered = _delivered(shift)
    at = loop.time()
    station.put_back()
    found.times += 1
    if delivered - _shown(shift):
        found.faults.append(f"delivered to nobody: {sorted(delivered - _shown(shift))}")
    await eventually(lambda: station.shown_up, "the link is back", NOTICED_S)
    took = loop.time() - at
    found.longest_back_s = max(found.longest_back_s, took)
    if took > BACK_S:
        found.faults.append(f"absence {found.times}: back after {took:.1f} s")


@asynccontextmanager
async def _patrolling(station: DrivenStation) -> AsyncIterator[None]:
    """Somebody gives a sign of life now and again, heard or not."""

    async def beat() -> None:
        while True:
            station.beat()
            await asyncio.sleep(BEAT_S)

    task = asyncio.create_task(beat())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


async def _order(shift: Shift, found: Absences) -> None:
    """A dispatcher writes to the radio."""
    if shift.can.can(Ability.TEXT_TO_RADIO):
        found.orders += 1
        key = f"order {found.orders}"
        command = SendText(command=key, text=key, radio=shift.radio)
        await shift.running.dispatch.bus.send(CommandEnvelope(key, "*", command))


async def _settle(shift: Shift, found: Absences) -> None:
    """Every order has come to an end, whichever."""

    def ended() -> int:
        last = (TextState.DELIVERED, TextState.FAILED)
        return len({each.command for each in shift.heard(TextProgress) if each.state in last})

    unfinished = f"{found.orders} texts delivered or failed"
    await eventually(lambda: ended() >= found.orders, unfinished, SETTLED_S * found.orders + 1)


def _claims(shift: Shift) -> list[str]:
    never = _delivered(shift) - _shown(shift)
    return [f"delivered, but never shown: {', '.join(sorted(never))}"] if never else []


def _delivered(shift: Shift) -> set[str]:
    progress = shift.heard(TextProgress)
    return {each.command for each in progress if each.state is TextState.DELIVERED}


def _shown(shift: Shift) -> set[str]:
    return set(shift.station.shown)
