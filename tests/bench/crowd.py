"""Consoles in a process of their own: they follow, and note how old everything is on arrival.

`watching` starts it as `python -m tests.bench.crowd JSON`. It prints `ready` once all follow
live; at the end of its input, what they saw, as JSON.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, Final, cast

import orjson
import uvloop
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.bench.marks import Marks, number_of

LIVE: Final = '{"live":true}'
KNOWN: Final = 8
"Texts whose contents are remembered: all consoles get the same one at nearly the same time."


@dataclass(frozen=True, slots=True)
class Crowd:
    """Who follows, and where the times of the datagrams are."""

    address: str
    cookie: str
    count: int
    epoch: str
    after: int
    reports: str
    calls: str
    origin: str
    path: str = "/api/live"
    stalled: int = 0
    "Further consoles that follow and then read nothing more."
    look: int = 1
    """Every so many frames of positions a console looks how old they are. To look at each of fifty
    times 20 000 a second would take a core for itself."""


@dataclass(slots=True)
class Seen:
    """Ages in whole milliseconds with how often they occurred, over all consoles."""

    positions: Counter[int] = field(default_factory=Counter)
    alarms: Counter[int] = field(default_factory=Counter)
    calls: Counter[int] = field(default_factory=Counter)
    frames: int = 0
    closed: int = 0
    "Consoles that were cut off."

    def as_json(self) -> str:
        """For the process that reads it."""
        return json.dumps({name: getattr(self, name) for name in self.__slots__})


class Watcher:
    """All consoles of this process."""

    def __init__(self, crowd: Crowd) -> None:
        self.seen = Seen()
        self._crowd = crowd
        self._reports, self._calls = Marks(Path(crowd.reports)), Marks(Path(crowd.calls))
        self._known: dict[str, list[float]] = {}
        self._live = 0
        self.all_live = asyncio.Event()

    async def console(self) -> None:
        """Follow until cancelled."""
        async with self._connected() as socket:
            try:
                await self._follow(socket)
            except ConnectionClosed:
                self.seen.closed += 1

    async def stalled(self) -> None:
        """Follow, then read nothing more until cancelled."""
        async with self._connected(max_queue=1) as socket:
            while await socket.recv() != LIVE:
                continue
            self._one_more_is_live()
            await asyncio.Event().wait()

    @asynccontextmanager
    async def _connected(self, max_queue: int | None = None) -> AsyncIterator[ClientConnection]:
        crowd = self._crowd
        async with connect(
            crowd.address.replace("http", "ws") + crowd.path,
            origin=crowd.origin,  # type: ignore[arg-type]  # a NewType
            additional_headers={"Cookie": crowd.cookie},
            compression=None,
            max_size=None,
            max_queue=max_queue,
            close_timeout=1,
        ) as socket:
            hello = {"resume": {"epoch": crowd.epoch, "after": crowd.after}}
            await socket.send(orjson.dumps(hello).decode())
            yield socket

    def _one_more_is_live(self) -> None:
        self._live += 1
        if self._live == self._crowd.count + self._crowd.stalled:
            self.all_live.set()

    async def _follow(self, socket: ClientConnection) -> None:
        talks = frames = 0
        while True:
            text = await socket.recv()
            at = time.monotonic()
            assert isinstance(text, str)
            self.seen.frames += 1
            kind = text[:160]
            if '"type":"positions"' in kind:
                frames += 1
                if frames % self._crowd.look == 0:
                    for sent in self._sent(text):
                        self.seen.positions[round((at - sent) * 1000)] += 1
            elif '"type":"call.started"' in kind:
                self.seen.calls[round((at - self._calls[talks]) * 1000)] += 1
                talks += 1
            elif '"type":"emergency.raised"' in kind:
                data = orjson.loads(text)["data"]
                sent = self._reports[number_of(data["lat"], data["lon"])]
                self.seen.alarms[round((at - sent) * 1000)] += 1
            elif '"type":"heartbeat"' in kind:
                seq = orjson.loads(text)["seq"]
                await socket.send(orjson.dumps({"alive": seq}).decode())
            elif text == LIVE:
                self._one_more_is_live()

    def _sent(self, text: str) -> list[float]:
        """When the reports of this frame were sent."""
        known = self._known.get(text)
        if known is None:
            data: list[dict[str, Any]] = orjson.loads(text)["data"]
            known = [self._reports[number_of(one["lat"], one["lon"])] for one in data]
            if len(self._known) >= KNOWN:
                del self._known[next(iter(self._known))]
            self._known[text] = known
        return known


@contextmanager
def watching(crowd: Crowd, seen: dict[str, Any]) -> Iterator[None]:
    """A crowd in a process of its own; `seen` is filled when the block ends."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.bench.crowd", json.dumps(asdict(crowd))],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        output = cast("IO[str]", process.stdout)
        if output.readline() != "ready\n":
            raise AssertionError("the consoles could not follow; see above")
        try:
            yield
        finally:
            cast("IO[str]", process.stdin).close()
            seen.update(json.loads(output.readline()))
    for name in ("positions", "alarms", "calls"):
        seen[name] = Counter({int(age): count for age, count in seen[name].items()})


async def main(crowd: Crowd) -> None:
    watcher = Watcher(crowd)
    tasks = [asyncio.create_task(watcher.console()) for _ in range(crowd.count)]
    tasks += [asyncio.create_task(watcher.stalled()) for _ in range(crowd.stalled)]
    await watcher.all_live.wait()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    sys.stdout.write(watcher.seen.as_json() + "\n")


if __name__ == "__main__":
    uvloop.run(main(Crowd(**json.loads(sys.argv[1]))))
