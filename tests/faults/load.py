"""Radios at work: everything that is acknowledged goes into the ledger."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass

from tests.faults.ledger import Class, Ledger
from tests.faults.repeater import Repeater

TEXTING, CALLING, ALARMED, DRIVING = 1_000_000, 2_000_000, 4_000_000, 3_000_000
"First radio numbers of those who text, call, are in danger, and drive."


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between two of a kind; None: none of it."""

    text: float | None = 0.04
    call: float | None = 0.04
    emergency: float | None = 0.5
    position: float | None = 0.02


class Load:
    """Numbers never repeat, so every text, call, alarm and place is known again."""

    def __init__(self, ledger: Ledger, pace: Pace = Pace(), radios: int = 20) -> None:
        self.ledger = ledger
        self.pace = pace
        self.sent = itertools.count(1)
        self.on_alarm: Callable[[int], None] | None = None
        "Told the place of the alarm at the moment the key is pressed."
        self._radios = radios
        self._alarms = itertools.count(ALARMED)
        self._calls = itertools.count(CALLING)

    @asynccontextmanager
    async def running(self, *repeaters: Repeater) -> AsyncIterator[list[asyncio.Task[None]]]:
        """Work until the block ends; what is under way then counts as never acknowledged."""
        pace = self.pace
        kinds = (
            (pace.text, self.text),
            (pace.call, self.call),
            (pace.emergency, self.alarm),
            (pace.position, self.position),
        )
        tasks = [
            asyncio.create_task(self._repeat(every, act, line), name=act.__name__)
            for line in repeaters
            for every, act in kinds
            if every is not None
        ]
        try:
            yield tasks
        finally:
            for task in tasks:
                task.cancel()
            for task in tasks:
                with contextlib.suppress(asyncio.CancelledError):
                    await task

    async def _repeat(
        self,
        every: float,
        act: Callable[[Repeater], Coroutine[None, None, None]],
        line: Repeater,
    ) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            await act(line)
            due = max(due + every, loop.time() - 1.0)  # a second is caught up, an outage is not
            await asyncio.sleep(max(0.0, due - loop.time()))

    async def text(self, line: Repeater) -> None:
        """One text, noted once it is acknowledged; the others likewise."""
        number = next(self.sent)
        words = f"text {number}"
        await line.text(TEXTING + number % self._radios, number, words)
        self.ledger.note(Class.TEXT, words)

    async def call(self, line: Repeater) -> None:
        radio = next(self._calls)
        await line.call(radio)
        self.ledger.note(Class.CALL, radio)

    async def alarm(self, line: Repeater) -> None:
        """Press one emergency key; returns once that is acknowledged."""
        radio, place = next(self._alarms), next(self.sent)
        if self.on_alarm is not None:
            self.on_alarm(place)
        await line.emergency(radio, place)
        self.ledger.note(Class.EMERGENCY, radio)

    async def position(self, line: Repeater) -> None:
        number = next(self.sent)
        await line.position(DRIVING + number % self._radios, number)
        self.ledger.note(Class.POSITION, number)
