import pytest

from dispatch.auth.identity import Role
from tests.dispatch.desk import Desk


async def test_an_added_user_comes_in_by_link_and_sees_own_agencies(desk: Desk) -> None:
    admin, agency = await desk.signed_in("chief"), await desk.agency("liepaja")

    answer = await admin.post(
        "/api/users",
        json={
            "name": "Anna.B",
            "display_name": "Anna Bērziņa",
            "role": "dispatcher",
            "agency_ids": [agency, agency],
            "language": "lv",
        },
    )

    assert answer.status_code == 201
    assert answer.json()["user"] == {
        "id": 2,
        "name": "anna.b",
        "display_name": "Anna Bērziņa",
        "role": "dispatcher",
        "agency_ids": [agency],
        "language": "lv",
        "disabled": False,
    }
    anna = desk.client()
    token = answer.json()["sign_in_token"]
    assert (await anna.post("/api/session", json={"token": token})).status_code == 200
    assert (await anna.get("/api/users")).json()["code"] == "role_required"


async def test_only_administrators_manage_users(desk: Desk) -> None:
    agency = await desk.agency("liepaja")
    for role in (Role.SUPERVISOR, Role.DISPATCHER):
        client = await desk.signed_in(role.value, role, (agency,))
        requests = [
            client.get("/api/users"),
            client.post("/api/users", json={"name": "x", "display_name": "x", "role": role.value}),
            client.patch("/api/users/1", json={"role": "administrator"}),
            client.post("/api/users/1/sign-in-link"),
        ]
        assert [(await request).status_code for request in requests] == [403] * 4
    assert (await desk.client().get("/api/users")).status_code == 401


FAULTS = [
    ({"name": "chief"}, 409, "name_taken"),
    ({"name": "CHIEF "}, 409, "name_taken"),
    ({"name": "an na"}, 422, "invalid_request"),
    ({"name": ""}, 422, "invalid_request"),
    ({"role": "boss"}, 422, "invalid_request"),
    ({"role": "dispatcher", "agency_ids": []}, 422, "invalid_request"),
    ({"role": "supervisor", "agency_ids": [99]}, 422, "unknown_agency"),
    ({"language": "de"}, 422, "invalid_request"),
    ({"password": "secret"}, 422, "invalid_request"),
]


@pytest.mark.parametrize(("change", "status", "code"), FAULTS)
async def test_users_that_cannot_be(
    desk: Desk, change: dict[str, object], status: int, code: str
) -> None:
    admin = await desk.signed_in("chief")
    body = {"name": "anna", "display_name": "Anna", "role": "administrator", **change}
    answer = await admin.post("/api/users", json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize("change", [{"role": "dispatcher", "agency_ids": [1]}, {"disabled": True}])
async def test_the_last_administrator_stays(desk: Desk, change: dict[str, object]) -> None:
    admin = await desk.signed_in("chief")
    await desk.agency("liepaja")
    answer = await admin.patch("/api/users/1", json=change)
    assert (answer.status_code, answer.json()["code"]) == (409, "last_administrator")

    await desk.user("second")
    assert (await admin.patch("/api/users/1", json=change)).status_code == 200


async def test_a_disabled_administrator_does_not_count(desk: Desk) -> None:
    admin = await desk.signed_in("chief")
    await desk.user("second")
    assert (await admin.patch("/api/users/2", json={"disabled": True})).status_code == 200
    answer = await admin.patch("/api/users/1", json={"disabled": True})
    assert answer.json()["code"] == "last_administrator"


async def test_users_are_listed_in_pages(desk: Desk) -> None:
    admin = await desk.signed_in("chief")
    for name in ("anna", "berta"):
        await desk.user(name)
    first = (await admin.get("/api/users", params={"limit": 2})).json()
    second = (await admin.get("/api/users", params={"limit": 2, "cursor": first["next"]})).json()
    assert [user["name"] for user in first["items"] + second["items"]] == ["chief", "anna", "berta"]
    assert second["next"] is None


async def test_losing_rights_ends_sessions(desk: Desk) -> None:
    admin, agency = await desk.signed_in("chief"), await desk.agency("liepaja")
    anna = await desk.signed_in("anna", Role.SUPERVISOR, (agency,))
    await admin.patch("/api/users/2", json={"display_name": "Anna B."})
    assert (await anna.get("/api/session")).status_code == 200
    await admin.patch("/api/users/2", json={"role": "dispatcher"})
    assert (await anna.get("/api/session")).status_code == 401


async def test_there_is_no_such_user(desk: Desk) -> None:
    admin = await desk.signed_in("chief")
    for request in (
        admin.patch("/api/users/99", json={"disabled": True}),
        admin.post("/api/users/99/sign-in-link"),
    ):
        answer = await request
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
