"""Passing values on their way from the writer to the other servers.

One line for each value: type, key, agency (or `-`) and JSON, with blanks between.
"""

import asyncio
import logging
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Protocol

from dispatch.live.hub import Hub, Passing

log = logging.getLogger(__name__)

NAME: Final = "values"
"Of these values among all that passes between servers."
PAUSE_S: Final = 0.05
"Between two messages; of a key only the newest value is sent."
URGENT: Final = frozenset({"unstored"})
"Wait for no pause."
OWN: Final = frozenset({"condition"})
"Each process finds these out by itself."


class PassingOut(Protocol):
    """Where a writer's values go."""

    async def pass_on(self, name: str, data: bytes) -> None:
        """Give a value to all other servers, or to none."""
        ...


def dump_values(values: Iterable[Passing]) -> bytes:
    """Write values; their JSON stays octet for octet."""
    return b"\n".join(
        b"%s %d %s %s"
        % (
            one.type.encode(),
            one.key,
            b"-" if one.agency_id is None else str(one.agency_id).encode(),
            one.json,
        )
        for one in values
    )


def load_values(data: bytes) -> Iterator[Passing]:
    """Read values.

    Raises:
        ValueError: not written by `dump_values`.
    """
    for line in data.split(b"\n"):
        type_, key, agency, json = line.split(b" ", 3)
        yield Passing(type_.decode(), int(key), None if agency == b"-" else int(agency), json)


class Relay:
    """Collects what the writer's hub passes on, and sends it while there is a writer's bus."""

    def __init__(self) -> None:
        self._waiting: dict[tuple[str, int], Passing] = {}
        self._wake = asyncio.Event()
        self._hurry = asyncio.Event()

    def put(self, values: Sequence[Passing]) -> None:
        """Keep the newest of each key until it is sent."""
        for one in values:
            if one.type not in OWN:
                self._waiting[one.type, one.key] = one
                if one.type in URGENT:
                    self._hurry.set()
        if self._waiting:
            self._wake.set()

    async def run(self, bus: PassingOut) -> None:
        """Send until cancelled; what cannot be sent is outdated when the broker is back."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            self._hurry.clear()
            values, self._waiting = self._waiting, {}
            await bus.pass_on(NAME, dump_values(values.values()))
            try:
                async with asyncio.timeout(PAUSE_S):
                    await self._hurry.wait()
            except TimeoutError:
                continue


def take_values(hub: Hub, data: bytes) -> None:
    """Show this process's consoles what the writer passed on."""
    try:
        values = list(load_values(data))
    except ValueError as error:
        log.warning("passing values of another server cannot be read: %s", error)
        return
    hub.take_over(values)
