import asyncio
from pathlib import Path

import httpx
import pytest

from dispatch.auth.attempts import desk_of
from dispatch.auth.identity import Role
from tests.dispatch.desk import PASSWORD, Desk, open_desk


async def sign_in(client: httpx.AsyncClient, name: str, password: str = PASSWORD) -> httpx.Response:
    return await client.post("/api/session", json={"name": name, "password": password})


async def test_a_password_opens_a_session_with_a_fenced_cookie(desk: Desk) -> None:
    await desk.signed_in("anna")
    client = desk.client()

    answer = await sign_in(client, "  Anna ")

    assert answer.status_code == 200
    assert answer.json() == {
        "user": {
            "id": 1,
            "name": "anna",
            "display_name": "Anna",
            "role": "administrator",
            "agency_ids": [],
            "language": "lv",
            "disabled": False,
        },
        "expires_at": "2026-11-23T00:00:00.000Z",
    }
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith("sardze_session=")
    for flag in ("httponly", "samesite=strict", "path=/"):
        assert flag in cookie
    assert "domain" not in cookie
    assert "secure" not in cookie  # plain http on the machine itself


async def test_over_https_the_cookie_belongs_to_this_host_alone(
    database_url: str, tmp_path: Path
) -> None:
    address = "https://desk.test"
    async with open_desk(database_url, tmp_path, allowed_origins=[address]) as desk:
        token = await desk.user("anna")
        client = desk.client(origin=address)
        client.base_url = httpx.URL(address)

        answer = await client.post("/api/session", json={"token": token})

        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-sardze_session=")
        assert "Secure" in cookie
        assert (await client.get("/api/session")).status_code == 200


@pytest.mark.parametrize(
    ("name", "password"), [("anna", "wrong"), ("nobody", PASSWORD), ("ANNA'--", PASSWORD)]
)
async def test_wrong_name_and_wrong_password_look_the_same(
    desk: Desk, name: str, password: str
) -> None:
    await desk.signed_in("anna")

    answer = await sign_in(desk.client(), name, password)

    assert answer.status_code == 401
    assert answer.json() == {
        "code": "wrong_name_or_password",
        "detail": "The name or the password is wrong.",
    }


async def test_a_user_without_password_cannot_sign_in_by_one(desk: Desk) -> None:
    await desk.user("anna")
    for password in ("", "nobody's password"):
        answer = await sign_in(desk.client(), "anna", password)
        assert answer.status_code in (401, 422)


async def test_guessing_is_slowed_for_that_address_only(desk: Desk) -> None:
    await desk.signed_in("anna")
    guesser, anna = desk.client("203.0.113.7"), desk.client("192.0.2.1")

    answers = [(await sign_in(guesser, "anna", "guess")).status_code for _ in range(8)]
    blocked = await sign_in(guesser, "anna", PASSWORD)

    assert answers == [401] * 5 + [429] * 3
    assert blocked.status_code == 429
    assert blocked.json()["code"] == "too_many_attempts"
    assert 1 <= int(blocked.headers["retry-after"]) <= 300
    assert (await sign_in(anna, "anna")).status_code == 200


async def test_parallel_guesses_do_not_slip_past_the_limit(desk: Desk) -> None:
    await desk.signed_in("anna")
    guesser = desk.client("203.0.113.7")

    answers = await asyncio.gather(*(sign_in(guesser, "anna", f"guess {n}") for n in range(20)))

    assert sorted(a.status_code for a in answers) == [401] * 5 + [429] * 15


async def test_a_machine_with_many_ipv6_addresses_is_one_desk(desk: Desk) -> None:
    await desk.signed_in("anna")
    guessers = [desk.client(f"2001:db8:7:1:{n:x}::9") for n in range(8)]

    answers = [(await sign_in(one, "anna", "guess")).status_code for one in guessers]

    assert answers == [401] * 5 + [429] * 3
    assert (await sign_in(desk.client("2001:db8:7:2::9"), "anna")).status_code == 200


@pytest.mark.parametrize(
    ("address", "desk"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:7:1:8::9", "2001:db8:7:1::/64"),
        ("fe80::1%eth0", "fe80::1%eth0"),
        ("", ""),
        ("a socket", "a socket"),
    ],
)
def test_what_counts_as_one_desk(address: str, desk: str) -> None:
    assert desk_of(address) == desk


async def test_many_names_from_one_address_are_slowed_too(desk: Desk) -> None:
    guesser = desk.client("203.0.113.7")
    answers = [(await sign_in(guesser, f"user{n}", "guess")).status_code for n in range(62)]
    assert answers == [401] * 60 + [429] * 2


async def test_a_link_opens_one_session_only(desk: Desk) -> None:
    token = await desk.user("anna")
    first, second = desk.client(), desk.client()

    answers = await asyncio.gather(
        *(client.post("/api/session", json={"token": token}) for client in (first, second))
    )

    assert sorted(a.status_code for a in answers) == [200, 401]
    refused = next(a for a in answers if a.status_code == 401)
    assert refused.json()["code"] == "link_used_or_expired"


async def test_a_link_works_for_a_quarter_of_an_hour(desk: Desk) -> None:
    early, late = await desk.user("anna"), await desk.user("berta")
    desk.clock.forward(minutes=14, seconds=59)
    assert (await desk.client().post("/api/session", json={"token": early})).status_code == 200
    desk.clock.forward(seconds=1)
    assert (await desk.client().post("/api/session", json={"token": late})).status_code == 401


