"""Several servers are one system: one order of events, one writer, and another when it fails."""

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx
import pytest

from tests.dispatch.postgres import create_database, running_server
from tests.e2e.shared_system import STANDS_BY, Site, console, writer_of
from tests.e2e.system import Running, items, signed_in, until
from tests.fakes.broker import running_broker
from tests.fakes.hytera_radio import HyteraRadio

TAKEN_OVER_S = 6.0
RADIO = 1201


@dataclass
class Town:
    """Two servers with a gateway, and an administrator who is signed in at both."""

    site: Site
    a: Running
    b: Running
    client: httpx.Client
    radio: HyteraRadio

    @property
    def addresses(self) -> tuple[str, str]:
        return self.a.address(), self.b.address()

    def get(self, address: str, path: str) -> httpx.Response:
        return self.client.get(address + path)

    def events(self, address: str) -> list[int]:
        """Numbers of all events, as the log has them."""
        found = self.get(address, "/api/events?after=0&limit=1000").json()
        return [one["seq"] for one in found["items"]]

    def texts(self, address: str) -> list[str]:
        """What radios wrote, oldest first."""
        with httpx.Client(base_url=address, cookies=self.client.cookies) as client:
            rows = items(client, "/api/messages", direction="in", limit=200)
        return [row["text"] for row in reversed(rows)]

    def all_texts(self, address: str, count: int) -> list[str]:
        """As `texts`, once there are so many."""
        until(lambda: len(self.texts(address)) >= count, f"{count} texts are stored")
        return self.texts(address)

    def is_delivered(self, address: str, path: str) -> bool:
        """Whether this server knows that the radio has the message."""
        return bool(self.get(address, path).json()["state"] == "delivered")


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with ExitStack() as stack:
        server = stack.enter_context(running_server())
        url = asyncio.run(create_database(server, "town"))
        site = Site(tmp_path, url, stack.enter_context(running_broker()))
        a = stack.enter_context(site.server("a"))
        b = stack.enter_context(site.server("b"))
        gateway = stack.enter_context(site.gateway())
        token = until(
            lambda: next((one.sign_in_token() for one in (a, b) if "#token=" in one.printed), None),
            "a way in",
            patience_s=60,
        )
        client = stack.enter_context(signed_in(_first(a, b), token))
        a.address(), b.address()
        gateway.wait_for("connected")
        radio = HyteraRadio("127.0.0.1", site.ports, RADIO, patience_s=30)
        stack.callback(radio.close)
        yield Town(site, a, b, client, radio)


def _first(a: Running, b: Running) -> str:
    """The one that made the first user says so; both know the user."""
    return a.address() if "#token=" in a.printed else b.address()


async def test_both_consoles_get_the_same_events_and_either_reaches_the_radio(town: Town) -> None:
    at_a, at_b = town.addresses
    first = town.get(at_a, "/api/snapshot").json()["seq"]
    async with (
        console(town.client, at_a, first) as left,
        console(town.client, at_b, first) as right,
    ):
        await asyncio.to_thread(town.radio.register)
        created = await right.until("radio.changed", number=RADIO)
        for number in range(20):
            await asyncio.to_thread(town.radio.text, f"text {number}")
        for one in (left, right):
            await one.until("message.created", text="text 19")

        # the server that does not write takes the order
        writer = writer_of(town.a, town.b)
        other = at_b if writer is town.a else at_a
        order = {"radio_id": created["data"]["id"], "text": "come in"}
        answer = await asyncio.to_thread(
            lambda: town.client.post(f"{other}/api/messages", json=order, headers={"Origin": other})
        )
        assert answer.status_code in (200, 201), answer.text
        assert await asyncio.to_thread(town.radio.accept_text) == "come in"
        done = [
            await one.until("message.changed", text="come in", state="delivered")
            for one in (left, right)
        ]
        assert done[0] == done[1]

        # positions are told by the writer, and reach the consoles of both
        await asyncio.to_thread(town.radio.emergency, "5655.0000", "02104.0000")
        raised = [await one.until("emergency.raised") for one in (left, right)]
        assert raised[0]["seq"] == raised[1]["seq"]
        for one in (left, right):
            await one.until("positions", radio_id=created["data"]["id"])

        last = max(left.numbers[-1], right.numbers[-1])
        await asyncio.gather(left.has(last), right.has(last))
        upto = list(range(first + 1, last + 1))
        assert left.numbers[: len(upto)] == right.numbers[: len(upto)] == upto
        assert left.frames[: len(upto)] == right.frames[: len(upto)]

        # signing out at one server ends the socket at the other
        left_at = time.monotonic()
        town.client.delete(f"{at_a}/api/session", headers={"Origin": at_a})
        assert await right.closed() == 4401
        assert await left.closed() == 4401
        assert time.monotonic() - left_at < 2


@pytest.mark.slow
async def test_the_other_server_takes_over_when_the_writer_is_killed(town: Town) -> None:
    town.radio.register()
    for number in range(10):
        town.radio.text(f"before {number}")
    writer = writer_of(town.a, town.b)
    heir = town.b if writer is town.a else town.a
    for number in range(10):  # some are in flight when it dies
        town.radio.text(f"during {number}")
    writer.kill()
    killed_at = time.monotonic()
    for number in range(10):
        town.radio.text(f"after {number}")
    address = heir.address()
    heir.wait_for("this process writes")
    assert time.monotonic() - killed_at < TAKEN_OVER_S

    said = [f"{when} {n}" for when in ("before", "during", "after") for n in range(10)]
    assert town.all_texts(address, len(said)) == said
    numbers = town.events(address)
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.slow
async def test_a_writer_that_slept_past_its_lease_writes_no_more(town: Town) -> None:
    town.radio.register()
    town.radio.text("before")
    writer = writer_of(town.a, town.b)
    heir = town.b if writer is town.a else town.a
    assert town.all_texts(heir.address(), 1) == ["before"]

    os.kill(writer.process.pid, signal.SIGSTOP)
    asleep_at = time.monotonic()
    for number in range(20):
        town.radio.text(f"asleep {number}")
    heir.wait_for("this process writes")
    assert time.monotonic() - asleep_at < TAKEN_OVER_S
    os.kill(writer.process.pid, signal.SIGCONT)
    writer.wait_for(STANDS_BY)
    for number in range(20):
        town.radio.text(f"awake {number}")

    said = ["before", *(f"{when} {n}" for when in ("asleep", "awake") for n in range(20))]
    for address in town.addresses:
        assert town.all_texts(address, len(said)) == said
        numbers = town.events(address)
        assert numbers == list(range(1, len(numbers) + 1))
    assert writer_of(town.a, town.b) is heir


@pytest.mark.slow
async def test_an_order_waits_for_the_broker(town: Town) -> None:
    at_a, at_b = town.addresses
    town.radio.register()
    town.radio.text("here")
    known = until(lambda: town.get(at_a, "/api/radios").json()["items"], "the radio is known")
    town.site.broker.kill()
    town.site.broker.wipe()
    asked_at = time.monotonic()
    answer = town.client.post(
        f"{at_b}/api/messages",
        json={"radio_id": known[0]["id"], "text": "stay there"},
        headers={"Origin": at_b},
    )
    assert answer.status_code in (200, 201), answer.text
    assert time.monotonic() - asked_at < 2
    assert answer.json()["message"]["state"] == "queued"
    town.site.broker.start()
    assert town.radio.accept_text() == "stay there"
    message = answer.json()["message"]["id"]
    path = f"/api/messages/{message}"
    for address in town.addresses:
        until(partial(town.is_delivered, address, path), "delivered")
