"""An event loop whose clock runs fast, and never runs away from a busy machine.

Radios take seconds where this machine takes milliseconds. The loop's clock goes `speed` times as
fast as the wall's, but at most `STEP_S` from one turn of the loop to the next: however long
a turn takes, nobody finds a time-out over that the other side had no chance to meet.
"""

import asyncio
import selectors
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

from radio_gateway.domain.moment import Moment

SPEED: Final = 30.0
STEP_S: Final = 0.02
RACE: Final = 2000.0
RACE_STEP_S: Final = 2.0
"""For hours in which nothing happens but registrations that run out."""
START: Final = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

T = TypeVar("T")


class _PacedSelector(selectors.BaseSelector):
    """Waits a fraction of what it is asked for, and moves the clock on."""

    def __init__(self, speed: float) -> None:
        self.now = 0.0
        self.speed = speed
        self.step_s = STEP_S
        self._inner = selectors.SelectSelector()  # the others round up to milliseconds
        self._looked_at = time.monotonic()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        longest = self.step_s if timeout is None else min(timeout, self.step_s)
        ready = self._inner.select(max(0.0, longest) / self.speed)
        looked_at = time.monotonic()
        self.now += min((looked_at - self._looked_at) * self.speed, self.step_s)
        self._looked_at = looked_at
        return ready

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._inner.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._inner.unregister(fileobj)

    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._inner.modify(fileobj, events, data)

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._inner.get_map()

    def close(self) -> None:
        self._inner.close()


class PacedLoop(asyncio.SelectorEventLoop):
    """Real sockets, terminals and files; only its seconds are short."""

    def __init__(self, speed: float) -> None:
        self._speed = speed
        self._pace = _PacedSelector(speed)
        self._busy = 0
        super().__init__(self._pace)

    def time(self) -> float:
        return self._pace.now

    def clock(self) -> Moment:
        """The present, for gateway and radios alike."""
        return Moment(self._pace.now, START + timedelta(seconds=self._pace.now))

    @contextmanager
    def working(self) -> Iterator[None]:
        """Somebody for whom seconds matter until the block ends."""
        self._change(+1)
        try:
            yield
        finally:
            self._change(-1)

    @contextmanager
    def idling(self) -> Iterator[None]:
        """One who works has nothing to do but wait; when all do so, the clock races."""
        self._change(-1)
        try:
            yield
        finally:
            self._change(+1)

    def _change(self, by: int) -> None:
        self._busy += by
        racing = not self._busy
        self._pace.speed, self._pace.step_s = (
            (RACE, RACE_STEP_S) if racing else (self._speed, STEP_S)
        )


def run(work: Callable[[], Awaitable[T]], speed: float = SPEED) -> T:
    """Do the work in a loop of its own, whose clock is so many times as fast as the wall's."""

    async def entry() -> T:
        return await work()

    with asyncio.Runner(loop_factory=lambda: PacedLoop(speed)) as runner:
        return runner.run(entry())


def paced() -> PacedLoop:
    """The loop that runs."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, PacedLoop)
    return loop


async def eventually(condition: Callable[[], object], what: str, seconds: float) -> None:
    """Wait in radio seconds; TimeoutError that says for what."""
    try:
        async with asyncio.timeout(seconds):
            while not condition():  # noqa: ASYNC110  # the condition has no event to wait for
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise TimeoutError(f"not within {seconds:g} s: {what}") from None
