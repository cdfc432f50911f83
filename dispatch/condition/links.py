"""Links as the database knows them: for a lamp and for metrics."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Final

from dispatch import clock
from dispatch.condition.lamp import Finding, Level
from dispatch.db.away import is_away
from dispatch.db.database import Database
from dispatch.links.models import Link
from dispatch.links.service import rows

READ_S: Final = 5.0
UNREPORTED_S: Final = 60.0
"A link that is silent for so long may be dead without knowing."


class LinkRows:
    """All links and the sites behind them, as last read."""

    def __init__(self, database: Database, now: Callable[[], datetime] = clock.now) -> None:
        self._database = database
        self.now = now
        self.links: Sequence[Link] = ()

    async def run(self) -> None:
        """Read again and again until cancelled; what was read stays while nothing can be."""
        while True:
            try:
                await self.load()
            except Exception as error:
                if not is_away(error):
                    raise
            await asyncio.sleep(READ_S)

    async def load(self) -> None:
        """Read all once."""
        async with self._database.read() as session:
            self.links = await rows(session)

    def findings(self) -> Iterator[Finding]:
        """The lamp `links`."""
        links = without_listeners(self.links)
        if not links:
            return
        now = self.now()
        down = [
            link.site or link.name
            for link in links
            if link.state == "down" or (now - link.seen_at).total_seconds() > UNREPORTED_S
        ]
        every = len(links)
        numbers: dict[str, float | str] = {"up": every - len(down), "all": every}
        if not down:
            yield Finding("links", "ok", "links.up", numbers)
            return
        level: Level = "red" if len(down) == every else "amber"
        yield Finding("links", level, "links.down", {**numbers, "down": ", ".join(down[:8])})


def without_listeners(links: Sequence[Link]) -> list[Link]:
    """Without ports that only listen for repeaters, while they do and these have rows of their own.

    The console's list of links leaves out the same, so that both count alike.
    """
    behind = {(link.gateway, link.name) for link in links if link.site}
    return [
        link
        for link in links
        if link.site or link.state != "up" or (link.gateway, link.name) not in behind
    ]
