"""What a text becomes before it is stored and sent: one line without control characters."""

import httpx
import pytest

from dispatch.shared import Shared
from tests.dispatch.console import dispatcher, furnish
from tests.dispatch.desk import Desk

CONTROLS = [chr(code) for code in (*range(0x20), *range(0x7F, 0xA0))]
BLANKS = {"\n", "\t", "\r"}


@pytest.fixture
async def shared(desk: Desk) -> Shared:
    return await furnish(desk)


@pytest.fixture
async def anna(desk: Desk, shared: Shared) -> httpx.AsyncClient:
    return await dispatcher(desk)


async def send(client: httpx.AsyncClient, text: str) -> httpx.Response:
    return await client.post("/api/messages", json={"radio_id": 1, "text": text})


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("Ostas iela 12\nKuršu 3", "Ostas iela 12 Kuršu 3"),
        ("Ostas iela 12\r\nKuršu 3", "Ostas iela 12 Kuršu 3"),
        ("a\tb", "a b"),
        ("a\n\nb", "a  b"),
        ("a\x00b\x1b[31mc\x7fd\x9be", "ab[31mcde"),
        ("Žąsys, ėjo 🚓", "Žąsys, ėjo 🚓"),
    ],
)
async def test_a_text_is_one_line(anna: httpx.AsyncClient, text: str, sent: str) -> None:
    answer = await send(anna, text)
    assert answer.status_code == 201
    assert answer.json()["message"]["text"] == sent
    stored = await anna.get(f"/api/messages/{answer.json()['message']['id']}")
    assert stored.json()["text"] == sent


async def test_every_control_is_a_blank_or_nothing(anna: httpx.AsyncClient) -> None:
    assert len(CONTROLS) == 65
    for control in CONTROLS:
        message = (await send(anna, f"a{control}b")).json()["message"]
        assert message["text"] == ("a b" if control in BLANKS else "ab"), repr(control)


@pytest.mark.parametrize("text", ["\x00", "\n\t\r\n", " \x1b \x9f", "".join(CONTROLS)])
async def test_controls_alone_are_an_empty_text(anna: httpx.AsyncClient, text: str) -> None:
    answer = await send(anna, text)
    assert (answer.status_code, answer.json()["code"]) == (422, "text_empty")


async def test_what_is_removed_does_not_count(anna: httpx.AsyncClient, shared: Shared) -> None:
    (radio,) = [one for one in (await anna.get("/api/radios")).json()["items"] if one["id"] == 1]
    limit = radio["text_limit"]
    assert limit > 0
    assert (await send(anna, "\x07" * 2000 + "a" * limit)).status_code == 201
    assert (await send(anna, "a" * (limit - 2) + "\r\nb")).status_code == 201
    answer = await send(anna, "\x07" + "a" * (limit + 1))
    assert (answer.status_code, answer.json()["code"]) == (422, "text_too_long")
    assert (await send(anna, "a" * 2001)).status_code == 422
