"""Fans committed events out to the consoles that follow."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import islice
from typing import Final

from dispatch import clock
from dispatch.db.database import Database
from dispatch.live.follower import Follower
from dispatch.live.frames import Frame
from dispatch.live.log import read_log
from dispatch.live.passing import Passing
from dispatch.live.repository import EventRepository
from dispatch.live.room import Room
from dispatch.live.scope import Scope
from dispatch.live.sharing import OneAtATime, Written

__all__ = ["Follower", "Hub", "Passing"]

log = logging.getLogger(__name__)

PAGE: Final = 250
"Events read from the log at once; writing their frames holds up the loop for a millisecond."
RECENT: Final = 2000
"Newest frames kept in memory: consoles that were away for a moment cost no query."
FRAMES_PER_S: Final = 1000
"Frames of passing values that the server cares to send in a second, to all consoles."
OCTETS_PER_S: Final = 50_000_000
"The same of their octets: a thousand units that all move are 400 kB for each console."
SHORTEST_S: Final = 0.02
LONGEST_BY_COUNT_S: Final = 0.1
LONGEST_S: Final = 0.5
"Bounds of the pause between two ticks; only large ones wait longer than a tenth of a second."


def pause_after(octets: int, consoles: int) -> float:
    """Seconds until the next tick, after one of so many octets for each of these consoles."""
    by_count = min(consoles / FRAMES_PER_S, LONGEST_BY_COUNT_S)
    by_size = min(consoles * octets / OCTETS_PER_S, LONGEST_S)
    return max(by_count, by_size, SHORTEST_S)


class Hub:
    """All followers of this process, and the number up to which they were told.

    `publish` is called in the order of commits. A hole in the numbers (another process wrote,
    or a task was cancelled right after its commit) is filled from the log by `run`.
    """

    def __init__(self, database: Database, now: Callable[[], datetime] = clock.now) -> None:
        self._database = database
        self._now = now
        self._rooms: dict[Scope, Room] = {}
        self._recent: deque[Frame] = deque(maxlen=RECENT)
        self.snapshots = OneAtATime[Scope, Written]()
        self._behind = asyncio.Event()
        self._known_seq = 0
        self.last_seq = 0
        self.epoch = ""
        self.demo = False
        self.relay: Callable[[Sequence[Passing]], None] | None = None
        "Tells other processes what `pass_on` is given; None: there are none, or they know."

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
            self.behind(frames[-1].seq)
            return
        self._deliver(frames)

    def behind(self, seq: int) -> None:
        """Event `seq` is committed, by whichever process: followers get it out of the log."""
        if seq > self.last_seq:
            self._known_seq = max(self._known_seq, seq)
            self._behind.set()

    def pass_on(self, values: Sequence[Passing]) -> None:
        """Tell followers of values that are not logged, here and in other processes."""
        self.take_over(values)
        if self.relay is not None:
            self.relay(values)

    @property
    def listened(self) -> bool:
        """Whether anybody gets what is passed on."""
        return self.relay is not None or any(room.listened for room in self._rooms.values())

    def take_over(self, values: Sequence[Passing]) -> None:
        """Tell followers of values that another process computed."""
        for room in self._rooms.values():
            room.pass_on(values)

    def follow(self, follower: Follower) -> Callable[[], None]:
        """From now on `follower` gets all above `last_seq`; call the result to stop."""
        scope = follower.scope
        room = self._rooms.get(scope)
        if room is None:
            room = self._rooms[scope] = Room(scope, self._pause, self._now)
        room.followers.add(follower)
        return lambda: self._leave(room, follower)

    def recent(self, after: int, upto: int) -> list[Frame] | None:
        """Frames `after` + 1 .. `upto` where memory has all of them."""
        if not self._recent or self._recent[0].seq > after + 1:
            return None
        start = after + 1 - self._recent[0].seq
        return list(islice(self._recent, start, start + upto - after))

    def followers(self) -> frozenset[Follower]:
        """Those who follow now."""
        return frozenset(one for room in self._rooms.values() for one in room.followers)

    @property
    def following(self) -> int:
        """How many consoles are connected."""
        return sum(len(room.followers) for room in self._rooms.values())

    def _pause(self, octets: int) -> float:
        return pause_after(octets, self.following)

    def _leave(self, room: Room, follower: Follower) -> None:
        room.followers.discard(follower)
        if not room.followers and self._rooms.get(follower.scope) is room:
            room.close()
            del self._rooms[follower.scope]

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
                self.last_seq = max(self.last_seq, newest)
                if self.last_seq >= self._known_seq:
                    self._behind.clear()
                    return

    def _deliver(self, frames: Sequence[Frame]) -> None:
        if self._recent and self._recent[-1].seq + 1 != frames[0].seq:
            self._recent.clear()
        self.last_seq = frames[-1].seq
        self._recent.extend(frames)
        for room in self._rooms.values():
            room.deliver(frames)
