"""The consoles that see the same: what they get is filtered and written once for all of them."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

from dispatch.live.follower import Follower
from dispatch.live.frames import Frame, filtered
from dispatch.live.passing import URGENT, Key, Passing, tick
from dispatch.live.scope import Scope


class Room:
    """Followers of one scope, and the values that wait for their next tick."""

    def __init__(
        self, scope: Scope, pause: Callable[[int], float], now: Callable[[], datetime]
    ) -> None:
        """Make an empty room; `pause` says how many seconds follow a tick of so many octets."""
        self.followers: set[Follower] = set()
        self._scope = scope
        self._pause = pause
        self._now = now
        self._waiting: dict[Key, bytes] = {}
        self._free_at = 0.0
        self._timer: asyncio.TimerHandle | None = None

    @property
    def listened(self) -> bool:
        """Whether any of them wants passing values."""
        return any(follower.passing_wanted for follower in self.followers)

    def deliver(self, frames: Sequence[Frame]) -> None:
        """Give consecutive events to all, at once."""
        items = list(filtered(frames, self._scope))
        for follower in self.followers:
            follower.offer(items)

    def pass_on(self, values: Sequence[Passing]) -> None:
        """Give values to all: at once after a pause, else with the next tick."""
        if not self.listened:
            return
        urgent = False
        for value in values:
            if self._scope.sees(value.agency_id):
                self._waiting[value.type, value.key] = value.json
                urgent = urgent or value.type in URGENT
        if not self._waiting:
            return
        loop = asyncio.get_running_loop()
        if urgent or loop.time() >= self._free_at:
            self._tick()
        elif self._timer is None:
            self._timer = loop.call_at(self._free_at, self._tick)

    def close(self) -> None:
        """Forget what waits; nobody is here any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._waiting.clear()

    def _tick(self) -> None:
        written = tick(self._waiting, self._now())
        self._waiting = {}
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        octets = sum(map(len, written.texts))
        self._free_at = asyncio.get_running_loop().time() + self._pause(octets)
        for follower in self.followers:
            follower.offer_tick(written)
