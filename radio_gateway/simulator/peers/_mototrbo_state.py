"""What a simulated MOTOTRBO radio knows about itself."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from radio_gateway.domain.geo import GeoPoint
from radio_gateway.protocols.mototrbo.lrrp import DocumentKind, Report, Request, Token
from radio_gateway.protocols.mototrbo.lrrp_report import Result, Shape, scaled_place, time_stamp


@dataclass(frozen=True, slots=True)
class MototrboSetup:
    """How the radios and their air behave."""

    air_loss: float = 0.0
    "Share of transmissions that nobody hears."
    delay_s: tuple[float, float] = (0.3, 0.9)
    "Time that a request takes to a radio, from .. to."
    retry_s: float = 10.0
    "Until a radio repeats what was not acknowledged."


@dataclass(slots=True)
class MototrboFix:
    """What a radio's receiver knows."""

    point: GeoPoint
    at: datetime
    placed_at: float
    speed_mps: float | None = None
    heading_deg: float | None = None


@dataclass(slots=True)
class MototrboRadio:
    """One radio; what it was asked to report is gone once it is switched off."""

    number: int
    on: bool = True
    registering: int = 0
    "Counts registrations; timers of earlier ones do nothing."
    fix: MototrboFix | None = None
    triggers: dict[bytes, Request] = field(default_factory=dict)
    sequence: int = 0
    shown: dict[int, tuple[float, bytes]] = field(default_factory=dict)
    "When a text with this sequence number was shown, and its octets."
    unanswered: set[int] = field(default_factory=set)

    def forget(self) -> None:
        """Switched off."""
        self.on = False
        self.registering += 1
        self.triggers.clear()
        self.unanswered.clear()

    def located(self, request: Request, kind: DocumentKind, now: float) -> Report:
        """The report that a request asked for."""
        identity = request.id
        short = any(item.token is Token.REQUEST_ID_SHORT for item in request.items)
        fix = self.fix
        if fix is None:
            return Report(kind, identity, short, result=Result.NO_SATELLITES)
        asked = {item.token for item in request.items}
        time = fix.at + timedelta(seconds=int(now - fix.placed_at))
        timed = asked & {Token.RETURN_TIME, Token.RETURN_ACCURACY_AND_TIME}
        exact = asked & {Token.RETURN_ACCURACY, Token.RETURN_ACCURACY_AND_TIME}
        latitude, longitude = scaled_place(fix.point.lat, fix.point.lon)
        heading = None if fix.heading_deg is None else int(fix.heading_deg % 360 / 2)
        return Report(
            kind,
            identity,
            short,
            stamp=time_stamp(time) if timed else None,
            shape=Shape.CIRCLE_2D if exact else Shape.POINT_2D,
            latitude=latitude,
            longitude=longitude,
            radius_m=4.5 if exact else None,
            speed_mps=fix.speed_mps if Token.REQUEST_SPEED in asked else None,
            heading=heading if Token.REQUEST_HEADING in asked else None,
        )
