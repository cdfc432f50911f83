"""Location reports as the domain says them."""

from typing import Final, TypeAlias

from radio_gateway.domain.events import PositionReported, PositionSource
from radio_gateway.domain.ids import RadioId
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.quick import unfrozen
from radio_gateway.protocols.hytera import lp
from radio_gateway.protocols.hytera.quick import Fix

KMH_PER_KNOT: Final = 1.852

_OpenPosition: Final = unfrozen(PositionReported)

_WITH_RSSI: Final = (lp.ImmediateReportRssi, lp.ConditionReportRssi)

Report: TypeAlias = (
    lp.ImmediateReport
    | lp.EmergencyReport
    | lp.TriggeredReport
    | lp.ConditionReport
    | lp.ConditionReportRssi
)


def position(
    report: Report,
    radio: RadioId,
    source: PositionSource,
    link: str,
    at: Moment,
    *,
    verified: bool,
) -> PositionReported | None:
    """Translate a report; None where it names no place.

    Args:
        report: any report with a position in it.
        radio: whose position it is.
        source: why it was sent.
        link: name of the base.
        at: when it came.
        verified: whether its checksum was right.
    """
    gps = report.gps
    point = gps.point
    if point is None:
        return None
    rssi = None
    if isinstance(report, _WITH_RSSI):
        rssi = float(report.rssi_dbm)
    knots, course = gps.speed_knots, gps.course_deg
    return PositionReported(
        link=link,
        at=at,
        radio=radio,
        point=point,
        source=source,
        fixed_at=gps.fixed_at,
        speed_kmh=None if knots is None else knots * KMH_PER_KNOT,
        bearing_deg=None if course is None else float(course),
        rssi_dbm=rssi,
        stale=not gps.valid,
        verified=verified,
    )


def quick_position(fix: Fix, radio: RadioId, link: str, at: Moment) -> PositionReported:
    """The same for a report of the usual form, which nobody asked for."""
    found = _OpenPosition()
    _, _, found.point, found.fixed_at, knots, course = fix
    found.link, found.at, found.radio = link, at, radio
    found.source = PositionSource.TRIGGERED
    found.speed_kmh = None if knots is None else knots * KMH_PER_KNOT
    found.bearing_deg = None if course is None else float(course)
    found.error_m = found.altitude_m = found.rssi_dbm = None
    found.stale, found.verified = False, True
    found.__class__ = PositionReported
    event: PositionReported = found
    return event
