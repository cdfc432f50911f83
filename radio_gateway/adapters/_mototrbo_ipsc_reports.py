"""What repeaters tell of themselves and of alarms, beside the calls that they carry."""

import logging
from typing import Final

from radio_gateway.adapters._recent import Recent
from radio_gateway.domain.events import EmergencySource
from radio_gateway.protocols.mototrbo.ipsc_monitor import (
    Blocked,
    CallState,
    CallStatus,
    CallType,
    RepeaterState,
    SlotState,
)

log = logging.getLogger(__name__)

ALARM_KNOWN_S: Final = 300.0
"How long after its begin an alarm's end is not taken for another alarm."
_ALARMS: Final[dict[int, EmergencySource]] = {
    CallType.EMERGENCY_ALARM: EmergencySource.ALARM,
    CallType.EMERGENCY_VOICE: EmergencySource.VOICE,
}
_BLOCKS: Final = {
    1: "interference begins",
    2: "interference ends",
    3: "interference begins",
    4: "interference ends",
    5: "sends its station identification",
    6: "has sent its station identification",
}
"Why a repeater does not transmit; what tells 1 and 2 from 3 and 4 is not public."


class Alarms:
    """Which reports of calls are alarms.

    An alarm counts whatever became of its transmission: a repeater that could not pass it on,
    since the slot was busy or disturbed, has heard the radio all the same. Its end alone counts
    when the report of its begin was lost.
    """

    def __init__(self) -> None:
        self._known = Recent(ALARM_KNOWN_S)

    def source(self, status: CallStatus, now: float) -> EmergencySource | None:
        """What kind of alarm to raise; None: no alarm, or the end of a known one."""
        source = _ALARMS.get(status.call_type)
        if source is None or not status.source:
            return None
        key = status.call_type, status.source
        if status.state == CallState.STARTED:
            self._known.forget(key)
        return None if self._known.seen(key, now) else source


class RepeaterLog:
    """Slots and disturbances of repeaters, in the log whenever they change.

    They make no event: they concern no radio, and the link stays up.
    """

    def __init__(self, link: str) -> None:
        self._link = link
        self._slots: dict[tuple[int, int], int] = {}
        self._blocked: dict[int, int] = {}

    def slots(self, state: RepeaterState, site: str) -> None:
        """Take what the slots do; active and idle change with each call and are not news."""
        for number, told in ((1, state.slot1), (2, state.slot2)):
            disabled = told == SlotState.DISABLED
            if disabled != (self._slots.get((state.peer, number)) == SlotState.DISABLED):
                word = "disabled" if disabled else "enabled"
                log.warning("%s: %s: slot %d is %s", self._link, site, number, word)
            self._slots[state.peer, number] = told

    def blocked(self, report: Blocked, site: str) -> None:
        """Take why it does not transmit, or does again."""
        if self._blocked.get(report.peer) == report.reason:
            return
        self._blocked[report.peer] = report.reason
        what = _BLOCKS.get(report.reason)
        if what is None:
            octets = report.build().hex(" ")
            log.info("%s: %s: blocked for an unknown reason: %s", self._link, site, octets)
        else:
            log.info("%s: %s %s", self._link, site, what)
