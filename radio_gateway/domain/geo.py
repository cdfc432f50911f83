"""Places on the WGS 84 ellipsoid."""

from dataclasses import dataclass

from radio_gateway.domain.quick import quick_init


@quick_init
@dataclass(frozen=True, slots=True)
class GeoPoint:
    """Decimal degrees, WGS 84; north and east positive."""

    lat: float
    "-90..90"
    lon: float
    "-180..180"

    def __post_init__(self) -> None:
        if not (-90.0 <= self.lat <= 90.0 and -180.0 <= self.lon <= 180.0):
            raise ValueError(f"no place on earth: {self.lat}, {self.lon}")
