"""A console without a screen: follows the live stream, comes back, and counts what it was shown."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from tests.faults.repeater import number_of
from tests.faults.waiting import eventually

SILENCE_S = 12.0
"Without a frame for so long the console closes and comes back."
AGAIN_S = 0.25
ALARMS = ("emergency.raised", "unstored")


class Console:
    """Applies each numbered event once, in order; anything else is a fault."""

    def __init__(self, client: httpx.AsyncClient, address: str) -> None:
        self.faults: list[str] = []
        self.alarms: dict[int, float] = {}
        "When the alarm with this place was shown first, by the monotonic clock."
        self.raised: Counter[int] = Counter()
        "How often each emergency, by its id, was raised to this console."
        self.states: dict[int, tuple[str, str | None]] = {}
        "State of each emergency, and who has taken charge."
        self.units: dict[int, list[float]] = {}
        "When positions of each radio came."
        self.lamps: dict[str, dict[str, Any]] = {}
        "The newest board, by key of the lamp."
        self.resets = 0
        self.live = asyncio.Event()
        self._client = client
        self._address = address
        self._epoch, self._seq = "", 0

    @property
    def seq(self) -> int:
        """The newest event that was applied."""
        return self._seq

    async def turned(self, key: str, *levels: str, patience_s: float = 60.0) -> datetime:
        """Wait until this lamp has one of these levels; since when it has."""

        def shows() -> bool:
            return self.lamps.get(key, {}).get("level") in levels

        try:
            await eventually(shows, "", patience_s)
        except AssertionError:
            board = {one: (lamp["level"], lamp["text"]) for one, lamp in self.lamps.items()}
            raise AssertionError(f"{key} does not turn {levels}: {board}") from None
        since = datetime.fromisoformat(self.lamps[key]["since"])
        assert since <= datetime.now(UTC), f"{key} since {since}, which is to come"
        return since

    async def follow(self) -> None:
        """Connect, and again whenever the line breaks, until cancelled."""
        cookie = "; ".join(f"{name}={value}" for name, value in self._client.cookies.items())
        url = self._address.replace("http", "ws", 1) + "/api/live"
        while True:
            try:
                async with connect(
                    url,
                    origin=self._address,  # type: ignore[arg-type]  # a NewType
                    additional_headers={"Cookie": cookie},
                    open_timeout=3,
                    close_timeout=0.2,
                    ping_interval=None,
                    max_size=None,
                ) as socket:
                    await self._serve(socket)
            except (OSError, TimeoutError, WebSocketException, EOFError):
                self.live.clear()
            await asyncio.sleep(AGAIN_S / 5)

    async def _serve(self, socket: ClientConnection) -> None:
        resume = {"epoch": self._epoch, "after": self._seq}
        await socket.send(orjson.dumps({"resume": resume}).decode())
        while True:
            async with asyncio.timeout(SILENCE_S):
                frame = orjson.loads(await socket.recv())
            if frame.get("type") == "heartbeat":
                await socket.send(orjson.dumps({"alive": frame["seq"]}).decode())
            else:
                self._take(frame)

    def _take(self, frame: dict[str, Any]) -> None:
        if "reset" in frame or "resumed" in frame:
            self._first_answer(frame)
        elif "live" in frame:
            self.live.set()
        elif "seq" in frame:
            self._apply(frame)
        elif frame["type"] == "condition":
            self.lamps = {one["key"]: one for one in frame["data"]}
        elif frame["type"] == "positions":
            for one in frame["data"]:
                self.units.setdefault(one["radio_id"], []).append(time.monotonic())
        elif frame["type"] in ALARMS:
            self._note(frame["data"])

    def _first_answer(self, frame: dict[str, Any]) -> None:
        if "reset" in frame:
            self.resets += 1
            self._epoch, self._seq = frame["epoch"], frame["seq"]
            for one in frame["emergencies"]:
                self.raised[one["id"]] = self.raised[one["id"]] or 1
        elif frame["from"] != self._seq + 1:
            self.faults.append(f"resumed from {frame['from']} after {self._seq}")
        self._note(frame["emergencies"])

    def _apply(self, frame: dict[str, Any]) -> None:
        seq, data = frame["seq"], frame["data"]
        if seq != self._seq + 1:
            self.faults.append(f"event {seq} after {self._seq}")
        self._seq = max(seq, self._seq)
        if frame["type"].startswith("emergency."):
            self.states[data["id"]] = (data["state"], data["acknowledged_by"])
        if frame["type"] == "emergency.raised":
            self.raised[data["id"]] += 1
            self._note([data])

    def _note(self, alarms: list[dict[str, Any]]) -> None:
        for one in alarms:
            if one.get("lat") is not None:
                self.alarms.setdefault(number_of(one["lat"], one["lon"]), time.monotonic())


@asynccontextmanager
async def console(client: httpx.AsyncClient, address: str = "") -> AsyncIterator[Console]:
    """A console with the session of `client`, that is live when the block begins."""
    made = Console(client, address or str(client.base_url).rstrip("/"))
    task = asyncio.create_task(made.follow(), name="console")
    try:
        async with asyncio.timeout(20):
            await made.live.wait()
        yield made
    finally:
        task.cancel()
        await asyncio.wait({task})
