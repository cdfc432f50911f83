"""Control blocks of radios, whatever base passes them on."""

from abc import ABC, abstractmethod
from typing import Final

from radio_gateway.protocols.dmr.csbk import CallAlert, Csbk, EmergencyAlarm

ALARM_REPEATS: Final = 6


class ControlBlocks(ABC):
    """What a radio says in one block; all times are monotonic seconds."""

    @abstractmethod
    def control(
        self,
        block: Csbk,
        radio: int,
        target: int,
        *,
        now: float,
        slot: int = 1,
        group: bool = False,
        repeats: int = 1,
    ) -> float:
        """Pass on a block, `repeats` times; returns when the slot is free again."""

    def emergency_alarm(
        self, radio: int, talkgroup: int, *, now: float, slot: int = 1, repeats: int = ALARM_REPEATS
    ) -> float:
        """Let a radio send its alarm over and over; returns when the slot is free again."""
        alarm = EmergencyAlarm(talkgroup, radio).build()
        return self.control(
            alarm, radio, talkgroup, now=now, slot=slot, group=True, repeats=repeats
        )

    def call_alert(
        self, radio: int, called: int, *, now: float, slot: int = 1, repeats: int = 1
    ) -> float:
        """Let a radio ask to be called back; returns when the slot is free again."""
        alert = CallAlert(called, radio).build()
        return self.control(alert, radio, called, now=now, slot=slot, repeats=repeats)
