"""Which radios are registered, and when each was heard last."""

import logging
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from radio_gateway.adapters._mototrbo_config import Emit, MototrboConfig
from radio_gateway.adapters._recent import Recent
from radio_gateway.domain.events import RadioDeregistered, RadioRegistered
from radio_gateway.domain.ids import RadioId
from radio_gateway.domain.moment import Moment
from radio_gateway.protocols.mototrbo.ars import (
    PERIOD_MINUTES,
    Registration,
    RegistrationEvent,
    UserRegistration,
)

log = logging.getLogger(__name__)

REMEMBERED: Final = 8192
"Radios; the longest silent ones are forgotten first."
REPEATED_S: Final = 60.0
"An initial registration within this time after another means that our answer was lost."
_MISMATCH_LOGGED_S: Final = 3600.0


@dataclass(slots=True)
class _Radio:
    heard_at: float
    registered_at: float | None = None


class MototrboRadios:
    """Presence of the radios of one system."""

    def __init__(self, config: MototrboConfig, emit: Emit) -> None:
        self._config = config
        self._emit = emit
        self._radios: OrderedDict[RadioId, _Radio] = OrderedDict()
        "Longest silent first."
        self._mismatches = Recent(_MISMATCH_LOGGED_S, limit=1024)

    def heard(self, radio: RadioId, at: Moment) -> None:
        """Any traffic of a radio keeps its registration."""
        known = self._radios.get(radio)
        if known is not None:
            known.heard_at = at.mono
            self._radios.move_to_end(radio)
            return
        self._radios[radio] = _Radio(at.mono)
        if len(self._radios) > REMEMBERED:
            self._end(next(iter(self._radios)), at)

    def registered(self, radio: RadioId, registration: Registration, at: Moment) -> bool:
        """Take a registration; returns whether the radio says that it was switched on.

        It then forgot what it was asked to report. When our answer got lost it says so again:
        a dispatcher is not told of that as of another switching on.
        """
        self.heard(radio, at)
        known = self._radios[radio]
        initial = registration.event is RegistrationEvent.INITIAL
        before = known.registered_at
        repeated = before is not None and at.mono - before < REPEATED_S
        known.registered_at = at.mono
        renewal = registration.event is RegistrationEvent.REFRESH or (
            before is not None and (repeated or not initial)
        )
        config = self._config
        self._emit(
            RadioRegistered(link=config.name, at=at, radio=radio, site=config.site, renewal=renewal)
        )
        return initial

    def check_device(
        self, radio: RadioId, registration: Registration | UserRegistration, at: Moment
    ) -> None:
        """A radio that names another id than its address is misprogrammed or forged; say so."""
        named = registration.device.strip()
        if named in ("", str(radio.number)) or self._mismatches.seen(radio, at.mono):
            return
        name = self._config.name
        log.warning("%s: radio %d calls itself %r", name, radio.number, named[:32])

    def deregistered(self, radio: RadioId, at: Moment) -> None:
        """Take a goodbye, also of a radio whose registration we did not hear."""
        self._radios.pop(radio, None)
        self._say_goodbye(radio, at, expired=False)

    def knows(self, radio: RadioId) -> bool:
        """Whether a radio is registered, or was heard within the life of a registration."""
        return radio in self._radios

    def expire(self, at: Moment) -> None:
        """End registrations that were not renewed within two periods."""
        lifetime_s = self._lifetime_s
        while lifetime_s and self._radios:
            oldest = next(iter(self._radios))
            if at.mono < self._radios[oldest].heard_at + lifetime_s:
                break
            self._end(oldest, at)

    def deadline(self) -> float | None:
        oldest = next(iter(self._radios.values()), None)
        if oldest is None or not self._lifetime_s:
            return None
        return oldest.heard_at + self._lifetime_s

    @property
    def _lifetime_s(self) -> float:
        """0: radios never renew, so silence says nothing."""
        return 2.0 * 60.0 * PERIOD_MINUTES * self._config.refresh_periods

    def _end(self, radio: RadioId, at: Moment) -> None:
        if self._radios.pop(radio).registered_at is not None:
            self._say_goodbye(radio, at, expired=True)

    def _say_goodbye(self, radio: RadioId, at: Moment, *, expired: bool) -> None:
        config = self._config
        self._emit(
            RadioDeregistered(
                link=config.name, at=at, radio=radio, site=config.site, expired=expired
            )
        )
