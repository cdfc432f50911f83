"""The real app behind a port, with positions put into its hub at a rate that one says.

    python -m tests.bench.fanout_server FOLDER DATABASE_URL

Prints where and how to follow, as JSON; for every `RATE SECONDS FIRST` that it reads, it passes
on positions and prints what that cost. `/naive` beside the app sends every update as a frame of
its own to every console: what one would write without rooms and ticks.
"""

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Final

import orjson
import uvloop
from fastapi import WebSocket, WebSocketDisconnect
from starlette.routing import WebSocketRoute

from dispatch.live.hub import Hub
from dispatch.live.passing import Passing
from tests.bench.marks import Marks, place_of
from tests.dispatch.console import dispatcher, furnish, serving
from tests.dispatch.desk import ORIGIN, open_desk

FLUSH_S: Final = 0.05
"Values come as ingest brings them: those of one transaction together."
RADIOS: Final = 1000


class Naive:
    """One queue for each console, one frame for each update."""

    def __init__(self) -> None:
        self.queues: set[asyncio.Queue[str]] = set()

    async def follow(self, websocket: WebSocket) -> None:
        await websocket.accept()
        queue: asyncio.Queue[str] = asyncio.Queue()
        await websocket.receive_text()
        self.queues.add(queue)
        await websocket.send_text('{"live":true}')
        try:
            while True:
                await websocket.send_text(await queue.get())
        except (WebSocketDisconnect, RuntimeError):
            self.queues.discard(queue)

    def pass_on(self, values: list[Passing]) -> None:
        for value in values:
            text = f'{{"t":"now","type":"positions","data":[{value.json.decode()}]}}'
            for queue in self.queues:
                queue.put_nowait(text)


def values_from(first: int, count: int, marks: Marks) -> list[Passing]:
    """The next positions, as large as real ones."""
    now = time.monotonic()
    values = []
    for number in range(first, first + count):
        marks[number] = now
        lat, lon = (float(one[-7:]) / 60 for one in place_of(number))
        view = {
            "radio_id": number % RADIOS,
            "unit_id": number % RADIOS,
            "lat": 56 + lat,
            "lon": 21 + lon,
            "heard_at": "2026-03-01T08:00:00.000Z",
            "fixed_at": "2026-03-01T08:00:00.000Z",
            "speed_kmh": 22.2,
            "bearing_deg": 90.0,
            "error_m": None,
            "altitude_m": None,
            "source": "triggered",
            "stale": False,
            "verified": True,
        }
        values.append(Passing("positions", number % RADIOS, None, orjson.dumps(view)))
    return values


async def drive(hub: Hub, naive: Naive, marks: Marks, rate: int, seconds: float, first: int) -> int:
    """Pass on at an even rate; the number after the last."""
    began, number = time.monotonic(), first
    while (now := time.monotonic()) - began < seconds:
        due = first + int((now - began) * rate)
        if due > number:
            values = values_from(number, due - number, marks)
            hub.pass_on(values)
            naive.pass_on(values)
            number = due
        await asyncio.sleep(FLUSH_S)  # the pace of the load itself
    return number


async def main(folder: Path, database_url: str) -> None:
    async with open_desk(database_url, folder) as desk:
        shared = await furnish(desk)
        naive = Naive()
        desk.app.router.routes.insert(0, WebSocketRoute("/naive", naive.follow))
        client = await dispatcher(desk)
        cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        marks = Marks(folder / "reports")
        async with serving(desk) as server:
            _say(
                {
                    "port": server.port,
                    "origin": ORIGIN,
                    "cookie": cookie,
                    "epoch": shared.hub.epoch,
                    "seq": shared.hub.last_seq,
                }
            )
            while line := await asyncio.to_thread(sys.stdin.readline):
                rate, seconds, first = line.split()
                used = time.process_time()
                last = await drive(shared.hub, naive, marks, int(rate), float(seconds), int(first))
                _say({"processor_s": time.process_time() - used, "next": last})


def _say(what: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    uvloop.run(main(Path(sys.argv[1]), sys.argv[2]))
