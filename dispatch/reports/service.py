"""Rules of reports: who may take what, counted and logged before the first row leaves."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import func, select

from dispatch.audit.models import Action
from dispatch.audit.service import record
from dispatch.auth.identity import Role, SignedIn
from dispatch.db.database import Database
from dispatch.errors import InvalidRequestError
from dispatch.live.scope import EVERYTHING, visible_to
from dispatch.reports.base import (
    LONGEST_SPAN,
    Filters,
    ReasonRequiredError,
    Report,
    Rows,
    SpanTooLongError,
    refuse_unknown,
)

_BATCH: Final = 500
FREE_SPAN: Final = timedelta(hours=8)
"A dispatcher may look this far along a track without giving a reason."
LONGEST_TRACK: Final = timedelta(days=31)


def check(report: Report, filters: Filters, user: SignedIn, reason: str | None) -> None:
    """Whether this user may have this report.

    Raises:
        InvalidRequestError: a filter that the report does not know, or a backward span.
        SpanTooLongError: more than a year, for movements more than 31 days.
        ReasonRequiredError: movements over more than 8 hours without supervisor or reason.
    """
    refuse_unknown(report, filters.used())
    if filters.since is None or filters.until is None:
        raise InvalidRequestError("Say since and until: a report covers a stretch of time.")
    if filters.until <= filters.since:
        raise InvalidRequestError("until must be later than since.")
    span = filters.until - filters.since
    longest = LONGEST_TRACK if report.protects_movements else LONGEST_SPAN
    if span > longest:
        raise SpanTooLongError(longest)
    if report.protects_movements and span > FREE_SPAN:
        permitted = user.role.at_least(Role.SUPERVISOR) and (reason or "").strip()
        if not permitted:
            raise ReasonRequiredError


async def disclose(
    database: Database, report: Report, filters: Filters, user: SignedIn | None, reason: str | None
) -> AsyncIterator[Sequence[Sequence[Any]]]:
    """Batches of rows. The access log has its row before the first batch is read.

    Args:
        database: where from.
        report: which.
        filters: which records.
        user: for whom, and what that user may see; None: the command line, all.
        reason: as given.
    """
    scope = EVERYTHING if user is None else visible_to(user)
    query = report.query(filters, scope)
    async with database.write() as session:
        counted = await session.execute(
            select(func.count()).select_from(query.order_by(None).subquery())
        )
        used = {"report": report.name, **filters.used()}
        await record(session, user, Action.DISCLOSURE, "report", used, counted.scalar_one(), reason)
    return _batches(database, query)


async def _batches(database: Database, query: Rows) -> AsyncIterator[Sequence[Sequence[Any]]]:
    async with database.read() as session:
        result = await session.stream(query.execution_options(yield_per=_BATCH))
        async for rows in result.partitions(_BATCH):
            yield rows


def file_name(report: Report, filters: Filters, ending: str) -> str:
    """`sardze-calls-20261101T0000Z-20261122T1430Z.csv`."""
    parts = ["sardze", report.name]
    parts += [f"{at:%Y%m%dT%H%MZ}" for at in (filters.since, filters.until) if at is not None]
    return f"{'-'.join(parts)}.{ending}"
