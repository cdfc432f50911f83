"""Fans committed events out to the consoles that follow."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from dispatch.db.database import Database
from dispatch.live.frames import Frame, Skip, filtered
from dispatch.live.log import read_log
from dispatch.live.repository import EventRepository
from dispatch.live.scope import Scope

log = logging.getLogger(__name__)

EVENT_LIMIT: Final = 1000
"Events that may wait for one console before it is cut off to resume by itself."
PAGE: Final = 1000


@dataclass(frozen=True, slots=True)
class Passing:
    """One value that is not logged: the newest of its `key` wins."""

    type: str
    "`positions`, `heard` or `links`."
    key: int
    agency_id: int | None
    json: bytes


@dataclass(slots=True, eq=False)
class Follower:
    """One console's queue. Events are never dropped; passing values are replaced by newer ones."""

    scope: Scope
    passing_wanted: bool = True
    limit: int = EVENT_LIMIT
    events: deque[Frame | Skip] = field(default_factory=deque)
    passing: dict[tuple[str, int], bytes] = field(default_factory=dict)
    too_slow: bool = False
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    "Something to send."
    alarm: asyncio.Event = field(default_factory=asyncio.Event)
    "Something is wrong: look at once, even while a send is stuck."

    def offer(self, frames: Sequence[Frame]) -> None:
        """Queue events; numbers that are not for this console are joined into ranges."""
        if self.too_slow:
            return
        for one in filtered(frames, self.scope):
            before = self.events[-1] if self.events else None
            if isinstance(one, Skip) and isinstance(before, Skip):
                self.events[-1] = Skip(before.first, one.last)
            else:
                self.events.append(one)
        if len(self.events) > self.limit:
            self.too_slow = True
            self.events.clear()
            self.passing.clear()
            self.alarm.set()
        self.wake.set()

    def offer_passing(self, values: Iterable[Passing]) -> None:
        """Keep the newest value of each key."""
        if self.too_slow or not self.passing_wanted:
            return
        for value in values:
            if self.scope.sees(value.agency_id):
                self.passing[value.type, value.key] = value.json
        if self.passing:
            self.wake.set()

    def take_passing(self) -> Mapping[str, list[bytes]]:
        """The newest values by type; the queue is empty afterwards."""
        taken: dict[str, list[bytes]] = {}
        for (type_, _), json in self.passing.items():
            taken.setdefault(type_, []).append(json)
        self.passing.clear()
        return taken


class Hub:
    """All followers of this process, and the number up to which they were told.

    `publish` is called in the order of commits. A hole in the numbers (another process wrote,
    or a task was cancelled right after its commit) is filled from the log by `run`.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._followers: set[Follower] = set()
        self._behind = asyncio.Event()
        self.last_seq = 0
        self.epoch = ""
        self.demo = False

    async def start(self) -> None:
        """Learn the epoch and where the log stands."""
        async with self._database.read() as session:
            stream = await EventRepository(session).stream()
        self.epoch, self.last_seq, self.demo = stream.epoch, stream.seq, stream.demo

    async def run(self) -> None:
        """Fill holes from the log until cancelled."""
        while True:
            await self._behind.wait()
            try:
                await self._catch_up()
            except Exception:
                log.exception("the event log could not be read; trying again")
                await asyncio.sleep(1)

    def publish(self, frames: Sequence[Frame]) -> None:
        """Tell followers of events that are committed."""
        if self._behind.is_set() or frames[0].seq != self.last_seq + 1:
            if frames[-1].seq > self.last_seq:
                self._behind.set()
            return
        self._deliver(frames)

    def pass_on(self, values: Sequence[Passing]) -> None:
        """Tell followers of values that are not logged."""
        for follower in self._followers:
            follower.offer_passing(values)

    def follow(self, follower: Follower) -> Callable[[], None]:
        """From now on `follower` gets all above `last_seq`; call the result to stop."""
        self._followers.add(follower)
        return lambda: self._followers.discard(follower)

    def followers(self) -> frozenset[Follower]:
        """Those who follow now."""
        return frozenset(self._followers)

    @property
    def following(self) -> int:
        """How many consoles are connected."""
        return len(self._followers)

    async def _catch_up(self) -> None:
        while True:
            async with self._database.read() as session:
                frames = await read_log(session, self.last_seq, PAGE)
                newest = (await EventRepository(session).stream()).seq
            if frames and frames[0].seq != self.last_seq + 1:
                log.error("events %d..%d are gone", self.last_seq + 1, frames[0].seq - 1)
            if frames:
                self._deliver(frames)
            if self.last_seq >= newest or not frames:
                self._behind.clear()
                self.last_seq = max(self.last_seq, newest)
                return

    def _deliver(self, frames: Sequence[Frame]) -> None:
        self.last_seq = frames[-1].seq
        for follower in self._followers:
            follower.offer(frames)
