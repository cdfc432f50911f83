"""Two servers over one PostgreSQL database slow guessing down together."""

import asyncio
import math
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from dispatch.auth.attempts import SharedAttempts
from dispatch.auth.errors import TooManyAttemptsError
from tests.dispatch.desk import PASSWORD, Desk, open_desk
from tests.dispatch.postgres import migrated_database

BUSY = 8
"Other tests run on the same processors."
GUESSER = "203.0.113.7"


@pytest.fixture
async def desks(postgres_server: str, tmp_path: Path) -> AsyncIterator[tuple[Desk, Desk]]:
    """Two servers with engines of their own; anna has PASSWORD."""
    url = await asyncio.to_thread(migrated_database, postgres_server, tmp_path.name[:60])
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(open_desk(url, tmp_path))
        second = await stack.enter_async_context(open_desk(url, tmp_path))
        await first.signed_in("anna")
        yield first, second


async def sign_in(client: httpx.AsyncClient, name: str, password: str) -> httpx.Response:
    return await client.post("/api/session", json={"name": name, "password": password})


async def age(desk: Desk, seconds: float) -> None:
    """Let so much time go by for everything that was counted."""
    async with desk.database.write() as session:
        await session.execute(
            text("UPDATE sign_in_attempt SET at = at - make_interval(secs => :s)"), {"s": seconds}
        )


async def counted(desk: Desk) -> int:
    async with desk.database.read() as session:
        return int(
            (await session.execute(text("SELECT count(*) FROM sign_in_attempt"))).scalar_one()
        )


async def test_parallel_guesses_at_two_servers_share_one_limit(desks: tuple[Desk, Desk]) -> None:
    guessers = [desk.client(GUESSER) for desk in desks]

    answers = await asyncio.gather(
        *(sign_in(guessers[n % 2], "anna", f"guess {n}") for n in range(30))
    )

    assert sorted(a.status_code for a in answers) == [401] * 5 + [429] * 25
    waits = [int(a.headers["retry-after"]) for a in answers if a.status_code == 429]
    assert all(250 <= wait <= 300 for wait in waits)


async def test_the_true_user_comes_in_from_another_place_at_either(
    desks: tuple[Desk, Desk],
) -> None:
    for desk in desks:
        for n in range(4):
            await sign_in(desk.client(GUESSER), "anna", f"guess {n}")

    for desk in desks:
        assert (await sign_in(desk.client(GUESSER), "anna", PASSWORD)).status_code == 429
        assert (await sign_in(desk.client("192.0.2.1"), "anna", PASSWORD)).status_code == 200


async def test_many_names_from_one_address_are_counted_together(desks: tuple[Desk, Desk]) -> None:
    answers = [
        (await sign_in(desks[n % 2].client(GUESSER), f"user{n}", "guess")).status_code
        for n in range(62)
    ]
    assert answers == [401] * 60 + [429] * 2


async def test_a_success_at_one_is_forgiven_at_the_other(desks: tuple[Desk, Desk]) -> None:
    here, there = (desk.client(GUESSER) for desk in desks)
    for _ in range(4):
        assert (await sign_in(here, "anna", "guess")).status_code == 401
    assert (await sign_in(there, "anna", PASSWORD)).status_code == 200

    answers = [(await sign_in(here, "anna", "guess")).status_code for _ in range(6)]

    assert answers == [401] * 5 + [429]


async def test_the_window_moves_and_a_refused_attempt_does_not_prolong_it(
    desks: tuple[Desk, Desk],
) -> None:
    here, there = (desk.client(GUESSER) for desk in desks)
    for _ in range(5):
        await sign_in(here, "anna", "guess")
    await age(desks[0], 200)
    refused = await sign_in(there, "anna", PASSWORD)
    assert refused.status_code == 429
    assert math.isclose(int(refused.headers["retry-after"]), 100, abs_tol=30)

    await age(desks[0], 100)

    # `here` was never refused, so it remembers nothing
    assert (await sign_in(here, "anna", PASSWORD)).status_code == 200


async def test_who_was_refused_is_refused_for_a_second_without_asking_the_database(
    desks: tuple[Desk, Desk],
) -> None:
    at_s = 50.0
    attempts = SharedAttempts(desks[0].database, monotonic=lambda: at_s)
    for _ in range(5):
        await attempts.take("anna", GUESSER)
    with pytest.raises(TooManyAttemptsError):
        await attempts.take("anna", GUESSER)
    await age(desks[0], 600)

    at_s = 50.9
    with pytest.raises(TooManyAttemptsError):
        await attempts.take("anna", GUESSER)
    await attempts.take("anna", "192.0.2.1")
    at_s = 51.0
    await attempts.take("anna", GUESSER)


async def test_what_counts_no_more_is_removed(desks: tuple[Desk, Desk]) -> None:
    desk = desks[0]
    await sign_in(desk.client(GUESSER), "anna", "guess")
    before = await counted(desk)
    assert before > 0
    await desk.app.state.door.attempts.tidy()
    assert await counted(desk) == before
    await age(desk, 600)
    await desk.app.state.door.attempts.tidy()
    assert await counted(desk) == 0


async def test_requests_of_signed_in_people_count_nothing(desks: tuple[Desk, Desk]) -> None:
    desk = desks[0]
    client = await desk.signed_in("berta")
    before = await counted(desk)
    for _ in range(3):
        assert (await client.get("/api/session")).status_code == 200
    assert await counted(desk) == before


async def test_a_flood_of_guesses_delays_neither_the_true_user_nor_the_writer(
    desks: tuple[Desk, Desk],
) -> None:
    async def term() -> object:
        async with desks[0].database.read() as session:
            return (await session.execute(text("SELECT term FROM writer_lease"))).scalar_one()

    async def guess(number: int) -> list[int]:
        guesser = desks[number % 2].client(f"203.0.113.{number}")
        return [(await sign_in(guesser, "anna", f"{n}")).status_code for n in range(25)]

    before = await term()
    flood = [asyncio.create_task(guess(number)) for number in range(40)]
    began = time.monotonic()
    answers = [await sign_in(desk.client("192.0.2.1"), "anna", PASSWORD) for desk in desks]
    waited_s = time.monotonic() - began
    statuses = await asyncio.gather(*flood)

    assert [answer.status_code for answer in answers] == [200, 200]
    assert waited_s < 2 * BUSY
    assert all(found == [401] * 5 + [429] * 20 for found in statuses)
    assert await term() == before
