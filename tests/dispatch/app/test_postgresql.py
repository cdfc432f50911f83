"""The same server over PostgreSQL: what its dialect could do differently."""

import asyncio
from pathlib import Path

from sqlalchemy import text

from dispatch.audit.service import verify
from dispatch.auth.identity import Role
from tests.dispatch.desk import open_desk
from tests.dispatch.postgres import migrated_database
from tests.dispatch.reports.test_reports import DAY, HOURS, world


async def test_sign_in_reports_and_the_log_on_postgresql(
    postgres_server: str, tmp_path: Path
) -> None:
    url = await asyncio.to_thread(migrated_database, postgres_server, "desk")
    async with open_desk(url, tmp_path) as desk:
        admin = await desk.signed_in("chief")
        agency_id = await world(desk)
        anna = await desk.signed_in("anna", Role.SUPERVISOR, (agency_id,))

        for name in ("calls", "messages", "emergencies"):
            answer = await anna.get(f"/api/reports/{name}", params=DAY)
            assert answer.text.count("liepaja") >= 1, name
        track = await anna.get("/api/reports/track", params={**HOURS, "format": "json"})
        assert track.json()["items"][0]["heard_at"] == "2026-11-22T08:30:00.250Z"
        assert (await anna.get("/api/snapshot")).status_code == 200

        # two readers of the log at once: one chain all the same
        answers = await asyncio.gather(*(admin.get("/api/access-log") for _ in range(10)))
        assert {answer.status_code for answer in answers} == {200}
        async with desk.database.write() as session:
            assert (await verify(session)).fault is None
            await session.execute(text("UPDATE access_log SET row_count = 99 WHERE id = 4"))
        async with desk.database.write() as session:
            assert (await verify(session)).fault == "row 4: was changed"

        desk.clock.forward(hours=13)
        await desk.app.state.sessions.tidy()
        assert (await admin.get("/api/session")).status_code == 401
        assert (await admin.get("/readyz")).json()["ready"] is True
