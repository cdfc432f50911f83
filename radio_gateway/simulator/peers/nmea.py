"""A vehicle's GNSS receiver: sentences once a second, as long as the ignition is on.

No ports and no clock. Between two places that it is given it goes on as the last one says.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from radio_gateway.domain.geo import GeoPoint
from radio_gateway.protocols.nmea import fields, sentences
from radio_gateway.protocols.nmea.fields import KNOT_KMH
from radio_gateway.protocols.nmea.line import write

EVERY_S: Final = 1.0
WARM_UP_S: Final = 4.0
"Until the first fix after the ignition; sentences say `no fix` meanwhile."
_METRES_PER_DEGREE: Final = 111_320.0
_END: Final = b"\r\n"


@dataclass(frozen=True, slots=True)
class NmeaFix:
    """Where the vehicle is and goes."""

    point: GeoPoint
    at: datetime
    "Aware UTC."
    placed_at: float
    "Monotonic seconds of `at`."
    speed_kmh: float
    bearing_deg: float

    def point_at(self, now: float) -> GeoPoint:
        """Where it is by now if it goes straight on."""
        metres = self.speed_kmh / 3.6 * (now - self.placed_at)
        bearing = math.radians(self.bearing_deg)
        north, east = metres * math.cos(bearing), metres * math.sin(bearing)
        scale = _METRES_PER_DEGREE * math.cos(math.radians(self.point.lat))
        return GeoPoint(self.point.lat + north / _METRES_PER_DEGREE, self.point.lon + east / scale)


class NmeaReceiver:
    """One receiver of GPS and friends (talker GN)."""

    def __init__(self) -> None:
        self._fix: NmeaFix | None = None
        self._fixed_from = 0.0
        self._due: float | None = None
        self._outgoing: list[bytes] = []

    def switch_on(self, now: float) -> None:
        """Ignition on."""
        self._due, self._fixed_from = now, now + WARM_UP_S

    def switch_off(self) -> None:
        """Ignition off: silence."""
        self._due = None

    def place(self, fix: NmeaFix) -> None:
        """Say where the vehicle is."""
        self._fix = fix

    def expire(self, now: float) -> None:
        """Say the sentences that are due."""
        if self._due is not None and now >= self._due:
            self._due = now + EVERY_S
            self._outgoing.append(self._sentences(now))

    def deadline(self) -> float | None:
        return self._due

    def outgoing(self) -> list[bytes]:
        """Octets to write to the port since the last call: the sentences of a second together."""
        taken, self._outgoing = self._outgoing, []
        return taken

    def _sentences(self, now: float) -> bytes:
        fix = self._fix
        if fix is None or now < self._fixed_from:
            return write("GNRMC,,V,,,,,,,,,,N") + _END + write("GNGGA,,,,,,0,00,,,M,,M,,") + _END
        at = fix.at + timedelta(seconds=int(now - fix.placed_at))
        point = fix.point_at(now)
        rmc = sentences.build_rmc(
            talker="GN",
            at=at.time(),
            on=at.date(),
            lat=point.lat,
            lon=point.lon,
            speed_knots=fix.speed_kmh / KNOT_KMH,
            course_deg=fix.bearing_deg,
        )
        place = f"{fields.write_latitude(point.lat)},{fields.write_longitude(point.lon)}"
        gga = write(f"GNGGA,{at:%H%M%S},{place},1,09,0.9,6.0,M,24.0,M,,")
        return rmc + _END + gga + _END
