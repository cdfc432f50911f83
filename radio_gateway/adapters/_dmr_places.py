"""Places that radios send as data, as the domain says them; None for those that name none."""

from datetime import timedelta
from typing import Final, TypeAlias

from radio_gateway.domain.events import PositionReported, PositionSource
from radio_gateway.domain.geo import GeoPoint
from radio_gateway.domain.ids import RadioId
from radio_gateway.domain.moment import Moment
from radio_gateway.protocols.dmr.location import LipShortReport, UdtPosition
from radio_gateway.protocols.hytera import lp
from radio_gateway.protocols.mototrbo import lrrp
from radio_gateway.protocols.mototrbo.lrrp_report import Report, without_rollover

MAX_SPEED_MPS: Final = 100.0
"Faster reports are not believed."
_KMH: Final = 3.6
_KMH_PER_KNOT: Final = 1.852
_CLOCK_SKEW: Final = timedelta(minutes=10)
_OLD: Final = timedelta(minutes=10)
_LIP_UNDER_30_MIN: Final = 2
_LIP_ANSWER: Final = 0

HyteraReport: TypeAlias = (
    lp.ImmediateReport
    | lp.EmergencyReport
    | lp.TriggeredReport
    | lp.ConditionReport
    | lp.ConditionReportRssi
)


def of_mototrbo(report: Report, radio: RadioId, link: str, at: Moment) -> PositionReported | None:
    """A location report (LRRP); 0/0 is what receivers without a fix say."""
    speed, heading, fixed_at = report.speed_mps, report.heading_deg, report.time
    if report.shape is None or not (report.latitude or report.longitude):
        return None
    if speed is not None and speed > MAX_SPEED_MPS:
        return None
    if fixed_at is not None:
        fixed_at = without_rollover(fixed_at, at.utc)
        if fixed_at - at.utc > _CLOCK_SKEW:
            fixed_at = None
    answer = report.kind == lrrp.DocumentKind.IMMEDIATE_REPORT
    return PositionReported(
        link=link,
        at=at,
        radio=radio,
        point=GeoPoint(report.latitude_deg, report.longitude_deg),
        source=PositionSource.REQUESTED if answer else PositionSource.TRIGGERED,
        fixed_at=fixed_at,
        error_m=report.radius_m,
        speed_kmh=None if speed is None else speed * _KMH,
        bearing_deg=None if heading is None else float(heading),
        altitude_m=report.altitude_m,
        stale=fixed_at is not None and at.utc - fixed_at > _OLD,
    )


def of_hytera(
    report: HyteraReport, radio: RadioId, link: str, at: Moment, *, verified: bool
) -> PositionReported | None:
    """A location message; `verified`: its checksum was right."""
    gps = report.gps
    if gps.point is None:
        return None
    match report:
        case lp.EmergencyReport():
            source = PositionSource.EMERGENCY
        case lp.ImmediateReport():
            source = PositionSource.REQUESTED
        case _:
            source = PositionSource.TRIGGERED
    knots, course = gps.speed_knots, gps.course_deg
    return PositionReported(
        link=link,
        at=at,
        radio=radio,
        point=gps.point,
        source=source,
        fixed_at=gps.fixed_at,
        speed_kmh=None if knots is None else knots * _KMH_PER_KNOT,
        bearing_deg=None if course is None else float(course),
        stale=not gps.valid,
        verified=verified,
    )


def of_udt(position: UdtPosition, radio: RadioId, link: str, at: Moment) -> PositionReported | None:
    """A position by unified data transport."""
    if position.point is None:
        return None
    course = position.course_deg
    return PositionReported(
        link=link,
        at=at,
        radio=radio,
        point=position.point,
        source=PositionSource.TRIGGERED,
        speed_kmh=position.speed_kmh,
        bearing_deg=None if course is None else float(course),
    )


def of_lip(
    report: LipShortReport, radio: RadioId, link: str, at: Moment
) -> PositionReported | None:
    """A short report in one burst; 0/0 is no place.

    It tells how old the fix is at most, never when it was taken: there is no fix time, and one of
    over five minutes is stale.
    """
    if not (report.point.lat or report.point.lon):
        return None
    answer = report.reason == _LIP_ANSWER
    return PositionReported(
        link=link,
        at=at,
        radio=radio,
        point=report.point,
        source=PositionSource.REQUESTED if answer else PositionSource.TRIGGERED,
        error_m=report.error_m,
        speed_kmh=report.speed_kmh,
        bearing_deg=report.course_deg,
        stale=report.elapsed == _LIP_UNDER_30_MIN,
    )
