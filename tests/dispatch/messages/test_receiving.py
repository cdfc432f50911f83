"""Texts that come together are stored together, and as if each had come alone."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import text

from dispatch.live.log import read_log
from dispatch.live.scope import EVERYTHING
from dispatch.messages.filters import MessageFilter
from dispatch.messages.receiving import REPETITION
from dispatch.messages.service import search
from radio_gateway.domain.events import StatusReceived, TextReceived
from radio_gateway.domain.moment import Moment
from tests.dispatch.world import GROUP, LINK, OURS, THEIRS, World, moment


def words(said: str, reference: str | None, second: float = 0.0) -> TextReceived:
    return TextReceived(
        link=LINK, at=moment(second), radio=OURS, text=said, reference=reference, talkgroup=GROUP
    )


async def test_many_at_once_keep_their_order_and_lose_repetitions(world: World) -> None:
    first = words("viens", "1")
    theirs = replace(first, radio=THEIRS, link="akropolis", text="cits radio", talkgroup=None)
    much_later = Moment(0.0, first.at.utc + REPETITION + timedelta(seconds=1))
    status = StatusReceived(link=LINK, at=moment(3.0), radio=OURS, status=1)
    await world.hear(words("agrs", "9"))
    await world.hear(
        first,
        words("bez numura", None, 1.0),
        words("bez numura", None, 1.0),
        words("viens", "1", 2.0),
        status,
        words("agrs", "9", 4.0),
        theirs,
        replace(first, at=much_later, text="viens no jauna"),
    )
    told = [
        one["data"]["text"] if one["type"] == "message.created" else one["type"]
        for one in world.told()
        if one["type"] in ("message.created", "status.received")
    ]
    assert told == [
        "agrs",
        "viens",
        "bez numura",
        "bez numura",
        "status.received",
        "cits radio",
        "viens no jauna",
    ]
    numbers = [one["seq"] for one in world.told()]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    async with world.database.read() as session:
        query = (
            "SELECT message.text, message.radio_id, message_state.state, message_state.message_id "
            "FROM message JOIN message_state ON message_id = message.id ORDER BY message.id"
        )
        stored = [tuple(row) for row in (await session.execute(text(query))).all()]
    assert [row[:3] for row in stored] == [
        ("agrs", 1, "received"),
        ("viens", 1, "received"),
        ("bez numura", 1, "received"),
        ("bez numura", 1, "received"),
        ("cits radio", 2, "received"),
        ("viens no jauna", 1, "received"),
    ]
    views = [one["data"] for one in world.told("message.created")]
    assert [one["id"] for one in views] == [row[3] for row in stored]
    assert {step["state"] for one in views for step in one["history"]} == {"received"}


async def test_the_log_holds_octet_for_octet_what_a_list_shows(world: World) -> None:
    await world.hear(
        words('Šventoji: "krustojums" \\ 3\u20ac\t\U0001f693\0', "7", 0.25),
        replace(words("", None), talkgroup=None, called=THEIRS),
        replace(words("cits", "8"), radio=THEIRS, link="akropolis", talkgroup=None),
    )
    async with world.database.read() as session:
        page = await search(session, MessageFilter(), EVERYTHING, None, 50)
        logged = await read_log(session, 0, 1000)
    data = [
        one.json.partition('"data":')[2][:-1]
        for one in logged
        if '"type":"message.created"' in one.json
    ]
    assert sorted(data) == sorted(one.model_dump_json() for one in page.items)
    assert len(data) == 3
