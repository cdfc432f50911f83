"""What waits for one console: events in order, and the newest of what passes."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from dispatch import clock
from dispatch.live.frames import Frame, Skip
from dispatch.live.passing import Key, Tick, tick
from dispatch.live.scope import Scope

EVENT_LIMIT: Final = 1000
"Events that may wait for one console before it is cut off to resume by itself."


@dataclass(slots=True, eq=False)
class Follower:
    """One console's queue. Events are never dropped; passing values give way to newer ones.

    A console that keeps up sends the very texts that all others of its scope send. One that has
    not yet sent the last tick collects the newest values into frames of its own.
    """

    scope: Scope
    passing_wanted: bool = True
    limit: int = EVENT_LIMIT
    events: deque[Frame | Skip] = field(default_factory=deque)
    too_slow: bool = False
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    "Something to send."
    alarm: asyncio.Event = field(default_factory=asyncio.Event)
    "Something is wrong: look at once, even while a send is stuck."
    _shared: Tick | None = None
    _missed: dict[Key, bytes] = field(default_factory=dict)
    _texts: deque[str] = field(default_factory=deque)
    "The rest of the tick that is being sent."

    def offer(self, items: Sequence[Frame | Skip]) -> None:
        """Queue what this console's scope leaves of consecutive events; ranges are joined."""
        if self.too_slow:
            return
        before = self.events[-1] if self.events else None
        first = items[0]
        if isinstance(before, Skip) and isinstance(first, Skip):
            self.events[-1] = Skip(before.first, first.last)
            items = items[1:]
        self.events.extend(items)
        if len(self.events) > self.limit:
            self.too_slow = True
            self.events.clear()
            self._shared = None
            self._missed.clear()
            self._texts.clear()
            self.alarm.set()
        self.wake.set()

    def offer_tick(self, one: Tick) -> None:
        """Send this tick next; what waits gives way to what is newer."""
        if self.too_slow or not self.passing_wanted:
            return
        if self._shared is None and not self._missed and not self._texts:
            self._shared = one
        else:
            if self._shared is not None:
                self._missed.update(self._shared.values)
                self._shared = None
            self._missed.update(one.values)
        self.wake.set()

    @property
    def waiting(self) -> int:
        """Passing values that are not sent yet, not counting the tick that is being sent."""
        return len(self._missed) if self._shared is None else len(self._shared.values)

    def next_text(self, now: datetime | None = None) -> str | None:
        """What to send next: events before all that passes; None when nothing waits.

        Args:
            now: what frames of this console's own say of their time; by default the present.
        """
        if self.events:
            return self.events.popleft().json
        if not self._texts:
            if self._missed:
                missed, self._missed = self._missed, {}
                self._texts.extend(tick(missed, now or clock.now()).texts)
            elif self._shared is not None:
                self._texts.extend(self._shared.texts)
                self._shared = None
        return self._texts.popleft() if self._texts else None
