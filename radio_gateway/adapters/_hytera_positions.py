"""Location reports as the domain says them."""

from typing import Final, TypeAlias

from radio_gateway.domain.events import PositionReported, PositionSource
from radio_gateway.domain.ids import RadioId
from radio_gateway.domain.moment import Moment
from radio_gateway.protocols.hytera import lp
from radio_gateway.protocols.hytera.quick import Fix

KMH_PER_KNOT: Final = 1.852

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
    _, _, point, fixed_at, knots, course = fix
    return PositionReported(
        link=link,
        at=at,
        radio=radio,
        point=point,
        source=PositionSource.TRIGGERED,
        fixed_at=fixed_at,
        speed_kmh=None if knots is None else knots * KMH_PER_KNOT,
        bearing_deg=None if course is None else float(course),
    )
