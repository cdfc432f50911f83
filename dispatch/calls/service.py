"""Call records: closed when their end was lost, and looked at."""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from dispatch.answers import Page, cursor_of, read_cursor
from dispatch.calls.filters import CallFilter
from dispatch.calls.repository import CallRepository
from dispatch.calls.schemas import CallView
from dispatch.live.log import News
from dispatch.live.scope import Scope
from dispatch.shared import Shared

LONGEST: Final = timedelta(minutes=10)
"No transmission lasts longer: base stations cut off after 1 to 5 minutes."
SHOWN_SPAN: Final = timedelta(minutes=30)
SHOWN_CALLS: Final = 300


async def close_cut_off(
    session: AsyncSession, shared: Shared, gateway: str, link: str, site: str | None, at: datetime
) -> None:
    """A link or site begins anew: what ran there before is over, its end was not heard."""
    rows = await CallRepository(session).cut_off(at, at, gateway, link, site)
    await _tell_all(session, shared, rows)


async def close_overdue(session: AsyncSession, shared: Shared, now: datetime) -> None:
    """Close calls whose end never came."""
    rows = await CallRepository(session).cut_off(now - LONGEST, now)
    await _tell_all(session, shared, rows)


async def search(
    session: AsyncSession, wanted: CallFilter, scope: Scope, cursor: str | None, limit: int
) -> Page[CallView]:
    """One page of calls, newest first."""
    rows = await CallRepository(session).search(wanted, scope, read_cursor(cursor), limit + 1)
    shown = rows[:limit]
    more = len(rows) > limit
    return Page(
        items=[CallView.model_validate(row) for row in shown],
        next=cursor_of(shown[-1].started_at, shown[-1].id) if more else None,
    )


async def recent(session: AsyncSession, scope: Scope, now: datetime) -> list[CallView]:
    """Calls that run or began within the last half hour, newest first."""
    rows = await CallRepository(session).running_or_since(now - SHOWN_SPAN, scope, SHOWN_CALLS)
    return [CallView.model_validate(row) for row in rows]


async def _tell_all(session: AsyncSession, shared: Shared, rows: Any) -> None:
    news = [News("call.ended", CallView.model_validate(row), row.agency_id) for row in rows]
    if news:
        await shared.log.append_all(session, news)
