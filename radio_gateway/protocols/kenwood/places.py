"""Places that a Kenwood radio sends without having been there."""

from typing import Final

from radio_gateway.domain.geo import GeoPoint

_FACTORY: Final = GeoPoint(38.85555, -94.79903)
"Kansas: what GPS microphones of older TK radios send before their first fix."
_NEAR_DEG: Final = 0.0005


def is_factory(point: GeoPoint) -> bool:
    """Whether this is where the receivers were made."""
    return abs(point.lat - _FACTORY.lat) < _NEAR_DEG and abs(point.lon - _FACTORY.lon) < _NEAR_DEG
