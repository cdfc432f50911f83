"""Alarms that are heard and not yet stored: shown all the same, from memory."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from dispatch import clock
from dispatch.answers import Iso, View
from dispatch.db.away import is_away
from dispatch.db.database import Database
from dispatch.emergencies.directory import Directory
from dispatch.emergencies.repository import EmergencyRepository
from dispatch.live.hub import Passing
from dispatch.live.scope import Scope
from radio_gateway.domain.events import EmergencyRaised
from radio_gateway.domain.ids import RadioId
from radio_gateway.domain.wire import EventEnvelope

log = logging.getLogger(__name__)

STORED_WITHIN_S: Final = 0.3
"A healthy database has stored an alarm by then; consoles are told of one that it has not."
ASK_S: Final = 0.25
"The database is asked that long whether another process has stored it."
AGAIN_S: Final = 1.0
LIMIT: Final = 1000
"Radios whose alarms wait in memory; far beyond any fleet in distress."

Tell = Callable[[list[Passing]], None]


class UnstoredView(View):
    """An alarm that nobody can acknowledge yet; the emergency of its radio replaces it."""

    event: str
    "Id of the alarm as its gateway gave it."
    radio_id: int | None
    "None: this radio was never stored."
    network: str
    number: int
    label: str
    unit_id: int | None
    call_sign: str | None
    agency_id: int | None
    "None: unknown, so everybody sees it."
    talkgroup: int | None
    at: Iso
    source: Literal["alarm", "voice", "position", "status"]
    lat: float | None
    lon: float | None
    stored: bool = False
    "True: it is stored now, the emergency itself follows or came already."


@dataclass(slots=True)
class _Alarm:
    first: EventEnvelope
    event: EmergencyRaised
    since: float
    "By the steady clock."
    key: int
    ids: set[str] = field(default_factory=set)
    view: UnstoredView | None = None
    "Set once consoles were told."


class Unstored:
    """Told by ingest what arrives and what is stored; tells consoles of what lies between.

    One process of several writes; the others learn from the database what it has stored.
    """

    def __init__(
        self,
        database: Database,
        tell: Tell,
        monotonic: Callable[[], float] = clock.monotonic,
    ) -> None:
        self.directory = Directory(database)
        self._database = database
        self._tell = tell
        self._monotonic = monotonic
        self._alarms: dict[RadioId, _Alarm] = {}
        self._count = 0
        self._wake = asyncio.Event()

    def on_waiting(self, envelopes: Iterable[EventEnvelope]) -> None:
        """These arrived just now; other kinds than alarms are none of its business."""
        for envelope in envelopes:
            event = envelope.event
            if not isinstance(event, EmergencyRaised):
                continue
            alarm = self._alarms.get(event.radio)
            if alarm is None:
                if len(self._alarms) >= LIMIT:
                    log.error("the alarm of %s waits without being shown", event.radio)
                    continue
                self._count += 1
                alarm = _Alarm(envelope, event, self._monotonic(), self._count)
                self._alarms[event.radio] = alarm
            alarm.ids.add(envelope.id)
            self._wake.set()

    def on_stored(self, ids: Iterable[str]) -> None:
        """These are committed, or were before."""
        known = set(ids)
        done = [radio for radio, alarm in self._alarms.items() if alarm.ids & known]
        told = [alarm for radio in done if (alarm := self._alarms.pop(radio)).view is not None]
        self._publish(told, stored=True)

    def views(self, scope: Scope) -> list[UnstoredView]:
        """Those that consoles were told of, oldest first."""
        shown = [alarm.view for alarm in self._alarms.values() if alarm.view is not None]
        return [view for view in shown if scope.sees(view.agency_id)]

    async def run(self) -> None:
        """Tell consoles in time, until cancelled."""
        while True:
            pause = self._pause()
            self._wake.clear()
            try:
                async with asyncio.timeout(pause):
                    await self._wake.wait()
            except TimeoutError:
                await self.tick()

    async def tick(self) -> None:
        """Show alarms that have waited too long; drop those that another process stored."""
        now = self._monotonic()
        due = [one for one in self._alarms.values() if now - one.since >= STORED_WITHIN_S]
        if not due:
            return
        self.on_stored(await self._stored([id_ for alarm in due for id_ in alarm.ids]))
        fresh = [
            one for one in due if one.view is None and self._alarms.get(one.event.radio) is one
        ]
        for alarm in fresh:
            alarm.view = self._view(alarm)
            log.error("the alarm of %s is shown before it is stored", alarm.event.radio)
        self._publish(fresh, stored=False)

    def _pause(self) -> float | None:
        if not self._alarms:
            return None
        new = [one.since for one in self._alarms.values() if one.view is None]
        if not new:
            return AGAIN_S
        return max(min(new) + STORED_WITHIN_S - self._monotonic(), 0.0)

    async def _stored(self, ids: Sequence[str]) -> set[str]:
        """Which of these the database has; none, if it does not answer in time."""
        asked = asyncio.create_task(self._ask(ids), name="is it stored")
        done, _ = await asyncio.wait({asked}, timeout=ASK_S)
        if not done:
            asked.cancel()  # not awaited: its connection may take long to give up
            return set()
        error = asked.exception()
        if error is not None and not is_away(error):
            log.error("whether alarms are stored could not be read", exc_info=error)
        return set() if error is not None else asked.result()

    async def _ask(self, ids: Sequence[str]) -> set[str]:
        async with self._database.read() as session:
            return set(await EmergencyRepository(session).ingested(ids))

    def _view(self, alarm: _Alarm) -> UnstoredView:
        event = alarm.event
        bearer = self.directory.bearer(event.radio, event.talkgroup)
        return UnstoredView(
            event=alarm.first.id,
            radio_id=bearer.radio_id,
            network=event.radio.network,
            number=event.radio.number,
            label=bearer.label,
            unit_id=bearer.unit_id,
            call_sign=bearer.call_sign,
            agency_id=bearer.agency_id,
            talkgroup=None if event.talkgroup is None else event.talkgroup.number,
            at=event.at.utc,
            source=event.source.value,
            lat=None if event.point is None else event.point.lat,
            lon=None if event.point is None else event.point.lon,
        )

    def _publish(self, alarms: Sequence[_Alarm], *, stored: bool) -> None:
        values = [
            Passing(
                "unstored",
                alarm.key,
                alarm.view.agency_id,
                alarm.view.model_copy(update={"stored": stored}).model_dump_json().encode(),
            )
            for alarm in alarms
            if alarm.view is not None
        ]
        if values:
            self._tell(values)
