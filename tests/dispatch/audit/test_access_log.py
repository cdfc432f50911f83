from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from dispatch.audit.models import Action
from dispatch.audit.service import Verdict, record, verify
from dispatch.auth.identity import Role
from dispatch.db.database import Database
from tests.dispatch.desk import Desk

AT = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)


async def fill(database: Database, count: int = 5) -> None:
    async with database.write() as session:
        for n in range(1, count + 1):
            scope = {"unit_id": n, "since": AT}
            await record(session, None, Action.CONSULTATION, "track", scope, n, "ž <tests>", at=AT)


async def verdict(database: Database) -> Verdict:
    async with database.write() as session:
        return await verify(session)


async def test_an_untouched_log_is_whole(database: Database) -> None:
    assert await verdict(database) == Verdict(0, "", None)
    await fill(database, 1005)  # more than one page of the walk
    found = await verdict(database)
    assert (found.rows, found.fault) == (1005, None)
    assert len(found.head) == 64


TAMPERING = [
    ("UPDATE access_log SET row_count = 0 WHERE id = 3", "row 3: was changed"),
    ("UPDATE access_log SET reason = NULL WHERE id = 3", "row 3: was changed"),
    ("UPDATE access_log SET at = '2026-11-22 12:00:00.123457' WHERE id = 2", "row 2: was changed"),
    ("UPDATE access_log SET user_name = 'anna' WHERE id = 5", "row 5: was changed"),
    ("DELETE FROM access_log WHERE id = 1", "row 1: missing"),
    ("DELETE FROM access_log WHERE id = 3", "row 3: missing"),
    ("DELETE FROM access_log WHERE id = 5", "row 5: missing, the log ends too early"),
    ("DELETE FROM access_log", "row 1: missing, the log ends too early"),
    (
        "UPDATE access_log SET hash = (SELECT hash FROM access_log WHERE id = 2) WHERE id = 3",
        "row 3: was changed",
    ),
    (
        "UPDATE access_log SET previous_hash = '' WHERE id = 4",
        "row 4: does not follow the row before it",
    ),
]


@pytest.mark.parametrize(("statement", "fault"), TAMPERING)
async def test_the_first_bad_row_is_named(database: Database, statement: str, fault: str) -> None:
    await fill(database)
    async with database.write() as session:
        await session.execute(text(statement))
    assert (await verdict(database)).fault == fault


async def test_two_rows_that_change_places_are_noticed(database: Database) -> None:
    await fill(database)
    async with database.write() as session:
        for old, new in ((3, 99), (4, 3), (99, 4)):
            await session.execute(
                text("UPDATE access_log SET id = :new WHERE id = :old"), {"old": old, "new": new}
            )
    assert (await verdict(database)).fault == "row 3: does not follow the row before it"


async def test_what_is_undone_leaves_no_row(database: Database) -> None:
    async def broken() -> None:
        async with database.write() as session:
            await record(session, None, Action.ERASURE, "track", {}, 1)
            raise RuntimeError

    await fill(database, 2)
    with pytest.raises(RuntimeError):
        await broken()
    await fill(database, 1)
    assert (await verdict(database)).rows == 3


async def test_signing_in_and_reading_the_log_are_in_the_log(desk: Desk) -> None:
    admin = await desk.signed_in("chief")
    await desk.client("203.0.113.9").post(
        "/api/session", json={"name": "chief", "password": "guess"}
    )
    await admin.get("/api/access-log", params={"user": "chief"})

    items = (await admin.get("/api/access-log")).json()["items"]

    assert [(item["action"], item["subject"], item["user"]) for item in items] == [
        ("consultation", "access_log", "chief"),
        ("refused", "session", "chief"),
        ("alteration", "password", "chief"),
        ("sign_in", "session", "chief"),
    ]
    assert items[0]["scope"] == {"user": "chief"}
    assert items[0]["count"] == 3
    assert items[1]["address"] == "203.0.113.9"
    assert items[3]["scope"] == {"by_link": True}
    assert items[3]["at"].endswith("Z")


async def test_supervisors_see_rows_of_their_agencies_only(desk: Desk) -> None:
    liepaja, palanga = await desk.agency("liepaja"), await desk.agency("palanga")
    await desk.signed_in("chief")
    await desk.signed_in("lp", Role.DISPATCHER, (liepaja,))
    await desk.signed_in("pl", Role.DISPATCHER, (palanga,))
    supervisor = await desk.signed_in("lp-lead", Role.SUPERVISOR, (liepaja,))
    async with desk.database.write() as session:
        await record(session, None, Action.ERASURE, "track", {}, 1, agency_id=liepaja)
        await record(session, None, Action.ERASURE, "track", {}, 1, agency_id=palanga)

    items = (await supervisor.get("/api/access-log")).json()["items"]

    assert {item["user"] for item in items} == {"lp", "lp-lead", "system"}
    assert {item["agency_id"] for item in items} == {liepaja}


async def test_dispatchers_do_not_see_the_log(desk: Desk) -> None:
    agency = await desk.agency("liepaja")
    client = await desk.signed_in("lp", Role.DISPATCHER, (agency,))
    assert (await client.get("/api/access-log")).json()["code"] == "role_required"


async def test_the_log_is_read_in_pages_and_spans(desk: Desk) -> None:
    admin = await desk.signed_in("chief")
    await fill(desk.database, 7)
    span = {"since": "2026-11-22T14:00:00+02:00", "until": "2026-11-22T12:00:01Z", "user": "system"}
    first = (await admin.get("/api/access-log", params={**span, "limit": 4})).json()
    rest = (
        await admin.get("/api/access-log", params={**span, "limit": 4, "cursor": first["next"]})
    ).json()
    counts = [item["count"] for item in first["items"] + rest["items"]]
    assert counts == [7, 6, 5, 4, 3, 2, 1]
    assert rest["next"] is None
