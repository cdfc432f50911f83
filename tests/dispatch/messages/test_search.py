"""Texts are found by their words, whatever is typed, on both databases."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from dispatch.db import newest
from dispatch.db.words import LONGEST_WORD, Sought, words_of
from dispatch.live.scope import EVERYTHING, Scope
from dispatch.messages import service
from dispatch.messages.filters import MessageFilter
from dispatch.messages.models import MessageState
from radio_gateway.domain.events import TextReceived
from tests.dispatch.desk import Desk
from tests.dispatch.world import LINK, OURS, THEIRS, World, moment

TEXTS = (
    "Atgriezieties bāzē",
    "Patruliuojame Šventojoje, ramu",
    "Šventoji: avārija pie tilta, 2 cietušie",
    "LV-3401 Audi A4, числа неверны",
    "100% gatavs \N{OK HAND SIGN}",
)
ODD = [
    "",
    " ",
    "'",
    '"',
    "''; DROP TABLE message; --",
    "a:* & !b | (c",
    "NEAR(a b) AND NOT c OR *",
    "words: ^tilta + {x}",
    "%_\\",
    "\N{OK HAND SIGN}\N{POLICE CAR}",
    "\u0301\u200d\u202e",
    "x " * 40,
    "x" * 100,
]


async def hear_texts(world: World, *texts: str) -> None:
    await world.hear(
        *(
            TextReceived(link=LINK, at=moment(n), radio=OURS, text=one)
            for n, one in enumerate(texts or TEXTS)
        )
    )


async def found(world: World, wanted: MessageFilter, scope: Scope = EVERYTHING) -> list[str]:
    async with world.database.read() as session:
        page = await service.search(session, wanted, scope, None, 50)
    return [one.text for one in page.items]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Sventoji", [2]),
        ("sventoj", [2, 1]),
        ("ŠVENTOJI avarija", [2]),
        ("tilta šven", [2]),
        ("sven tilta", []),
        ("baze", [0]),
        ("3401", [3]),
        ("lv-3401", [3]),
        ("ЧИСЛА", [3]),
        ("100%", [4]),
        ("entoji", []),
        ("!!!", []),
    ],
)
async def test_words_are_found_without_case_and_diacritics(
    world: World, typed: str, expected: list[int]
) -> None:
    await hear_texts(world)
    assert await found(world, MessageFilter(q=typed)) == [TEXTS[n] for n in expected]


@pytest.mark.parametrize("window", [0, 1, 3000])
@pytest.mark.parametrize("common", [0, 20_000])
async def test_every_plan_finds_the_same(
    world: World, window: int, common: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(newest, "WINDOW", window)
    monkeypatch.setattr(newest, "COMMON", common)
    texts = [f"patrol {'tilts' if n % 3 else 'centrs'} {n}" for n in range(12)]
    await hear_texts(world, *texts)
    wanted = MessageFilter(q="tilt", state=MessageState.RECEIVED, radio_id=1)
    seen: list[str] = []
    cursor = None
    while True:
        async with world.database.read() as session:
            page = await service.search(session, wanted, Scope(frozenset({1, 2})), cursor, 3)
        seen += [one.text for one in page.items]
        if (cursor := page.next) is None:
            break
    assert seen == [one for one in reversed(texts) if "tilts" in one]
    assert await found(world, MessageFilter(q="tilts", radio_id=2)) == []
    assert await found(world, MessageFilter(q="tilts", until=moment(0).utc)) == []


async def test_a_search_shows_no_text_of_another_agency(world: World) -> None:
    await hear_texts(world, "noslēpums")
    theirs = TextReceived(link="akropolis", at=moment(9), radio=THEIRS, text="noslēpums Klaipėda")
    await world.hear(theirs)
    assert len(await found(world, MessageFilter(q="noslepums"))) == 2
    assert await found(world, MessageFilter(q="noslepums"), Scope(frozenset({1}))) == ["noslēpums"]
    assert await found(world, MessageFilter(q="noslepums"), Scope(frozenset())) == []


async def test_an_erased_text_leaves_nothing_in_the_index(world: World) -> None:
    await hear_texts(world, "tilts", "tilts un centrs")
    async with world.database.write() as session:
        await session.execute(text("DELETE FROM message WHERE text = 'tilts'"))
    assert await found(world, MessageFilter(q="tilts")) == ["tilts un centrs"]
    if world.database.is_sqlite:
        async with world.database.write() as session:
            check = "INSERT INTO message_words(message_words, rank) VALUES ('integrity-check', 1)"
            await session.execute(text(check))


@pytest.mark.parametrize("typed", ODD)
async def test_odd_words_are_no_fault(desk: Desk, typed: str) -> None:
    client = await desk.signed_in("anna")
    for path in ("/api/messages", "/api/calls"):
        answer = await client.get(path, params={"q": typed})
        assert answer.status_code == 200, answer.text
        assert answer.json() == {"items": [], "next": None}


async def test_too_long_a_search_is_refused(desk: Desk) -> None:
    client = await desk.signed_in("anna")
    for path in ("/api/messages", "/api/calls"):
        answer: httpx.Response = await client.get(path, params={"q": "ā" * 10_000})
        assert answer.status_code == 422
        assert answer.json()["code"] == "invalid_request"


async def test_odd_words_are_no_fault_of_either_database(world: World) -> None:
    await hear_texts(world, *(one * 10 for one in ODD if one), "\0 tilts \ud800")
    for typed in (*ODD, "ā" * 10_000, "\0", "\ud800"):
        await found(world, MessageFilter(q=typed))
    assert len(await found(world, MessageFilter(q="drop table"))) == 1
    assert len(await found(world, MessageFilter(q="tilt"))) == 2


@given(st.text())
def test_words_hold_no_sign_of_a_query_language(typed: str) -> None:
    for word in words_of([typed]):
        assert 0 < len(word) <= LONGEST_WORD
        assert not set(word) & set(" \t\n'\"&|!():*<>\\^+-{}%_\0")
        assert words_of([word]) == (word,)
    assert len(Sought.of(typed).words) <= 12


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Ģirts Ķēniņš, Žemaičių g. 5", "girts kenins zemaiciu g 5"),
        ("Łódź Œuvre ß Ⅳ ½ İstanbul", "lodz oeuvre ss iv 1 2 istanbul"),
        ("Ёлка ёлка ЁЛКА", "елка"),
        ("snake_case e-pasts@liepaja.lv", "snake case e pasts liepaja lv"),
    ],
)
def test_letters_are_folded(typed: str, words: str) -> None:
    assert " ".join(words_of([typed])) == words
