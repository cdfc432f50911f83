"""Alarms, call alerts and signs of life: what is told once though the air repeats it."""

from collections.abc import Callable
from typing import Final

from radio_gateway.adapters._recent import Recent
from radio_gateway.domain.events import (
    CallAlertReceived,
    EmergencyRaised,
    EmergencySource,
    Event,
    RadioHeard,
)
from radio_gateway.domain.ids import RadioId, TalkgroupId
from radio_gateway.domain.moment import Moment

ALARM_REPEATS_S: Final = 30.0
"A radio repeats its alarm for some seconds; a later one is a new one."
CALL_ALERT_REPEATS_S: Final = 10.0
"The same for whoever asks to be called back, and is not answered."
PRESENCE_EVERY_S: Final = 10.0
_RADIOS_KEPT: Final = 20_000


class Signals:
    """Raises alarms once and refreshes presence no more than every ten seconds."""

    def __init__(self, link: str, emit: Callable[[Event], None]) -> None:
        self._link = link
        self._emit = emit
        self._alarm_at: dict[RadioId, float] = {}
        self._heard_at: dict[RadioId, float] = {}
        self._alerts = Recent(CALL_ALERT_REPEATS_S)

    def alarm(
        self,
        radio: RadioId,
        talkgroup: TalkgroupId | None,
        site: str,
        raw: bytes,
        at: Moment,
        source: EmergencySource = EmergencySource.ALARM,
    ) -> None:
        """Take one alarm block; a repetition within `ALARM_REPEATS_S` of the first is silent."""
        raised_at = self._alarm_at.get(radio)
        if raised_at is not None and at.mono - raised_at < ALARM_REPEATS_S:
            return
        _remember(self._alarm_at, radio, at.mono)
        self._emit(
            EmergencyRaised(
                link=self._link,
                at=at,
                radio=radio,
                source=source,
                talkgroup=talkgroup,
                site=site,
                raw=raw,
            )
        )

    def cleared(self, radio: RadioId) -> None:
        """The alarm was dealt with: the next block is a new one."""
        self._alarm_at.pop(radio, None)

    def call_alert(self, radio: RadioId, called: RadioId | None, site: str, at: Moment) -> None:
        """Take the wish to be called back; its repetitions on the air are silent."""
        if not self._alerts.seen((radio, called), at.mono):
            self._emit(
                CallAlertReceived(link=self._link, at=at, radio=radio, called=called, site=site)
            )

    def heard(self, radio: RadioId, site: str, rssi_dbm: int | None, at: Moment) -> None:
        """Take any other sign of life."""
        last = self._heard_at.get(radio)
        if last is not None and at.mono - last < PRESENCE_EVERY_S:
            return
        _remember(self._heard_at, radio, at.mono)
        rssi = None if rssi_dbm is None else float(rssi_dbm)
        self._emit(RadioHeard(link=self._link, at=at, radio=radio, site=site, rssi_dbm=rssi))


def _remember(times: dict[RadioId, float], radio: RadioId, now: float) -> None:
    times.pop(radio, None)
    times[radio] = now
    if len(times) > _RADIOS_KEPT:
        del times[next(iter(times))]
