"""Storing positions by the thousand: the hot path of the one writer."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, TypeAlias

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from dispatch.db.bulk import from_micros, is_sqlite, iso_text, micros
from dispatch.live.hub import Passing
from dispatch.positions.days import AHEAD, existing_days, make_days
from dispatch.positions.models import SOURCES
from dispatch.positions.repository import PositionRepository
from dispatch.positions.rows import counted, packed, timed
from dispatch.radios.hearing import KnownRadio
from radio_gateway.domain.events import PositionReported

CLOCK_SKEW: Final = timedelta(minutes=5)
"A fix further ahead of the time of hearing is not believed."
_HOUR_US: Final = 3_600_000_000
_DAY_US: Final = 24 * _HOUR_US
_SKEW_US: Final = CLOCK_SKEW // timedelta(microseconds=1)
_NUMBER_OF: Final = {word: place for place, word in enumerate(SOURCES)}
_ASIDE_US: Final = 1_000_000
"More than fixes of one instant are moved apart."
_MANY: Final = 500
"Ids within one query."
_MANY_ROWS: Final = 50
"Rows from which on COPY is cheaper on PostgreSQL than parameters."
_PART: Final = 500
"Rows that are made while the database takes in as many."

Age: TypeAlias = tuple[int, int]
"When a report was heard, and its fix or else the hearing; microseconds."
Report: TypeAlias = tuple[PositionReported, KnownRadio, int]
"A report, its radio, and when it was heard: within `plausible` times, microseconds."
Make: TypeAlias = Callable[..., Any]
"One of `dispatch.positions.rows`."
_NOBODY: Final = (0, 0, 0)


class PositionMemory:
    """What the one writer need not ask the database again; forgotten after any failed write."""

    def __init__(self) -> None:
        self.newest: dict[int, Age] = {}
        "Of each radio that was asked for; (0, 0) if nothing is known."
        self.heard: dict[int, int] = {}
        "The last instant of each radio."
        self.carried: dict[int, tuple[int, int, int]] = {}
        "By radio: a unit, and the hours in which it is known to have carried the radio."
        self._free: dict[int, Age] = {}
        "Of radios heard twice at one instant: that instant, and the next free microsecond."
        self._days: set[int] | None = None
        "Days since 1970 that have a partition."

    def forget(self) -> None:
        """The next batch asks the database again."""
        self.newest.clear()
        self.heard.clear()
        self.carried.clear()
        self._free.clear()
        self._days = None

    def once_more(self, radio_id: int, heard: int) -> int:
        """A microsecond of its own for another fix of this radio at its last instant."""
        instant, free = self._free.get(radio_id, (heard, heard + 1))
        if instant != heard:
            free = heard + 1
        self._free[radio_id] = heard, free + 1
        return free

    def carry(self, unit_id: int, radio_id: int, heard: int) -> tuple[int, int]:
        """Note who carried a radio then; the hours to be written."""
        hour = heard // _HOUR_US * _HOUR_US
        unit, first, end = self.carried.get(radio_id, (unit_id, hour, hour))
        if unit != unit_id:
            first = end = hour
        first, end = min(first, hour), max(end, hour + _HOUR_US)
        self.carried[radio_id] = unit_id, first, end
        return first, end

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
        """PostgreSQL: have a partition for each of these days, and for the next ones."""
        if self._days is not None and days <= self._days:
            return
        if self._days is None:
            self._days = {_day_number(day) for day in await existing_days(session)}
        today = micros(now) // _DAY_US
        missing = (days | set(range(today, today + AHEAD + 1))) - self._days
        await make_days(session, [from_micros(day * _DAY_US).date() for day in sorted(missing)])
        self._days |= missing


class Recorded:
    """What a batch of reports adds to the tables, and to what consoles show."""

    def __init__(self, memory: PositionMemory, make: Make) -> None:
        self.newest: dict[int, Any] = {}
        "Rows by radio, where they are news."
        self.shown: dict[int, tuple[PositionReported, KnownRadio, int, int | None]] = {}
        "The same reports, with the times of hearing and fix in microseconds."
        self.carried: dict[tuple[int, int], tuple[int, int]] = {}
        "Unit and radio: first and last hour."
        self._memory = memory
        self._make = make

    def take(self, reports: Sequence[Report]) -> list[Any]:
        """Make rows; runs once for each position, so it keeps to local names."""
        memory, make = self._memory, self._make
        known_age, last_heard, known_carried = memory.newest, memory.heard, memory.carried
        rows: list[Any] = []
        append = rows.append
        for event, radio, heard in reports:
            radio_id, unit_id = radio.id, radio.unit_id
            if last_heard.get(radio_id) == heard:
                heard = memory.once_more(radio_id, heard)
            else:
                last_heard[radio_id] = heard
            fixed_at = event.fixed_at
            fixed = None if fixed_at is None else micros(fixed_at)
            if fixed is not None and fixed - heard > _SKEW_US:
                fixed = None
            point = event.point
            row = make(
                heard,
                radio_id,
                round(point.lat * 1e7),
                round(point.lon * 1e7),
                _NUMBER_OF[event.source],
                event.stale,
                event.verified,
                fixed,
                unit_id,
                event.speed_kmh,
                event.bearing_deg,
                event.error_m,
                event.altitude_m,
            )
            append(row)
            age = heard, heard if fixed is None else fixed
            if age > known_age[radio_id]:
                known_age[radio_id] = age
                self.newest[radio_id] = row
                self.shown[radio_id] = event, radio, heard, fixed
            if unit_id is not None:
                unit, first, end = known_carried.get(radio_id, _NOBODY)
                if unit != unit_id or not first <= heard < end:
                    self.carried[unit_id, radio_id] = memory.carry(unit_id, radio_id, heard)
        return rows

    def told(self) -> list[Passing]:
        """The newest positions as `PositionView` writes them."""
        return [_told(*one) for one in self.shown.values()]


async def record(
    session: AsyncSession, reports: Sequence[Report], memory: PositionMemory, now: datetime
) -> Recorded:
    """Store reports, and of each radio the newest if it is news.

    A fix time from the future is dropped, the report is kept: a radio without a valid GNSS
    clock is still somewhere. Two fixes of a radio that were heard at one instant lie a
    microsecond apart, so that both are kept.
    """
    await memory.load(session, {radio.id for _, radio, _ in reports})
    repository, sqlite = PositionRepository(session), is_sqlite(session)
    if not sqlite:
        # the second microsecond of a doubled instant may be the next day's
        instants = (heard + more for _, _, heard in reports for more in (0, _ASIDE_US))
        await memory.make_days(session, {instant // _DAY_US for instant in instants}, now)
    if sqlite or len(reports) < _MANY_ROWS:
        batch = Recorded(memory, counted if sqlite else timed)
        await repository.add(batch.take(reports))
        await repository.show(list(batch.newest.values()))
    else:
        batch = Recorded(memory, packed)
        await repository.add_packed(map(batch.take, _parts(reports)))
        await repository.show_packed(batch.newest.values())
    await repository.carry(
        [
            (*pair, *(span if sqlite else map(from_micros, span)))
            for pair, span in batch.carried.items()
        ]
    )
    return batch


def _parts(reports: Sequence[Report]) -> Iterator[Sequence[Report]]:
    for start in range(0, len(reports), _PART):
        yield reports[start : start + _PART]


def _told(event: PositionReported, radio: KnownRadio, heard: int, fixed: int | None) -> Passing:
    json = orjson.dumps(
        {
            "radio_id": radio.id,
            "unit_id": radio.unit_id,
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
    return Passing("positions", radio.id, radio.agency_id, json)


def _day_number(day: date) -> int:
    return micros(datetime(day.year, day.month, day.day, tzinfo=UTC)) // _DAY_US
