"""Where a radio was heard last."""

from datetime import datetime
from typing import NamedTuple


class LastPlace(NamedTuple):
    """Degrees, WGS 84; the error in metres if it is known."""

    lat: float
    lon: float
    heard_at: datetime
    error_m: float | None
