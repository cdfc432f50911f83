import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dispatch.auth.identity import Role
from dispatch.calls.models import CallRecord
from dispatch.emergencies.models import Emergency
from dispatch.live.repository import EventRepository
from dispatch.messages.models import Message
from dispatch.positions.days import make_days
from dispatch.positions.models import Position
from dispatch.radios.models import Radio
from dispatch.talkgroups.models import Talkgroup
from dispatch.units.models import Unit
from tests.dispatch.desk import Desk, open_desk

AT = datetime(2026, 11, 22, 8, 30, 0, 250000, tzinfo=UTC)
DAY = {"since": "2026-11-22T00:00:00Z", "until": "2026-11-23T00:00:00Z"}
HOURS = {"since": "2026-11-22T08:00:00Z", "until": "2026-11-22T12:00:00Z"}


async def world(desk: Desk, code: str = "liepaja") -> int:
    """One agency with a unit, a radio, a call, a text, an alarm and a position; its id."""
    agency_id = await desk.agency(code)
    async with desk.database.write() as session:
        group = Talkgroup(network=code, number=101, name=f"=cmd|{code}", agency_id=agency_id)
        unit = Unit(agency_id=agency_id, call_sign="LP-101")
        session.add_all([group, unit])
        await session.flush()
        radio = Radio(network=code, number=7, label="7", unit_id=unit.id, agency_id=agency_id)
        session.add(radio)
        await session.flush()
        who: dict[str, Any] = {"radio_id": radio.id, "unit_id": unit.id}
        where: dict[str, Any] = {"agency_id": agency_id, "talkgroup_id": group.id}
        session.add(
            CallRecord(
                call=f"{code}-1", gateway="g", link=code, kind="group", **who, **where,
                started_at=AT, ended_at=AT + timedelta(seconds=2.5), duration_s=2.5,
                end_reason="terminator", slot=1, colour_code=3, talker_alias='Ž "x", y',
                receptions='[["Karosta",2.46,-71.0,0.4,0.0],["Grobiņa",2.1,-98.25,2.06,null],'
                '["+Bernāti",0.0,null,null,null],[null,1.0,-110.0,null,null]]',
            )
        )  # fmt: skip
        session.add(
            Message(
                direction="out", text="+371 2000\r\nsecond line", **who, **where, state="sent",
                state_at=AT, created_at=AT, user_name="anna",
            )
        )  # fmt: skip
        session.add(
            Emergency(
                **who, **where, source="alarm", state="raised", raised_at=AT, last_heard_at=AT,
                told_at=AT, lat=56.5, lon=21.0,
            )
        )  # fmt: skip
        if not desk.database.is_sqlite:
            await make_days(session, [AT.date()])
        session.add(Position(**who, lat=56.1 + 0.2, lon=21.0, heard_at=AT, source="triggered"))
    return agency_id


async def rows(client: Any, name: str, **params: str) -> list[dict[str, str]]:
    answer = await client.get(f"/api/reports/{name}", params={**HOURS, **params})
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


async def test_calls_as_csv_octet_for_octet(desk: Desk) -> None:
    admin = await desk.signed_in("chief")
    await world(desk)

    answer = await admin.get("/api/reports/calls", params=DAY)

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == (
        'attachment; filename="sardze-calls-20261122T0000Z-20261123T0000Z.csv"'
    )
    # written down by hand after RFC 4180
    assert answer.content.decode() == (
        "started_at,ended_at,duration_s,kind,agency,unit,network,radio,talkgroup,called_radio,"
        "link,site,slot,colour_code,end_reason,late_entry,emergency,encrypted,rssi_dbm,"
        "ber_percent,loss_percent,talker_alias,receptions\r\n"
        "2026-11-22T08:30:00.250Z,2026-11-22T08:30:02.750Z,2.5,group,liepaja,LP-101,liepaja,7,"
        '\'=cmd|liepaja,,liepaja,,1,3,terminator,false,false,false,,,,"Ž ""x"", y",'
        "Karosta -71 dBm 0.4 %; Grobiņa -98.2 dBm 2.1 %; +Bernāti; ? -110 dBm\r\n"
    )


