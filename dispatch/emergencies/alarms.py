"""What radios say: alarms raised, repeated and cleared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from dispatch.emergencies.models import Action, EmergencyState
from dispatch.emergencies.repository import EmergencyRepository, HeardRepository, Record, Step
from dispatch.emergencies.schemas import EmergencyCaller
from dispatch.emergencies.views import audience, callers_of, tell, view
from dispatch.live.log import News
from dispatch.positions.place import LastPlace
from dispatch.positions.service import latest_of
from dispatch.shared import Shared
from radio_gateway.domain.events import EmergencyRaised

AFTER_CLOSE: Final = timedelta(minutes=5)
"An alarm so soon after a closed one may be its echo; people decide."
TELL_EVERY: Final = timedelta(seconds=5)
"Radios repeat an alarm many times a minute; consoles hear of it once in so long."


class Alarm(NamedTuple):
    """An alarm, and whose it is."""

    event: EmergencyRaised
    radio_id: int
    unit_id: int | None
    agency_id: int | None
    talkgroup_id: int | None


async def raise_alarms(session: AsyncSession, shared: Shared, alarms: Sequence[Alarm]) -> None:
    """Alarms in this order: a radio's first opens an emergency, others add to the open one."""
    repository, now = HeardRepository(session), shared.now()
    known = await repository.open_of({one.radio_id for one in alarms})
    new = list(dict.fromkeys(one.radio_id for one in alarms if one.radio_id not in known))
    histories = await EmergencyRepository(session).history(
        [row["id"] for row in known.values() if now - row["told_at"] >= TELL_EVERY]
    )
    ids = await repository.new_ids(len(new))
    book = _Book(
        now,
        known,
        dict(zip(new, ids, strict=True)),
        await repository.closed_at(new),
        await latest_of(session, {one.radio_id for one in alarms if one.event.point is None}),
        histories,
        await callers_of(session, histories),
        await shared.log.next_number(session),
    )
    for alarm in alarms:
        if alarm.radio_id in book.open:
            book.repeat(alarm)
        else:
            book.raise_(alarm)
    await repository.add([book.open[radio_id] for radio_id in new])
    await repository.change(
        [row for radio_id, row in book.open.items() if radio_id not in book.ids]
    )
    await repository.note(book.lines)
    if book.news:
        await shared.log.append_all(session, book.news)


async def clear(session: AsyncSession, shared: Shared, radio_id: int, at: datetime) -> None:
    """The radio ended its emergency. That informs: only people close it."""
    repository = EmergencyRepository(session)
    row = await repository.open_of(radio_id)
    if row is None or at < row.last_heard_at or row.cleared_at is not None:
        return
    row.cleared_at = at
    await repository.save()
    await repository.note(row.id, Action.CLEARED, at, None, None)
    await tell(session, shared, "emergency.cleared", row)


@dataclass(slots=True)
class _Book:
    """Open emergencies of the radios of a batch, as they become alarm by alarm."""

    now: datetime
    open: dict[int, Record]
    "By radio."
    ids: Mapping[int, int]
    "Of the emergencies that the batch opens, by radio."
    closed_at: Mapping[int, datetime]
    "When a radio's last emergency was closed."
    places: Mapping[int, LastPlace]
    "By radio."
    histories: dict[int, list[Step]]
    "Of emergencies that consoles may be told of, by id."
    callers: Mapping[int, EmergencyCaller]
    "Of the escalated ones among them."
    next_number: int
    "What the first news is logged under."
    lines: list[tuple[int, Step]] = field(default_factory=list)
    "New ones of the histories, by id."
    news: list[News] = field(default_factory=list)

    def raise_(self, alarm: Alarm) -> None:
        event, at = alarm.event, alarm.event.at.utc
        closed_at = self.closed_at.get(alarm.radio_id)
        row: Record = {
            "id": self.ids[alarm.radio_id],
            "radio_id": alarm.radio_id,
            "unit_id": alarm.unit_id,
            "agency_id": alarm.agency_id,
            "talkgroup_id": alarm.talkgroup_id,
            "source": event.source.value,
            "state": EmergencyState.RAISED.value,
            "version": 1,
            "raised_at": at,
            "repeats": 0,
            "last_heard_at": at,
            "told_at": self.now,
            "after_close": closed_at is not None and at - closed_at < AFTER_CLOSE,
            "raised_seq": self.next_number + len(self.news),
            "raw": event.raw.hex()[:512],
            **_NOTHING_YET,
        }
        self._place(row, event)
        self.open[alarm.radio_id] = row
        self._note(row, Action.RAISED, event)
        self._tell("emergency.raised", row)

    def repeat(self, alarm: Alarm) -> None:
        event, row, at = alarm.event, self.open[alarm.radio_id], alarm.event.at.utc
        row["repeats"] += 1
        row["raised_at"] = min(row["raised_at"], at)
        if at >= row["last_heard_at"]:
            row["last_heard_at"] = at
            # the key was pressed again after the radio had ended its emergency
            row["cleared_at"] = None
            self._place(row, event)
        tells = self.now - row["told_at"] >= TELL_EVERY
        if tells:
            row["told_at"] = self.now
        self._note(row, Action.REPEATED, event)
        if tells:
            self._tell("emergency.repeated", row)

    def _place(self, row: Record, event: EmergencyRaised) -> None:
        """The alarm's own point, or else where the radio was heard last."""
        if event.point is not None:
            row["lat"], row["lon"] = event.point.lat, event.point.lon
            row["position_heard_at"], row["error_m"] = event.at.utc, None
            return
        known = self.places.get(row["radio_id"])
        if known is not None:
            row["lat"], row["lon"] = known.lat, known.lon
            row["position_heard_at"], row["error_m"] = known.heard_at, known.error_m

    def _note(self, row: Record, action: Action, event: EmergencyRaised) -> None:
        line = Step(action.value, event.at.utc, None, event.source.value)
        self.lines.append((row["id"], line))
        self.histories.setdefault(row["id"], []).append(line)

    def _tell(self, type_: str, row: Record) -> None:
        history = sorted(self.histories[row["id"]], key=lambda line: line.at)
        shown = view(row, history, self.callers.get(row["id"]))
        self.news.append(News(type_, shown, audience(shown)))


_NOTHING_YET: Final = dict.fromkeys(
    (
        *("lat", "lon", "position_heard_at", "error_m", "acknowledged_at", "acknowledged_by"),
        *("closed_at", "closed_by", "close_reason", "cleared_at"),
    )
)
"Columns of a new emergency that are filled later, if at all."
