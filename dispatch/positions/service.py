"""Recording positions in batches, and reading them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from dispatch.answers import iso
from dispatch.errors import DispatchError, InvalidRequestError
from dispatch.live.hub import Passing
from dispatch.live.scope import Scope
from dispatch.positions.models import LatestPosition
from dispatch.positions.repository import PositionRepository
from dispatch.positions.schemas import PositionView, Track, TrackPoint
from radio_gateway.domain.events import PositionReported

CLOCK_SKEW: Final = timedelta(minutes=5)
"A fix further ahead of the time of hearing is not believed."
MAX_SPAN: Final = timedelta(days=31)
FREE_SPAN: Final = timedelta(hours=8)
"A shift; longer tracks need a supervisor and a reason."


class SpanTooLongError(DispatchError):
    """A track over more than a month."""

    status: ClassVar[int] = 422
    code: ClassVar[str] = "span_too_long"
    detail: ClassVar[str] = "A track may span 31 days; ask for a part of it."


class ReasonRequiredError(DispatchError):
    """A track over more than a shift, asked for without the right or the reason."""

    status: ClassVar[int] = 403
    code: ClassVar[str] = "reason_required"
    detail: ClassVar[str] = "A track of more than 8 hours needs a supervisor, and a reason."


@dataclass(frozen=True, slots=True)
class Report:
    """A report with the rows that it belongs to."""

    event: PositionReported
    radio_id: int
    unit_id: int | None
    agency_id: int | None


async def record(session: AsyncSession, reports: Sequence[Report]) -> list[Passing]:
    """Store reports; what consoles are told: the newest of each radio, if it is news.

    A fix time from the future is dropped, the report is kept: a radio without a valid GNSS
    clock is still somewhere.
    """
    repository = PositionRepository(session)
    rows = [_row(report) for report in reports]
    await repository.add(rows)
    newest: dict[int, tuple[dict[str, Any], Report]] = {}
    for row, report in zip(rows, reports, strict=True):
        known = newest.get(report.radio_id)
        if known is None or _age(row) > _age(known[0]):
            newest[report.radio_id] = row, report
    shown = await repository.show([row for row, _ in newest.values()])
    return [
        Passing("positions", radio_id, report.agency_id, _json(row))
        for radio_id, (row, report) in newest.items()
        if radio_id in shown
    ]


async def latest(
    session: AsyncSession, scope: Scope, after: int = 0, limit: int | None = None
) -> list[PositionView]:
    """The newest position of each radio that the scope shows, by radio id."""
    found = await PositionRepository(session).latest(scope, after, limit)
    return [
        PositionView.model_validate({**row.model_dump(), "unit_id": unit_id})
        for row, unit_id in found
    ]


async def latest_of(session: AsyncSession, radio_id: int) -> LatestPosition | None:
    """Where one radio was heard last."""
    return await PositionRepository(session).latest_of(radio_id)


async def track(
    session: AsyncSession, unit_id: int, since: datetime, until: datetime, limit: int
) -> Track:
    """Where a unit was, since <= heard_at < until, oldest first, thinned to `limit` points."""
    repository = PositionRepository(session)
    total = await repository.count(unit_id, since, until)
    # the last report is always among the points, so one place is kept for it
    step = 1 if total <= limit else -(-total // max(limit - 1, 1))
    rows = await repository.track(unit_id, since, until, step)
    return Track(
        unit_id=unit_id,
        points=[TrackPoint.model_validate(row) for row in rows],
        total=total,
        thinned=total > limit,
    )


def check_span(since: datetime, until: datetime, *, supervisor: bool, reason: str | None) -> None:
    """Who may look how far back.

    Raises:
        InvalidRequestError, SpanTooLongError, ReasonRequiredError: not so.
    """
    if since >= until:
        raise InvalidRequestError("since must be before until.")
    if until - since > MAX_SPAN:
        raise SpanTooLongError
    if until - since > FREE_SPAN and not (supervisor and reason and reason.strip()):
        raise ReasonRequiredError


def _row(report: Report) -> dict[str, Any]:
    event = report.event
    heard_at, fixed_at = event.at.utc, event.fixed_at
    if fixed_at is not None and fixed_at - heard_at > CLOCK_SKEW:
        fixed_at = None
    return {
        "radio_id": report.radio_id,
        "unit_id": report.unit_id,
        "lat": event.point.lat,
        "lon": event.point.lon,
        "heard_at": heard_at,
        "fixed_at": fixed_at,
        "speed_kmh": event.speed_kmh,
        "bearing_deg": event.bearing_deg,
        "error_m": event.error_m,
        "altitude_m": event.altitude_m,
        "source": event.source.value,
        "stale": event.stale,
        "verified": event.verified,
    }


def _age(row: dict[str, Any]) -> tuple[datetime, datetime]:
    return row["heard_at"], row["fixed_at"] or row["heard_at"]


def _json(row: dict[str, Any]) -> bytes:
    fixed_at = row["fixed_at"]
    times = {"heard_at": iso(row["heard_at"]), "fixed_at": iso(fixed_at) if fixed_at else None}
    return orjson.dumps({**row, **times})