async def test_the_other_reports(desk: Desk) -> None:
    admin = await desk.signed_in("chief")
    await world(desk)

    (message,) = await rows(admin, "messages")
    assert message["text"] == "'+371 2000\r\nsecond line"
    assert (message["user"], message["state"], message["expires_at"]) == ("anna", "sent", "")
    (alarm,) = await rows(admin, "emergencies")
    assert (alarm["unit"], alarm["lat"], alarm["acknowledged_at"]) == ("LP-101", "56.5", "")
    (place,) = await rows(admin, "track")
    assert (place["lat"], place["lon"], place["stale"]) == ("56.3", "21.0", "false")


async def test_texts_as_csv_octet_for_octet_call_alerts_named(desk: Desk) -> None:
    admin = await desk.signed_in("chief")
    agency_id = await world(desk)
    async with desk.database.write() as session:
        session.add(Radio(network="liepaja", number=8, label="8", agency_id=agency_id))
        await session.flush()
        later = AT + timedelta(seconds=5)
        session.add(
            Message(
                direction="in", kind="call_alert", text="", radio_id=1, called_radio_id=2,
                unit_id=1, agency_id=agency_id, state="received", state_at=later,
                created_at=later,
            )
        )  # fmt: skip

    answer = await admin.get("/api/reports/messages", params=DAY)

    # written down by hand after RFC 4180
    assert answer.content.decode() == (
        "created_at,direction,agency,unit,network,radio,talkgroup,called_radio,user,text,state,"
        "state_at,expires_at,reason,detail,kind\r\n"
        "2026-11-22T08:30:00.250Z,out,liepaja,LP-101,liepaja,7,'=cmd|liepaja,,anna,"
        '"\'+371 2000\r\nsecond line",sent,2026-11-22T08:30:00.250Z,,,,text\r\n'
        "2026-11-22T08:30:05.250Z,in,liepaja,LP-101,liepaja,7,,8,,,received,"
        "2026-11-22T08:30:05.250Z,,,,call_alert\r\n"
    )


async def test_json_has_the_same_rows(desk: Desk) -> None:
    admin = await desk.signed_in("chief")
    await world(desk)
    answer = await admin.get("/api/reports/calls", params={**DAY, "format": "json"})
    found = answer.json()
    assert found["demo"] is False
    (item,) = found["items"]
    assert item["talkgroup"] == "=cmd|liepaja"  # JSON is not opened by spreadsheets
    assert item["duration_s"] == 2.5
    assert item["site"] is None


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
async def test_no_cell_is_run_by_a_spreadsheet(desk: Desk, start: str) -> None:
    admin = await desk.signed_in("chief")
    await world(desk)
    async with desk.database.write() as session:
        message = await session.get_one(Message, 1)
        message.text = f"{start}HYPERLINK('http://x')"
    (row,) = await rows(admin, "messages")
    assert row["text"] == f"'{start}HYPERLINK('http://x')"


async def test_a_demo_says_so_on_every_line(database_url: str, tmp_path: Any) -> None:
    async with open_desk(database_url, tmp_path) as desk, desk.database.write() as session:
        await EventRepository(session).mark_demo()
    async with open_desk(database_url, tmp_path) as desk:
        admin = await desk.signed_in("chief")
        await world(desk)
        (row,) = await rows(admin, "calls")
        assert row["demo"] == "DEMO"
        assert (await admin.get("/api/reports/calls", params={**DAY, "format": "json"})).json()[
            "demo"
        ] is True


