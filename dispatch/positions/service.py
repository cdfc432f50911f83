"""Reading positions: where radios are, where units were, who was near."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import ClassVar, Final

from sqlalchemy.ext.asyncio import AsyncSession

from dispatch.errors import DispatchError, InvalidRequestError
from dispatch.live.scope import Scope
from dispatch.positions.area import Area
from dispatch.positions.place import LastPlace
from dispatch.positions.repository import PositionRepository
from dispatch.positions.schemas import Nearby, PositionView, Track, TrackPoint

MAX_SPAN: Final = timedelta(days=31)
FREE_SPAN: Final = timedelta(hours=8)
"A shift; longer tracks need a supervisor and a reason."
NEAR_SPAN: Final = timedelta(days=1)


class SpanTooLongError(DispatchError):
    """A track over more than a month."""

    status: ClassVar[int] = 422
    code: ClassVar[str] = "span_too_long"
    detail: ClassVar[str] = "A track may span 31 days; ask for a part of it."


class NearSpanTooLongError(DispatchError):
    """Who was near, over more than a day."""

    status: ClassVar[int] = 422
    code: ClassVar[str] = "span_too_long"
    detail: ClassVar[str] = "Positions of an area may span one day; ask for a part of it."


class NearReasonRequiredError(DispatchError):
    """Who was near, asked for without the right or the reason."""

    status: ClassVar[int] = 403
    code: ClassVar[str] = "reason_required"
    detail: ClassVar[str] = "Everyone's positions in an area need a supervisor, and a reason."


class ReasonRequiredError(DispatchError):
    """A track over more than a shift, asked for without the right or the reason."""

    status: ClassVar[int] = 403
    code: ClassVar[str] = "reason_required"
    detail: ClassVar[str] = "A track of more than 8 hours needs a supervisor, and a reason."


async def latest(
    session: AsyncSession, scope: Scope, after: int = 0, limit: int | None = None
) -> list[PositionView]:
    """The newest position of each radio that the scope shows, by radio id."""
    found = await PositionRepository(session).latest(scope, after, limit)
    return [PositionView.model_validate(dict(row)) for row in found]


async def latest_of(session: AsyncSession, radio_ids: Collection[int]) -> dict[int, LastPlace]:
    """Where these radios were heard last, as far as known."""
    return await PositionRepository(session).latest_of(radio_ids) if radio_ids else {}


async def track(
    session: AsyncSession, unit_id: int, since: datetime, until: datetime, limit: int
) -> Track:
    """Where a unit was, since <= heard_at < until, oldest first, thinned to `limit` points."""
    repository = PositionRepository(session)
    radios = await repository.carried(unit_id, since, until)
    total = await repository.count(unit_id, radios, since, until)
    # the last report is always among the points, so one place is kept for it
    step = 1 if total <= limit else -(-total // max(limit - 1, 1))
    rows = await repository.track(unit_id, radios, since, until, step)
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


async def near(
    session: AsyncSession, area: Area, since: datetime, until: datetime, scope: Scope, limit: int
) -> Nearby:
    """Who was in an area, since <= heard_at < until, oldest first, at most `limit` reports."""
    rows = await PositionRepository(session).within(area, since, until, scope, limit + 1)
    items = [PositionView.model_validate(dict(row)) for row in rows[:limit]]
    return Nearby(items=items, complete=len(rows) <= limit)


def check_near(since: datetime, until: datetime, *, supervisor: bool, reason: str | None) -> None:
    """Who may ask who was near.

    Raises:
        InvalidRequestError, NearSpanTooLongError, NearReasonRequiredError: not so.
    """
    if since >= until:
        raise InvalidRequestError("since must be before until.")
    if until - since > NEAR_SPAN:
        raise NearSpanTooLongError
    if not (supervisor and reason and reason.strip()):
        raise NearReasonRequiredError
