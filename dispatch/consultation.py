"""Noting who looked at what, before the answer leaves."""

from collections.abc import Mapping
from typing import Any

from dispatch.audit.models import Action
from dispatch.audit.service import record
from dispatch.auth.identity import SignedIn
from dispatch.shared import Shared


async def note_look(
    shared: Shared,
    user: SignedIn,
    subject: str,
    scope: Mapping[str, Any],
    count: int,
    reason: str | None = None,
) -> None:
    """Add an access-log row for data just read; `scope` are the filters of the query.

    Called after the query, so that no long read holds up those who write, and before the
    answer: no row, no data.
    """
    asked = {name: value for name, value in scope.items() if value is not None}
    async with shared.database.write() as session:
        await record(
            session, user, Action.CONSULTATION, subject, asked, count, reason, at=shared.now()
        )