async def test_people_get_reports_of_their_agencies_only(desk: Desk) -> None:
    liepaja, palanga = await world(desk, "liepaja"), await world(desk, "palanga")
    for agency_id, code in ((liepaja, "liepaja"), (palanga, "palanga")):
        client = await desk.signed_in(code, Role.DISPATCHER, (agency_id,))
        for name in ("calls", "messages", "emergencies", "track"):
            assert [row["agency"] for row in await rows(client, name)] == [code], name
    admin = await desk.signed_in("chief")
    assert len(await rows(admin, "calls")) == 2
    assert [row["agency"] for row in await rows(admin, "calls", radio_id="2")] == ["palanga"]


async def test_spans_are_half_open(desk: Desk) -> None:
    admin = await desk.signed_in("chief")
    await world(desk)
    at, later = "2026-11-22T08:30:00.250Z", "2026-11-22T08:30:00.251Z"
    assert len(await rows(admin, "calls", since=at, until=later)) == 1
    assert await rows(admin, "calls", since="2026-11-22T08:00:00Z", until=at) == []


REFUSED = [
    ("calls", {}, 422, "invalid_request"),
    ("calls", {"since": "2026-11-22T00:00:00", "until": DAY["until"]}, 422, "invalid_request"),
    ("calls", {"since": DAY["until"], "until": DAY["since"]}, 422, "invalid_request"),
    ("calls", {**DAY, "state": "sent"}, 422, "invalid_request"),
    ("calls", {**DAY, "colour": "red"}, 422, "invalid_request"),
    ("calls", {**DAY, "format": "xlsx"}, 422, "invalid_request"),
    ("calls", {"since": "2020-01-01T00:00:00Z", "until": DAY["until"]}, 422, "span_too_long"),
    ("track", {"since": "2026-01-01T00:00:00Z", "until": DAY["until"]}, 422, "span_too_long"),
    ("track", DAY, 403, "reason_required"),
    ("track", {**DAY, "reason": "   "}, 403, "reason_required"),
    ("nothing", DAY, 404, "not_found"),
]


@pytest.mark.parametrize(("name", "params", "status", "code"), REFUSED)
async def test_reports_that_are_not_given(
    desk: Desk, name: str, params: dict[str, str], status: int, code: str
) -> None:
    admin = await desk.signed_in("chief")
    answer = await admin.get(f"/api/reports/{name}", params=params)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_long_tracks_need_a_supervisor_and_a_reason(desk: Desk) -> None:
    agency_id = await world(desk)
    dispatcher = await desk.signed_in("lp", Role.DISPATCHER, (agency_id,))
    supervisor = await desk.signed_in("lead", Role.SUPERVISOR, (agency_id,))
    params = {**DAY, "reason": "complaint 17/2026"}

    assert (await dispatcher.get("/api/reports/track", params=params)).status_code == 403
    assert (await supervisor.get("/api/reports/track", params=params)).status_code == 200

    newest = (await supervisor.get("/api/access-log")).json()["items"][0]
    assert newest["action"] == "disclosure"
    assert newest["reason"] == "complaint 17/2026"
    assert newest["count"] == 1
    assert newest["scope"] == {
        "report": "track",
        "since": "2026-11-22T00:00:00+00:00",
        "until": "2026-11-23T00:00:00+00:00",
    }


async def test_a_long_report_comes_whole(desk: Desk) -> None:
    admin = await desk.signed_in("chief")
    await world(desk)
    async with desk.database.write() as session:
        session.add_all(
            Position(
                radio_id=1, unit_id=1, lat=56.0, lon=21.0, source="triggered",
                heard_at=AT + timedelta(seconds=n),
            )
            for n in range(1, 1700)
        )  # fmt: skip
    found = await rows(admin, "track")
    assert len(found) == 1700
    assert [row["heard_at"] for row in found] == sorted(row["heard_at"] for row in found)


async def test_the_list_of_reports(desk: Desk) -> None:
    admin = await desk.signed_in("chief")
    items = (await admin.get("/api/reports")).json()["items"]
    assert [item["name"] for item in items] == ["calls", "messages", "emergencies", "track"]
    assert items[3]["filters"] == ["radio_id", "unit_id"]
    assert (await desk.client().get("/api/reports")).status_code == 401
