"""Location reports as the domain says them, and those that name no place to believe."""

import logging
from datetime import timedelta
from typing import Final

from radio_gateway.adapters._mototrbo_config import Emit, MototrboConfig
from radio_gateway.adapters._recent import Recent
from radio_gateway.domain.events import PositionReported, PositionSource, TelemetryReceived
from radio_gateway.domain.geo import GeoPoint
from radio_gateway.domain.ids import RadioId
from radio_gateway.domain.moment import Moment
from radio_gateway.protocols.mototrbo.lrrp import Report
from radio_gateway.protocols.mototrbo.lrrp_report import without_rollover

log = logging.getLogger(__name__)

MAX_SPEED_MPS: Final = 100.0
CLOCK_SKEW: Final = timedelta(minutes=10)
"A fix time further ahead is not believed; the place is."
OLD: Final = timedelta(minutes=10)
"A fix of before is a place where the radio was."
REPEATED_S: Final = 5.0
REJECTED_EVERY_S: Final = 600.0
"A receiver without a fix says so in every report; kept is one of each kind and radio."
KMH: Final = 3.6


class MototrboPositions:
    """Reports become positions, each once."""

    def __init__(self, config: MototrboConfig, emit: Emit) -> None:
        self._config = config
        self._emit = emit
        self._repeated = Recent(REPEATED_S)
        self._rejected = Recent(REJECTED_EVERY_S)

    def repeats(self, radio: RadioId, report: Report, at: Moment) -> bool:
        """Whether the same report of this radio came just before."""
        return self._repeated.seen((radio, report), at.mono)

    def take(
        self, radio: RadioId, report: Report, source: PositionSource, raw: bytes, at: Moment
    ) -> None:
        """Pass a report's place on; what cannot be true is kept aside with its octets."""
        point = place(report)
        if report.shape is None:
            return
        fault = "no fix" if point is None else _fault(report)
        if fault is not None:
            self._reject(radio, fault, raw, at)
        elif point is not None:
            self._emit(self._position(radio, report, point, source, at))

    def _position(
        self, radio: RadioId, report: Report, point: GeoPoint, source: PositionSource, at: Moment
    ) -> PositionReported:
        fixed_at = report.time
        if fixed_at is not None:
            fixed_at = without_rollover(fixed_at, at.utc)
            if fixed_at - at.utc > CLOCK_SKEW:
                fixed_at = None
        speed, heading = report.speed_mps, report.heading_deg
        return PositionReported(
            link=self._config.name,
            at=at,
            radio=radio,
            point=point,
            source=source,
            fixed_at=fixed_at,
            error_m=report.radius_m,
            speed_kmh=None if speed is None else speed * KMH,
            bearing_deg=None if heading is None else float(heading),
            altitude_m=report.altitude_m,
            stale=fixed_at is not None and at.utc - fixed_at > OLD,
        )

    def _reject(self, radio: RadioId, fault: str, raw: bytes, at: Moment) -> None:
        if self._rejected.seen((radio, fault), at.mono):
            return
        config = self._config
        log.warning("%s: position of radio %d not believed: %s", config.name, radio.number, fault)
        kind = "mototrbo/rejected_position"
        self._emit(TelemetryReceived(link=config.name, at=at, radio=radio, kind=kind, data=raw))


def place(report: Report) -> GeoPoint | None:
    """Where a report says that the radio is; None: nowhere, or 0/0 as receivers without a fix."""
    if report.shape is None or not (report.latitude or report.longitude):
        return None
    return GeoPoint(report.latitude_deg, report.longitude_deg)


def _fault(report: Report) -> str | None:
    speed = report.speed_mps
    if speed is not None and speed > MAX_SPEED_MPS:
        return f"faster than {MAX_SPEED_MPS:g} m/s"
    return None
