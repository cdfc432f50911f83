"""Positions, statuses and emergencies in what Kenwood radios report."""

from collections.abc import Collection
from typing import Final

from radio_gateway.domain.events import (
    EmergencyRaised,
    EmergencySource,
    Event,
    PositionReported,
    PositionSource,
    RadioHeard,
    StatusReceived,
)
from radio_gateway.domain.geo import GeoPoint
from radio_gateway.domain.ids import RadioId
from radio_gateway.domain.moment import Moment
from radio_gateway.protocols.kenwood.frames import StatusFrame
from radio_gateway.protocols.kenwood.places import is_factory
from radio_gateway.protocols.kenwood.sentences import (
    DataSentence,
    IdentitySentence,
    ShortSentence,
)
from radio_gateway.protocols.nmea.fix import Fix, bearing, fix_time, place, speed
from radio_gateway.protocols.nmea.line import ChecksumState

REPEAT_S: Final = 1.0
"The same report of a radio within this time is a repetition."
ALARM_HOLD_S: Final = 30.0
"Further signs of the same emergency within this time raise no second alarm."
REQUEST_S: Final = 60.0
"A position within this time after a request is its answer."

_Placed = DataSentence | ShortSentence


class ReportTranslator:
    """Remembers per radio what was just said, so that a burst of sentences is one report."""

    def __init__(
        self,
        link: str,
        site: str | None,
        *,
        statuses: Collection[int],
        emergency_statuses: Collection[int],
        emergency_on_sh: bool,
    ) -> None:
        self._link = link
        self._site = site
        self._statuses = statuses
        self._emergency_statuses = emergency_statuses
        self._emergency_on_sh = emergency_on_sh
        self._recent: dict[object, float] = {}
        self._status: dict[RadioId, int | None] = {}
        self._alarm_until: dict[RadioId, float] = {}
        self._asked_until: dict[RadioId, float] = {}

    def asked(self, radio: RadioId, at: Moment) -> None:
        """A position was requested; the next one is the answer."""
        self._asked_until[radio] = at.mono + REQUEST_S

    def heard(self, radio: RadioId, at: Moment) -> Event:
        """A sign of life that is nothing else."""
        return RadioHeard(link=self._link, at=at, radio=radio, site=self._site)

    def position(self, radio: RadioId, sentence: _Placed, raw: bytes, at: Moment) -> list[Event]:
        """DS or SH: emergency first, then status, then place."""
        if self._repeated((radio, raw), at):
            return []
        point = self._point(sentence)
        status = sentence.status if isinstance(sentence, DataSentence) else None
        signs = isinstance(sentence, ShortSentence) and self._emergency_on_sh
        current = point if sentence.valid else None
        alarms = self._alarms(radio, status, current, raw, at, signs=signs)
        events = alarms + self._status_change(radio, status, at)
        if point is None or sentence.fix not in ("A", "V"):
            return events or [self.heard(radio, at)]
        if not self._repeated((radio, sentence.utc_time, point), at):
            events.append(self._placed(radio, sentence, point, at, emergency=bool(alarms)))
        return events

    def identity(
        self, radio: RadioId, sentence: IdentitySentence, raw: bytes, at: Moment
    ) -> list[Event]:
        """ID: its place, if any, comes by `paired`."""
        if self._repeated((radio, raw), at):
            return []
        events = self._alarms(radio, sentence.status, None, raw, at)
        events += self._status_change(radio, sentence.status, at)
        return events or [self.heard(radio, at)]

    def status_frame(
        self, radio: RadioId, frame: StatusFrame, raw: bytes, at: Moment
    ) -> list[Event]:
        """A status of its own is always meant, also with an unknown number."""
        if self._repeated((radio, raw), at):
            return []
        if frame.status is None:
            return [self.heard(radio, at)]
        events = self._alarms(radio, frame.status, None, raw, at)
        self._status[radio] = frame.status
        return [*events, self._status_event(radio, frame.status, at)]

    def paired(self, radio: RadioId, fix: Fix, at: Moment) -> list[Event]:
        """A plain sentence that was found to be this radio's."""
        if self._repeated((radio, fix.fixed_at, fix.point), at) or is_factory(fix.point):
            return []
        return [
            PositionReported(
                link=self._link,
                at=at,
                radio=radio,
                point=fix.point,
                source=self._source(radio, at),
                fixed_at=fix.fixed_at,
                speed_kmh=fix.speed_kmh,
                bearing_deg=fix.bearing_deg,
                altitude_m=fix.altitude_m,
                stale=fix.estimated,
            )
        ]

    def _placed(
        self, radio: RadioId, sentence: _Placed, point: GeoPoint, at: Moment, *, emergency: bool
    ) -> Event:
        data = sentence if isinstance(sentence, DataSentence) else None
        stale = not sentence.valid
        fixed_at, _ = fix_time(sentence.utc_time, data.utc_date if data else None, at.utc)
        return PositionReported(
            link=self._link,
            at=at,
            radio=radio,
            point=point,
            source=PositionSource.EMERGENCY if emergency else self._source(radio, at),
            fixed_at=None if stale else fixed_at,
            speed_kmh=speed(data.speed_knots) if data and not stale else None,
            bearing_deg=bearing(data.course_deg) if data and not stale else None,
            stale=stale,
            verified=sentence.checksum.state is ChecksumState.OK,
        )

    def _point(self, sentence: _Placed) -> GeoPoint | None:
        point = place(sentence.lat, sentence.lon)
        return None if point is None or is_factory(point) else point

    def _source(self, radio: RadioId, at: Moment) -> PositionSource:
        asked = at.mono <= self._asked_until.pop(radio, float("-inf"))
        return PositionSource.REQUESTED if asked else PositionSource.SENTENCE

    def _alarms(
        self,
        radio: RadioId,
        status: int | None,
        point: GeoPoint | None,
        raw: bytes,
        at: Moment,
        *,
        signs: bool = False,
    ) -> list[Event]:
        by_status = status in self._emergency_statuses
        if not (by_status or signs) or at.mono < self._alarm_until.get(radio, float("-inf")):
            return []
        self._alarm_until[radio] = at.mono + ALARM_HOLD_S
        return [
            EmergencyRaised(
                link=self._link,
                at=at,
                radio=radio,
                source=EmergencySource.STATUS if by_status else EmergencySource.ALARM,
                point=point,
                site=self._site,
                raw=raw,
            )
        ]

    def _status_change(self, radio: RadioId, status: int | None, at: Moment) -> list[Event]:
        """Position reports repeat the number, so it counts when it changes and is known."""
        changed = status is not None and self._status.get(radio) != status
        self._status[radio] = status if status is not None else self._status.get(radio)
        known = status in self._statuses or status in self._emergency_statuses
        return [self._status_event(radio, status, at)] if changed and known and status else []

    def _status_event(self, radio: RadioId, status: int, at: Moment) -> Event:
        return StatusReceived(link=self._link, at=at, radio=radio, status=status, site=self._site)

    def _repeated(self, key: object, at: Moment) -> bool:
        if at.mono - self._recent.get(key, float("-inf")) < REPEAT_S:
            return True
        self._recent = {k: t for k, t in self._recent.items() if at.mono - t < REPEAT_S}
        self._recent[key] = at.mono
        return False
