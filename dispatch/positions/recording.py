"""Storing positions by the thousand: the hot path of the one writer."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, NamedTuple

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from dispatch.db.bulk import from_micros, is_sqlite, iso_text, micros, time_text
from dispatch.live.hub import Passing
from dispatch.positions.days import AHEAD, existing_days, make_days
from dispatch.positions.models import SOURCES
from dispatch.positions.repository import PositionRepository
from radio_gateway.domain.events import PositionReported

CLOCK_SKEW: Final = timedelta(minutes=5)
"A fix further ahead of the time of hearing is not believed."
_HOUR_US: Final = 3_600_000_000
_DAY_US: Final = 24 * _HOUR_US
_SKEW_US: Final = CLOCK_SKEW // timedelta(microseconds=1)
_NUMBER_OF: Final = {word: place for place, word in enumerate(SOURCES)}
_MANY: Final = 500
"Ids within one query."

Age = tuple[int, int]
"When a report was heard, and its fix or else the hearing; microseconds."


class Report(NamedTuple):
    """A report with the rows that it belongs to."""

    event: PositionReported
    radio_id: int
    unit_id: int | None
    agency_id: int | None
    heard_at: datetime
    "Within `plausible` times; UTC."


class PositionMemory:
    """What the one writer need not ask the database again; forgotten after any failed write."""

    def __init__(self) -> None:
        self.newest: dict[int, Age] = {}
        "Of each radio that was asked for; (0, 0) if nothing is known."
        self.heard: dict[int, tuple[int, int]] = {}
        "Per radio: the last instant, and the next free microsecond for another fix of it."
        self.carried: dict[tuple[int, int], tuple[int, int]] = {}
        "Hours in which a unit is known to have carried a radio."
        self.days: set[int] | None = None
        "Days since 1970 that have a partition."

    def forget(self) -> None:
        """The next batch asks the database again."""
        self.newest.clear()
        self.heard.clear()
        self.carried.clear()
        self.days = None

    async def load(self, session: AsyncSession, radio_ids: Iterable[int]) -> None:
        """Know the age of these radios' newest positions."""
        missing = [one for one in radio_ids if one not in self.newest]
        for start in range(0, len(missing), _MANY):
            part = missing[start : start + _MANY]
            self.newest |= dict.fromkeys(part, (0, 0))
            for row in await PositionRepository(session).ages(part):
                heard = micros(row["heard_at"])
                fixed_at = row["fixed_at"]
                fixed = heard if fixed_at is None else micros(fixed_at)
                self.newest[row["radio_id"]] = heard, fixed

    async def make_days(self, session: AsyncSession, days: set[int], now: datetime) -> None:
        """Have a partition for each of these days, and for the next ones."""
        if self.days is not None and days <= self.days:
            return
        if self.days is None:
            self.days = {_day_number(day) for day in await existing_days(session)}
        today = micros(now) // _DAY_US
        missing = (days | set(range(today, today + AHEAD + 1))) - self.days
        if not is_sqlite(session):
            await make_days(session, [from_micros(day * _DAY_US).date() for day in sorted(missing)])
        self.days |= missing


async def record(
    session: AsyncSession, reports: Sequence[Report], memory: PositionMemory, now: datetime
) -> list[Passing]:
    """Store reports; what consoles are told: the newest of each radio, if it is news.

    A fix time from the future is dropped, the report is kept: a radio without a valid GNSS
    clock is still somewhere. Two fixes of a radio that were heard at one instant lie a
    microsecond apart, so that both are kept.
    """
    await memory.load(session, {report.radio_id for report in reports})
    sqlite = is_sqlite(session)
    rows: list[tuple[Any, ...]] = []
    shown: dict[int, tuple[Report, int, int | None]] = {}
    days: set[int] = set()
    carried: dict[tuple[int, int], tuple[int, int]] = {}
    for report in reports:
        event, radio_id, unit_id, _, heard_at = report
        heard = micros(heard_at)
        last = memory.heard.get(radio_id)
        if last is not None and last[0] == heard:
            memory.heard[radio_id] = heard, last[1] + 1
            heard = last[1]
            heard_at = from_micros(heard)
        else:
            memory.heard[radio_id] = heard, heard + 1
        fixed_at = event.fixed_at
        fixed: int | None = None
        if fixed_at is not None:
            fixed = micros(fixed_at)
            if fixed - heard > _SKEW_US:
                fixed_at = fixed = None
        days.add(heard // _DAY_US)
        point = event.point
        rows.append(
            (
                heard if sqlite else heard_at,
                fixed if sqlite else fixed_at,
                radio_id,
                unit_id,
                round(point.lat * 1e7),
                round(point.lon * 1e7),
                event.speed_kmh,
                event.bearing_deg,
                event.error_m,
                event.altitude_m,
                _NUMBER_OF[event.source],
                event.stale,
                event.verified,
            )
        )
        age = heard, heard if fixed is None else fixed
        if age > memory.newest[radio_id]:
            memory.newest[radio_id] = age
            shown[radio_id] = report, heard, fixed
        if unit_id is not None:
            known = memory.carried.get((unit_id, radio_id))
            if known is None or not known[0] <= heard < known[1]:
                hour = heard // _HOUR_US * _HOUR_US
                first, end = known or (hour, hour)
                span = min(first, hour), max(end, hour + _HOUR_US)
                carried[unit_id, radio_id] = memory.carried[unit_id, radio_id] = span
    repository = PositionRepository(session)
    await memory.make_days(session, days, now)
    await repository.add(rows)
    await repository.show([_latest(*one, sqlite=sqlite) for one in shown.values()])
    await repository.carry(
        [(*pair, *(span if sqlite else map(from_micros, span))) for pair, span in carried.items()]
    )
    return [_told(*one) for one in shown.values()]


def _latest(report: Report, heard: int, fixed: int | None, *, sqlite: bool) -> tuple[Any, ...]:
    event = report.event
    instant = time_text if sqlite else from_micros
    return (
        instant(heard),
        None if fixed is None else instant(fixed),
        report.radio_id,
        report.unit_id,
        event.point.lat,
        event.point.lon,
        event.speed_kmh,
        event.bearing_deg,
        event.error_m,
        event.altitude_m,
        event.source.value,
        event.stale,
        event.verified,
    )


def _told(report: Report, heard: int, fixed: int | None) -> Passing:
    event = report.event
    json = orjson.dumps(
        {
            "radio_id": report.radio_id,
            "unit_id": report.unit_id,
            "lat": event.point.lat,
            "lon": event.point.lon,
            "heard_at": iso_text(heard),
            "fixed_at": None if fixed is None else iso_text(fixed),
            "speed_kmh": event.speed_kmh,
            "bearing_deg": event.bearing_deg,
            "error_m": event.error_m,
            "altitude_m": event.altitude_m,
            "source": event.source,
            "stale": event.stale,
            "verified": event.verified,
        }
    )
    return Passing("positions", report.radio_id, report.agency_id, json)


def _day_number(day: date) -> int:
    return micros(datetime(day.year, day.month, day.day, tzinfo=UTC)) // _DAY_US
