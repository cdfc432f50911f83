"""The radio side of the HTTP surface: exact shapes, one effect per key, one's own agency only."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from dispatch.auth.identity import Role
from dispatch.shared import Shared
from radio_gateway.domain.events import (
    EmergencyRaised,
    EmergencySource,
    PositionReported,
    PositionSource,
    TextReceived,
)
from radio_gateway.domain.geo import GeoPoint
from tests.dispatch.console import dispatcher, furnish, hear
from tests.dispatch.desk import Desk
from tests.dispatch.world import LINK, OURS, START, THEIRS, every_event, moment

KEY = {"Idempotency-Key": "0123456789abcdef"}


@pytest.fixture
async def shared(desk: Desk) -> Shared:
    return await furnish(desk)


@pytest.fixture
async def anna(desk: Desk, shared: Shared) -> httpx.AsyncClient:
    return await dispatcher(desk)


async def count(shared: Shared, query: str) -> int:
    async with shared.database.read() as session:
        return int((await session.execute(text(query))).scalar_one())


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_a_snapshot_holds_everything_of_ones_agency(
    anna: httpx.AsyncClient, shared: Shared
) -> None:
    await hear(shared, *every_event())
    await hear(shared, TextReceived(link="akropolis", at=moment(), radio=THEIRS, text="secret"))
    answer = await anna.get("/api/snapshot")
    assert answer.status_code == 200
    got = answer.json()
    assert got["seq"] == shared.hub.last_seq
    assert got["epoch"] == shared.hub.epoch
    assert got["demo"] is False
    assert [one["code"] for one in got["agencies"]] == ["liepaja"]
    assert [one["call_sign"] for one in got["units"]] == ["liepaja-1"]
    assert sorted(one["id"] for one in got["radios"]) == [1, 3]
    assert [(one["kind"], one["text"]) for one in got["messages"]] == [
        ("call_alert", ""),
        ("text", "Klausos"),
    ]
    assert [one["call"] for one in got["calls"]] == []  # older than half an hour
    assert [one["state"] for one in got["emergencies"]] == ["raised"]
    assert [(one["name"], one["site"], one["kind"]) for one in got["links"]] == [
        (LINK, None, "hytera")
    ]
    assert set(got["positions"][0]) == {
        "radio_id",
        "unit_id",
        "lat",
        "lon",
        "heard_at",
        "fixed_at",
        "speed_kmh",
        "bearing_deg",
        "error_m",
        "altitude_m",
        "source",
        "stale",
        "verified",
    }
    assert "secret" not in answer.text


async def test_lists_show_ones_own_agency_and_page(
    desk: Desk, anna: httpx.AsyncClient, shared: Shared
) -> None:
    for name, own in (("units", [1]), ("radios", [1, 3]), ("talkgroups", [1]), ("agencies", [1])):
        answer = await anna.get(f"/api/{name}")
        assert [one["id"] for one in answer.json()["items"]] == own, name
    chief = await desk.signed_in("chief")
    first = (await chief.get("/api/radios", params={"limit": 2})).json()
    assert [one["id"] for one in first["items"]] == [1, 2]
    rest = (await chief.get("/api/radios", params={"cursor": first["next"]})).json()
    assert ([one["id"] for one in rest["items"]], rest["next"]) == ([3], None)


async def test_a_text_has_one_effect_per_key(anna: httpx.AsyncClient, shared: Shared) -> None:
    body = {"radio_id": 1, "text": "Atgriezieties"}
    answers = await asyncio.gather(
        *(anna.post("/api/messages", json=body, headers=KEY) for _ in range(5))
    )
    assert {one.status_code for one in answers} == {201}
    assert len({one.text for one in answers}) == 1
    assert await count(shared, "SELECT count(*) FROM message") == 1
    message = answers[0].json()["message"]
    assert (message["user"], message["state"], message["direction"]) == ("anna", "queued", "out")
    other = await anna.post("/api/messages", json={**body, "text": "other"}, headers=KEY)
    assert code(other) == (409, "key_reused")
    assert await count(shared, "SELECT count(*) FROM access_log WHERE subject = 'messages'") == 1


async def test_the_answers_seq_is_that_of_the_event(
    anna: httpx.AsyncClient, shared: Shared
) -> None:
    answer = (await anna.post("/api/messages", json={"unit_id": 1, "text": "x"})).json()
    events = (await anna.get("/api/events", params={"after": answer["seq"] - 1})).json()
    assert events["items"][0]["seq"] == answer["seq"]
    assert events["items"][0]["type"] == "message.created"
    assert events["items"][0]["data"] == answer["message"]


async def test_cancel_and_retry(anna: httpx.AsyncClient, shared: Shared) -> None:
    sent = (await anna.post("/api/messages", json={"radio_id": 1, "text": "x"})).json()["message"]
    path = f"/api/messages/{sent['id']}"
    assert code(await anna.post(f"{path}/retry")) == (409, "not_repeatable")
    gone = (await anna.post(f"{path}/cancel")).json()["message"]
    assert (gone["state"], gone["detail"]) == ("failed", "cancelled")
    assert code(await anna.post(f"{path}/cancel")) == (409, "not_cancellable")
    again = (await anna.post(f"{path}/retry")).json()["message"]
    assert again["id"] != sent["id"]
    assert (again["text"], again["state"]) == ("x", "queued")
    assert (await anna.get(path)).json()["history"][-1]["detail"] == "cancelled"
    found = (await anna.get("/api/messages", params={"state": "failed"})).json()
    assert [one["id"] for one in found["items"]] == [sent["id"]]


async def test_the_first_to_acknowledge_wins_and_the_others_learn_who(
    desk: Desk, anna: httpx.AsyncClient, shared: Shared
) -> None:
    alarm = EmergencyRaised(link=LINK, at=moment(), radio=OURS, source=EmergencySource.ALARM)
    await hear(shared, alarm)
    berta = await dispatcher(desk, "berta")
    path = "/api/emergencies/1"
    assert code(await anna.post(f"{path}/close", json={"reason": "drill"})) == (
        409,
        "not_acknowledged",
    )
    answers = await asyncio.gather(
        *(one.post(f"{path}/acknowledge", json={}) for one in (anna, berta) for _ in range(4))
    )
    assert Counter(one.status_code for one in answers) == {200: 1, 409: 7}
    winner = next(one.json()["emergency"] for one in answers if one.status_code == 200)
    for one in answers:
        if one.status_code == 409:
            body = one.json()
            assert (body["code"], body["by"], body["at"]) == (
                "already_acknowledged",
                winner["acknowledged_by"],
                winner["acknowledged_at"],
            )
            assert body["emergency"]["id"] == 1
    ended = await anna.post(f"{path}/close", json={"reason": "handled", "note": "viss kārtībā"})
    assert ended.json()["emergency"]["close_reason"] == "handled"
    listed = (await anna.get("/api/emergencies", params={"state": "closed"})).json()["items"]
    actions = Counter(line["action"] for line in listed[0]["history"])
    assert actions == {"raised": 1, "acknowledged": 1, "closed": 1, "refused": 8}


async def test_repeating_an_acknowledgement_gives_the_first_answer(
    anna: httpx.AsyncClient, shared: Shared
) -> None:
    alarm = EmergencyRaised(link=LINK, at=moment(), radio=OURS, source=EmergencySource.ALARM)
    await hear(shared, alarm)
    first = await anna.post("/api/emergencies/1/acknowledge", json={}, headers=KEY)
    second = await anna.post("/api/emergencies/1/acknowledge", json={}, headers=KEY)
    assert (second.status_code, second.text) == (200, first.text)


async def test_units_are_set_by_dispatchers(anna: httpx.AsyncClient, shared: Shared) -> None:
    change = {"status": "busy", "status_note": " pie skolas "}
    answer = (await anna.patch("/api/units/1", json=change)).json()
    assert (answer["unit"]["status"], answer["unit"]["status_note"]) == ("busy", "pie skolas")
    assert answer["seq"] == shared.hub.last_seq
    assert code(await anna.patch("/api/units/1", json={"status": "asleep"})) == (
        422,
        "invalid_request",
    )


async def test_commands_ask_what_the_radio_can(
    desk: Desk, anna: httpx.AsyncClient, shared: Shared
) -> None:
    path = "/api/radios/1/commands"
    answer = await anna.post(path, json={"kind": "radio_check"}, headers=KEY)
    assert answer.status_code == 201
    assert answer.json()["command"] == {
        "id": 1,
        "kind": "radio_check",
        "radio_id": 1,
        "state": "queued",
        "detail": None,
        "user": "anna",
        "created_at": answer.json()["command"]["created_at"],
        "state_at": answer.json()["command"]["created_at"],
    }
    mute = await anna.post("/api/radios/3/commands", json={"kind": "call_alert"})
    assert code(mute) == (409, "radio_cannot")
    assert mute.json()["ability"] == "call_alert"
    assert code(await anna.post(path, json={"kind": "set_position_interval"})) == (
        422,
        "invalid_request",
    )
    assert code(await anna.post(path, json={"kind": "disable"})) == (403, "role_required")
    boss = await desk.signed_in("boss", Role.SUPERVISOR, (1,))
    assert (await boss.post(path, json={"kind": "disable"})).status_code == 201


async def test_tracks_are_thinned_evenly_and_long_ones_need_a_reason(
    desk: Desk, anna: httpx.AsyncClient, shared: Shared
) -> None:
    await hear(
        shared,
        *(
            PositionReported(
                link=LINK,
                at=moment(n),
                radio=OURS,
                point=GeoPoint(56.0 + n / 1000, 21.0),
                source=PositionSource.TRIGGERED,
            )
            for n in range(100)
        ),
    )

    async def track(client: httpx.AsyncClient, hours: float, **more: Any) -> httpx.Response:
        until = START + timedelta(hours=hours)
        span = {"since": START.isoformat(), "until": until.isoformat()}
        return await client.get("/api/units/1/track", params={**span, **more})

    whole = (await track(anna, 1)).json()
    assert (whole["total"], len(whole["points"]), whole["thinned"]) == (100, 100, False)
    thin = (await track(anna, 1, limit=10)).json()
    assert (thin["total"], thin["thinned"], thin["unit_id"]) == (100, True, 1)
    places = [round((one["lat"] - 56.0) * 1000) for one in thin["points"]]
    assert (places[0], places[-1]) == (0, 99)
    assert len(places) <= 10
    assert "unit_id" not in thin["points"][0]
    assert code(await track(anna, 8.1)) == (403, "reason_required")
    assert code(await track(anna, 8.1, reason="case 12")) == (403, "reason_required")
    assert code(await track(anna, 32 * 24)) == (422, "span_too_long")
    assert code(await track(anna, -1)) == (422, "invalid_request")
    boss = await desk.signed_in("boss", Role.SUPERVISOR, (1,))
    assert code(await track(boss, 8.1)) == (403, "reason_required")
    assert (await track(boss, 8.1, reason="case 12")).status_code == 200
    noted = "SELECT count(*) FROM access_log WHERE subject = 'track' AND reason = 'case 12'"
    assert await count(shared, noted) == 1


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "/api/units/2", {"status": "busy"}),
        ("GET", "/api/units/2/track?since=2026-03-01T08:00:00Z&until=2026-03-01T09:00:00Z", None),
        ("GET", "/api/messages/1", None),
        ("POST", "/api/messages/1/cancel", {}),
        ("POST", "/api/messages", {"radio_id": 2, "text": "x"}),
        ("POST", "/api/radios/2/commands", {"kind": "radio_check"}),
        ("POST", "/api/emergencies/1/acknowledge", {}),
        ("POST", "/api/emergencies/1/close", {"reason": "drill"}),
    ],
)
async def test_what_is_anothers_does_not_exist(
    anna: httpx.AsyncClient, shared: Shared, method: str, path: str, body: Any
) -> None:
    await hear(
        shared,
        TextReceived(link="akropolis", at=moment(), radio=THEIRS, text="secret"),
        EmergencyRaised(link="akropolis", at=moment(), radio=THEIRS, source=EmergencySource.ALARM),
    )
    assert code(await anna.request(method, path, json=body)) == (404, "not_found")


@pytest.mark.parametrize(
    "path",
    [
        "/api/calls?cursor=nonsense",
        "/api/calls?limit=0",
        "/api/calls?since=2026-03-01T08:00:00",
        "/api/radios?cursor=-1",
        f"/api/radios?cursor={2**70}",
        f"/api/messages/{2**70}",
        "/api/messages?state=lost",
        "/api/events",
        f"/api/events?after={2**70}",
        "/api/emergencies?until=tomorrow",
        f"/api/calls?unit_id={2**40}",
    ],
)
async def test_strange_questions_get_one_sentence(anna: httpx.AsyncClient, path: str) -> None:
    answer = await anna.get(path)
    assert code(answer) == (422, "invalid_request")
    assert answer.json()["detail"].endswith(".")


async def test_every_look_is_noted(anna: httpx.AsyncClient, shared: Shared) -> None:
    for path in ("snapshot", "calls", "messages", "emergencies", "positions/latest"):
        assert (await anna.get(f"/api/{path}")).status_code == 200
    async with shared.database.read() as session:
        rows = await session.execute(
            text("SELECT subject FROM access_log WHERE action = 'consultation' ORDER BY id")
        )
        assert list(rows.scalars()) == [
            "snapshot",
            "calls",
            "messages",
            "emergencies",
            "positions",
        ]


async def test_nothing_is_told_to_those_who_are_not_signed_in(desk: Desk, shared: Shared) -> None:
    nobody = desk.client()
    for path in ("snapshot", "events?after=0", "units", "links", "calls", "messages", "radios"):
        assert code(await nobody.get(f"/api/{path}")) == (401, "not_signed_in")


async def test_operations_have_names_of_their_own(desk: Desk) -> None:
    paths = desk.app.openapi()["paths"]
    names = [operation["operationId"] for path in paths.values() for operation in path.values()]
    assert len(names) == len(set(names))


def test_times_are_milliseconds_in_utc() -> None:
    from dispatch.answers import iso

    assert iso(datetime(2026, 3, 1, 8, 0, 0, 250_999, tzinfo=UTC)) == "2026-03-01T08:00:00.250Z"
