"""A dispatcher at work: orders with a key, repeated until they are answered."""

import asyncio
import itertools
from typing import Any

import httpx

from tests.faults.ledger import Class, Ledger
from tests.faults.waiting import eventually_async

BETWEEN_S = 0.05
_AGAIN = (429, 500, 502, 503)


class Dispatcher:
    """Writes to one radio and takes charge of every alarm that it sees."""

    def __init__(self, client: httpx.AsyncClient, ledger: Ledger, name: str = "desk") -> None:
        self.client = client
        self.faults: list[str] = []
        "Answers that should never come, such as 500."
        self._ledger = ledger
        self._name = name
        self._numbers = itertools.count(1)

    async def find_radio(self, number: int) -> int:
        """Id of the radio with this number, once it is known."""

        async def ask() -> int | None:
            answer = await self._asked("GET", "/api/radios", params={"limit": 200})
            radios = answer.json()["items"] if answer is not None else []
            return next((int(one["id"]) for one in radios if one["number"] == number), None)

        found = await eventually_async(ask, f"radio {number}")
        assert found is not None
        return found

    async def write(self, radio_id: int) -> None:
        """One text with a key of its own, sent again until the server answers."""
        number = next(self._numbers)
        words = f"{self._name} {number}"
        await self.order(
            "/api/messages", {"radio_id": radio_id, "text": words}, f"{self._name}-{number:08}"
        )
        self._ledger.note(Class.ORDER, words)

    async def take_charge(self) -> None:
        """Acknowledge what is raised, and close it."""
        answer = await self._asked("GET", "/api/emergencies", params={"state": "raised"})
        for alarm in answer.json()["items"] if answer is not None else []:
            path = f"/api/emergencies/{alarm['id']}/acknowledge"
            done = await self.order(path, {}, f"{self._name}-take-{alarm['id']:08}")
            if done.status_code == 200:
                self._ledger.note(Class.STEP, alarm["id"])
            path, key = (
                f"/api/emergencies/{alarm['id']}/close",
                f"{self._name}-end-{alarm['id']:08}",
            )
            await self.order(path, {"reason": "drill"}, key)

    async def order(self, path: str, body: dict[str, Any], key: str) -> httpx.Response:
        """Post until there is an answer that says what became of it."""
        while True:
            headers = {"Idempotency-Key": key}
            answer = await self._asked("POST", path, json=body, headers=headers)
            if answer is not None and answer.status_code not in _AGAIN:
                return answer
            await asyncio.sleep(BETWEEN_S)

    async def work(self, radio_id: int) -> None:
        """Write and take charge until cancelled."""
        while True:
            await self.write(radio_id)
            await self.take_charge()
            await asyncio.sleep(BETWEEN_S)

    async def _asked(self, method: str, path: str, **more: Any) -> httpx.Response | None:
        """An answer; None while nobody is there."""
        try:
            answer = await self.client.request(method, path, **more)
        except httpx.TransportError:
            return None
        if answer.status_code == 500 or (answer.status_code >= 400 and answer.status_code < 409):
            self.faults.append(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
        return answer if answer.status_code < 500 else None
