"""Call records: made from beginnings and ends in any order, closed when their end was lost."""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from dispatch.answers import Page, cursor_of, read_cursor
from dispatch.calls.filters import CallFilter
from dispatch.calls.models import CallRecord
from dispatch.calls.repository import CallRepository
from dispatch.calls.schemas import CallView
from dispatch.db.types import storable
from dispatch.live.log import News
from dispatch.live.scope import Scope
from dispatch.shared import Shared
from radio_gateway.domain.events import CallEnded, CallStarted

LONGEST: Final = timedelta(minutes=10)
"No transmission lasts longer: base stations cut off after 1 to 5 minutes."
SHOWN_SPAN: Final = timedelta(minutes=30)
SHOWN_CALLS: Final = 300


async def started(
    session: AsyncSession, shared: Shared, event: CallStarted, rows: dict[str, Any]
) -> None:
    """A transmission began; nothing happens if it is known, be it by its end.

    `rows` are the ids of radio, unit, talkgroup, called radio and agency, and the gateway.
    """
    row = await CallRepository(session).start(
        {**rows, **_common(event), "started_at": event.at.utc}
    )
    if row is not None:
        await _tell(session, shared, "call.started", row)


async def alias_heard(session: AsyncSession, shared: Shared, call: str, alias: str) -> None:
    """The talker's alias is complete."""
    row = await CallRepository(session).set_alias(call, storable(alias)[:64])
    if row is not None:
        await _tell(session, shared, "call.changed", row)


async def ended(
    session: AsyncSession, shared: Shared, event: CallEnded, rows: dict[str, Any]
) -> None:
    """A transmission ended; its record stands without its beginning."""
    row = await CallRepository(session).end(
        {
            **rows,
            **_common(event),
            "started_at": event.started_at,
            "ended_at": event.started_at + timedelta(seconds=event.duration_s),
            "duration_s": event.duration_s,
            "end_reason": event.reason.value,
            "ber_percent": event.ber_percent,
            "rssi_dbm": event.rssi_dbm,
            "loss_percent": event.loss_percent,
            "talker_alias": storable(event.talker_alias)[:64] if event.talker_alias else None,
        }
    )
    if row is not None:
        await _tell(session, shared, "call.ended", row)


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


def _common(event: CallStarted | CallEnded) -> dict[str, Any]:
    return {
        "call": event.call,
        "link": event.link,
        "site": event.site,
        "kind": event.kind.value,
        "slot": event.slot,
        "colour_code": event.colour_code,
        "late_entry": event.late_entry,
        "emergency": event.emergency,
        "encrypted": event.encrypted,
        "conversation": event.conversation,
    }


async def _tell(session: AsyncSession, shared: Shared, type_: str, row: CallRecord) -> None:
    await shared.log.append(session, type_, CallView.model_validate(row), row.agency_id)


async def _tell_all(session: AsyncSession, shared: Shared, rows: Any) -> None:
    news = [News("call.ended", CallView.model_validate(row), row.agency_id) for row in rows]
    if news:
        await shared.log.append_all(session, news)
