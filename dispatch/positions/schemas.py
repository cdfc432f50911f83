"""What clients see of positions."""

from pydantic import BaseModel

from dispatch.answers import Iso, View


class PositionView(View):
    """One report of one radio; WGS 84, decimal degrees."""

    radio_id: int
    unit_id: int | None
    lat: float
    lon: float
    heard_at: Iso
    fixed_at: Iso | None
    speed_kmh: float | None
    bearing_deg: float | None
    error_m: float | None
    altitude_m: float | None
    source: str
    stale: bool
    verified: bool


class TrackPoint(View):
    """One report within a unit's track."""

    radio_id: int
    lat: float
    lon: float
    heard_at: Iso
    fixed_at: Iso | None
    speed_kmh: float | None
    bearing_deg: float | None
    error_m: float | None
    altitude_m: float | None
    source: str
    stale: bool
    verified: bool


class Track(BaseModel):
    """Where a unit was, oldest first."""

    unit_id: int
    points: list[TrackPoint]
    total: int
    "Reports within the span."
    thinned: bool
    "There were more than `limit`: these are evenly chosen, first and last included."


class Nearby(BaseModel):
    """Who was in an area, oldest first."""

    items: list[PositionView]
    complete: bool
    "False: there were more than `limit`; ask for a smaller area or a shorter time."
