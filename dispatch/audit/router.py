"""HTTP: `/api/access-log`, for supervisors (own agencies) and administrators."""

import json
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel

from dispatch.answers import Iso
from dispatch.audit.models import AccessLogRow, Action
from dispatch.audit.repository import AccessLogRepository
from dispatch.audit.service import record
from dispatch.auth.dependencies import Supervisor
from dispatch.db.sessions import Writing
from dispatch.querying import QueryTime

router = APIRouter(prefix="/api/access-log", tags=["access-log"])


class AccessLogEntry(BaseModel):
    """One look or change."""

    id: int
    at: Iso
    action: Action
    subject: str
    scope: dict[str, Any]
    count: int
    reason: str | None
    user: str
    role: str
    agency_id: int | None
    address: str

    @classmethod
    def of(cls, row: AccessLogRow) -> "AccessLogEntry":
        """Make the answer from a row."""
        return cls(
            id=row.id,
            at=row.at,
            action=Action(row.action),
            subject=row.subject,
            scope=json.loads(row.scope),
            count=row.row_count,
            reason=row.reason,
            user=row.user_name,
            role=row.role,
            agency_id=row.agency_id,
            address=row.address,
        )


class AccessLogPage(BaseModel):
    """One page, newest first."""

    items: list[AccessLogEntry]
    next: str | None


@router.get("", operation_id="access_log")
async def access_log(
    reader: Supervisor,
    session: Writing,
    since: QueryTime | None = None,
    until: QueryTime | None = None,
    user: Annotated[str | None, Query(max_length=64)] = None,
    cursor: Annotated[int | None, Query(ge=1)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> AccessLogPage:
    """Who looked at or changed what, since <= at < until; reading it is logged as well."""
    rows = await AccessLogRepository(session).page(
        since=since,
        until=until,
        user=user,
        agency_ids=reader.agency_ids,
        before=cursor,
        limit=limit + 1,
    )
    scope: dict[str, str | datetime | None] = {"since": since, "until": until, "user": user}
    scope = {name: value for name, value in scope.items() if value is not None}
    shown = rows[:limit]
    await record(session, reader, Action.CONSULTATION, "access_log", scope, len(shown))
    return AccessLogPage(
        items=[AccessLogEntry.of(row) for row in shown],
        next=str(shown[-1].id) if len(rows) > limit else None,
    )
