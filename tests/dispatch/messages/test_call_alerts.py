"""A radio asks to be called back: a message without words, told and kept as texts are."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

from dispatch.db import migrate
from dispatch.db.database import Database
from dispatch.live.scope import EVERYTHING, Scope
from dispatch.messages import service
from dispatch.messages.filters import MessageFilter
from dispatch.messages.schemas import MessageAnswer
from dispatch.messages.timer import ExpiryTimer
from radio_gateway.domain.events import CallAlertReceived, StatusReceived, TextReceived
from radio_gateway.domain.ids import RadioId
from tests.dispatch.conftest import sqlite_url
from tests.dispatch.postgres import create_database
from tests.dispatch.world import LINK, OURS, THEIRS, World, envelope, moment


def asks(second: float = 0.0, called: RadioId | None = None) -> CallAlertReceived:
    return CallAlertReceived(link=LINK, at=moment(second), radio=OURS, called=called)


def writes(said: str, second: float) -> TextReceived:
    return TextReceived(link=LINK, at=moment(second), radio=OURS, text=said)


async def test_it_is_one_message_without_words(world: World) -> None:
    one = envelope(asks(called=THEIRS))
    await world.store([one, one])
    await world.store([one])
    (told,) = world.told("message.created")
    assert told["data"] == {
        "id": told["data"]["id"],
        "direction": "in",
        "kind": "call_alert",
        "text": "",
        "radio_id": 1,
        "talkgroup_id": None,
        "called_radio_id": 2,
        "unit_id": 1,
        "agency_id": 1,
        "state": "received",
        "state_at": "2026-03-01T08:00:00.000Z",
        "created_at": "2026-03-01T08:00:00.000Z",
        "expires_at": None,
        "user": None,
        "detail": None,
        "reason": None,
        "waiting_for": None,
        "history": [
            {
                "state": "received",
                "at": "2026-03-01T08:00:00.000Z",
                "detail": None,
                "reason": None,
            }
        ],
    }
    async with world.database.read() as session:
        view = await service.message(session, told["data"]["id"], EVERYTHING)
        assert view.model_dump(mode="json") == told["data"]


async def test_who_asks_twice_is_told_twice(world: World) -> None:
    await world.hear(asks(0.0), asks(20.0))
    assert len(world.told("message.created")) == 2


async def test_it_keeps_its_place_among_texts(world: World) -> None:
    await world.hear(
        writes("viens", 0.0),
        asks(1.0),
        writes("divi", 2.0),
        StatusReceived(link=LINK, at=moment(3.0), radio=OURS, status=1),
        asks(4.0),
    )
    told = [
        (one["data"]["kind"], one["data"]["text"])
        if one["type"] == "message.created"
        else one["type"]
        for one in world.told()
        if one["type"] in ("message.created", "status.received")
    ]
    assert told == [
        ("text", "viens"),
        ("call_alert", ""),
        ("text", "divi"),
        "status.received",
        ("call_alert", ""),
    ]


async def test_only_its_own_agency_sees_it(world: World) -> None:
    await world.hear(asks(called=THEIRS))
    async with world.database.read() as session:
        for agencies, count in (({1}, 1), ({2}, 0)):
            scope = Scope(frozenset(agencies))
            page = await service.search(session, MessageFilter(), scope, None, 5)
            assert len(page.items) == count
            assert len(await service.recent(session, scope)) == count


async def test_it_waits_for_nothing_and_no_word_finds_it(world: World) -> None:
    await world.hear(asks())
    world.clock.forward(7 * 86_400)
    assert await ExpiryTimer(world.shared).tick() == 0
    async with world.database.write() as session:
        assert await service.send_again(session, world.shared, world.clock()) == 0
    assert world.shared.outbox.queued() == []
    async with world.database.read() as session:
        for words, count in (("call", 0), ("alert", 0), ("text", 0), (None, 1)):
            page = await service.search(session, MessageFilter(q=words), EVERYTHING, None, 5)
            assert len(page.items) == count, words


def test_an_answer_stored_before_there_were_kinds_is_a_text() -> None:
    stored = """{"message": {"id": 1, "direction": "out", "text": "x", "radio_id": 1,
        "talkgroup_id": null, "called_radio_id": null, "unit_id": null, "agency_id": 1,
        "state": "queued", "state_at": "2026-03-01T08:00:00.000Z",
        "created_at": "2026-03-01T08:00:00.000Z", "expires_at": null, "user": "anna",
        "detail": null, "reason": null, "waiting_for": null, "history": []}, "seq": 4}"""
    assert MessageAnswer.model_validate_json(stored).message.kind == "text"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Address of a database without any table."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path / "old.db")
    server = request.getfixturevalue("postgres_server")
    return asyncio.run(create_database(server, f"kind_{tmp_path.name}"[:60]))


async def test_what_was_stored_before_is_a_text_and_its_words_are_still_found(
    empty_url: str,
) -> None:
    await migrate.upgrade(empty_url, "0013")
    at = "'2026-03-01 08\\:00\\:00.000000'"
    columns = "id, direction, text, state, state_at, created_at"
    database = Database.open(empty_url)
    async with database.write() as session:
        for row in (f"1, 'in', 'Klausos', 'received', {at}, {at}", f"2, 'in', '', 'x', {at}, {at}"):
            await session.execute(text(f"INSERT INTO message ({columns}) VALUES ({row})"))  # noqa: S608  words of this file
    await database.close()
    await migrate.upgrade(empty_url, "0014")
    database = Database.open(empty_url)
    async with database.write() as session:
        kinds = await session.execute(text("SELECT id, kind FROM message ORDER BY id"))
        assert [tuple(row) for row in kinds] == [(1, "text"), (2, "text")]
        await session.execute(
            text(
                f"INSERT INTO message ({columns}, kind, words) "  # noqa: S608  words of this file
                f"VALUES (3, 'in', 'Avots', 'received', {at}, {at}, 'text', 'avots')"
            )
        )
    async with database.read() as session:
        page = await service.search(session, MessageFilter(q="avots"), EVERYTHING, None, 5)
        assert [one.id for one in page.items] == [3]
    await database.close()
    await migrate.downgrade(empty_url, "0013")
    database = Database.open(empty_url)
    async with database.read() as session:
        rows = await session.execute(text("SELECT id, text FROM message ORDER BY id"))
        assert [tuple(row) for row in rows] == [(1, "Klausos"), (2, ""), (3, "Avots")]
    await database.close()
