"""A time in a query is an instant of the years 1 to 9999 in UTC, or it is refused."""

import base64

import httpx
import pytest

from tests.dispatch.desk import Desk

RIGHT = "2026-11-22T10:00:00Z"
WRONG = [
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59.999999-12:00",
    "2026-11-22T10:00:00",
    "10000-01-01T00:00:00Z",
    "2026-02-30T00:00:00Z",
    "yesterday",
    "",
]
UTMOST = [
    ("0001-01-01T00:00:00Z", "0001-01-01T01:00:00Z"),
    ("9999-12-31T23:00:00Z", "9999-12-31T23:59:59.999999Z"),
    ("0001-01-01T14:00:00+14:00", "0001-01-01T14:30:00+14:00"),
]


def refused(answer: httpx.Response) -> None:
    assert answer.status_code == 422, f"{answer.request.url}: {answer.text}"
    error = answer.json()
    assert error["code"] == "invalid_request"
    assert error["detail"].endswith(".")
    assert "\n" not in error["detail"]


async def routes_with_times(client: httpx.AsyncClient) -> list[str]:
    document = (await client.get("/api/openapi.json")).json()
    found = [
        path.replace("{unit_id}", "1").replace("{name}", "calls")
        for path, operations in document["paths"].items()
        if "get" in operations
        if {"since", "until"} <= {one["name"] for one in operations["get"].get("parameters", [])}
    ]
    assert len(found) == 7
    return found


@pytest.mark.parametrize("wrong", WRONG)
async def test_no_route_takes_a_time_that_utc_cannot_say(desk: Desk, wrong: str) -> None:
    client = await desk.signed_in("anna")
    for path in await routes_with_times(client):
        refused(await client.get(path, params={"since": wrong, "until": RIGHT}))
        refused(await client.get(path, params={"since": RIGHT, "until": wrong}))


@pytest.mark.parametrize(("since", "until"), UTMOST)
async def test_the_first_and_the_last_instants_are_times(
    desk: Desk, since: str, until: str
) -> None:
    client = await desk.signed_in("anna")
    for path in await routes_with_times(client):
        answer = await client.get(path, params={"since": since, "until": until})
        # a place is asked for as well where positions are, and here none is named
        expected = {"/api/units/1/track": 404, "/api/positions": 422}.get(path, 200)
        assert answer.status_code == expected, f"{answer.request.url}: {answer.text}"


@pytest.mark.parametrize("at", WRONG)
async def test_an_invented_cursor_is_refused(desk: Desk, at: str) -> None:
    client = await desk.signed_in("anna")
    cursor = base64.urlsafe_b64encode(f"{at}|1".encode()).decode().rstrip("=")
    for path in ("/api/calls", "/api/messages", "/api/emergencies"):
        refused(await client.get(path, params={"cursor": cursor}))