async def test_a_new_link_ends_the_older_one(desk: Desk) -> None:
    admin = await desk.signed_in("chief")
    old = await desk.user("anna")

    new = (await admin.post("/api/users/2/sign-in-link")).json()["sign_in_token"]

    assert (await desk.client().post("/api/session", json={"token": old})).status_code == 401
    assert (await desk.client().post("/api/session", json={"token": new})).status_code == 200


async def test_session_state_says_what_the_console_needs(desk: Desk) -> None:
    token = await desk.user("anna")
    client = desk.client()
    await client.post("/api/session", json={"token": token})

    state = (await client.get("/api/session")).json()

    assert state["user"]["name"] == "anna"
    assert state["demo"] is False
    assert state["password_set"] is False
    assert state["console"]["map"] == {"pmtiles": False, "tile_url": None, "attribution": ""}
    assert state["console"]["templates"][0] == {
        "key": "call_me",
        "lv": "Sazinieties ar dežurantu.",
        "lt": "Susisiekite su budėtoju.",
        "en": "Contact the dispatcher.",
    }
    await client.put("/api/session/password", json={"password": PASSWORD})
    assert (await client.get("/api/session")).json()["password_set"] is True


async def test_an_unused_session_ends_after_the_idle_time(desk: Desk) -> None:
    client = await desk.signed_in("anna")
    for _ in range(3):  # use keeps it alive
        desk.clock.forward(minutes=29)
        assert (await client.get("/api/session")).status_code == 200
    desk.clock.forward(minutes=30)
    answer = await client.get("/api/session")
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")


async def test_every_session_ends_with_the_shift(desk: Desk) -> None:
    client = await desk.signed_in("anna")
    for _ in range(12 * 3 - 1):
        desk.clock.forward(minutes=20)
        assert (await client.get("/api/session")).status_code == 200
    desk.clock.forward(minutes=20)
    assert (await client.get("/api/session")).status_code == 401


async def test_use_is_remembered_over_a_restart(desk: Desk, database_url: str) -> None:
    client = await desk.signed_in("anna")
    desk.clock.forward(minutes=25)
    await client.get("/api/session")
    await desk.app.state.sessions.tidy()
    desk.clock.forward(minutes=25)
    async with open_desk(database_url, desk.app.state.settings.source.parent) as restarted:
        restarted.clock.at = desk.clock.at
        again = restarted.client()
        again.cookies = client.cookies
        assert (await again.get("/api/session")).status_code == 200


async def test_signing_out_makes_the_cookie_worthless(desk: Desk) -> None:
    client = await desk.signed_in("anna")
    stolen = dict(client.cookies)
    ended: list[int] = []
    desk.app.state.sessions.on_end(ended.append)

    assert (await client.delete("/api/session")).status_code == 204

    thief = desk.client()
    thief.cookies.update(stolen)
    assert (await thief.get("/api/session")).status_code == 401
    assert len(ended) == 1  # the hub closes the WebSockets of that session


async def test_expired_sessions_are_told_and_removed(desk: Desk) -> None:
    await desk.signed_in("anna")
    ended: list[int] = []
    desk.app.state.sessions.on_end(ended.append)
    desk.clock.forward(hours=13)
    await desk.app.state.sessions.tidy()
    await desk.app.state.sessions.tidy()
    assert len(ended) == 1


async def test_a_new_password_ends_the_other_sessions(desk: Desk) -> None:
    here = await desk.signed_in("anna")
    there = desk.client()
    await sign_in(there, "anna")

    change = {"password": "another long password", "current": PASSWORD}
    assert (await here.put("/api/session/password", json=change)).status_code == 204

    assert (await here.get("/api/session")).status_code == 200
    assert (await there.get("/api/session")).status_code == 401
    assert (await sign_in(desk.client(), "anna")).status_code == 401


async def test_changing_a_password_needs_the_current_one(desk: Desk) -> None:
    await desk.signed_in("anna")
    client = desk.client()
    await sign_in(client, "anna")
    for change in (
        {"password": "another long password"},
        {"password": "another long password", "current": "wrong"},
    ):
        answer = await client.put("/api/session/password", json=change)
        assert (answer.status_code, answer.json()["code"]) == (403, "wrong_password")


async def test_short_passwords_are_refused(desk: Desk) -> None:
    client = await desk.signed_in("anna")
    answer = await client.put("/api/session/password", json={"password": "elevenchars"})
    assert (answer.status_code, answer.json()["code"]) == (422, "password_too_short")


async def test_a_disabled_user_is_out_at_once(desk: Desk) -> None:
    admin = await desk.signed_in("chief")
    agency = await desk.agency("liepaja")
    anna = await desk.signed_in("anna", Role.DISPATCHER, (agency,))

    answer = await admin.patch("/api/users/2", json={"disabled": True})

    assert answer.json()["user"]["disabled"] is True
    assert (await anna.get("/api/session")).status_code == 401
    assert (await sign_in(desk.client(), "anna")).status_code == 401


async def test_tokens_and_passwords_are_stored_hashed_only(desk: Desk) -> None:
    token = await desk.user("anna")
    client = desk.client()
    await client.post("/api/session", json={"token": token})
    await client.put("/api/session/password", json={"password": PASSWORD})
    dump = []
    async with desk.database.read() as session:
        connection = await session.connection()
        for table in ("user_account", "user_session", "sign_in_link", "access_log"):
            rows = await connection.exec_driver_sql(f"SELECT * FROM {table}")  # noqa: S608 - ours
            dump += [str(row) for row in rows]
    stored = "\n".join(dump)
    assert "$argon2id$" in stored
    for secret in (token, PASSWORD, client.cookies["sardze_session"]):
        assert secret not in stored
