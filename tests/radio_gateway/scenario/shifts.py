"""A station with a gateway of its own, ready for its shift."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.radio_gateway.conftest import gateway_at_work
from tests.radio_gateway.scenario.paced import eventually, paced
from tests.radio_gateway.scenario.script import Shift, Station, play


@asynccontextmanager
async def shift_over(station: Station) -> AsyncIterator[Shift]:
    """The whole shift at one station; its gateway runs until the block ends."""
    try:
        entry = await station.open()
        clock = paced().clock
        async with gateway_at_work(station.folder, entry, clock=clock) as running:
            await eventually(lambda: running.gateway.links[0].open, "open ports", 60.0)
            station.start(running)
            shift = Shift(station, running, entry.kind.capabilities)
            with paced().working():
                await play(shift)
            yield shift
    finally:
        station.close()
