"""How a simulated Hytera base behaves, and what each of its radios knows."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from radio_gateway.protocols.hytera.gps import GpsData, gps_data


@dataclass(frozen=True, slots=True)
class HyteraSetup:
    """How a simulated base and its air behave."""

    dispatcher_id: int
    device_id: int = 99_999
    "The repeater's own radio id."
    subnet: int = 10
    air_loss: float = 0.0
    "Share of transmissions, either way, that nobody hears."
    air_delay_s: tuple[float, float] = (0.5, 1.5)
    "Least and most time of one transmission."


@dataclass(slots=True)
class SimulatedRadio:
    """What a simulated radio knows."""

    number: int
    slot: int
    on: bool = False
    disabled: bool = False
    gps: GpsData | None = None
    fixed_at: datetime | None = None
    placed_at: float = 0.0
    interval_s: int = 0
    periodic_request: int = 0
    registering: int = 0
    "Counts registrations, so that an answered one is not tried again."
    emergency: bool = False
    pressed: int = 0
    "Presses of the emergency key; only the last one's reports go on."
    shown: set[int] = field(default_factory=set)
    "Request numbers of texts that were shown already."

    def gps_now(self, now: float) -> GpsData:
        """The radio's last place; its clock went on since."""
        if self.gps is None:
            return gps_data(None, fixed_at=None, valid=False)
        if self.fixed_at is None or not self.gps.valid:
            return self.gps
        clock = gps_data(None, fixed_at=self.fixed_at + timedelta(seconds=now - self.placed_at))
        return replace(self.gps, time=clock.time, date=clock.date)
