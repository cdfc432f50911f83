"""A position as the drivers of the two databases take it.

Each function takes the values of one row in the order of `COLUMNS`, times in microseconds
since 1970.
"""

import struct
from typing import Any, Final, TypeAlias

from dispatch.db.bulk import from_micros
from dispatch.db.copying import EPOCH_US, NULL

COLUMNS: Final = (
    *("heard_at", "radio_id", "lat_e7", "lon_e7", "source", "stale", "verified"),
    *("fixed_at", "unit_id", "speed_kmh", "bearing_deg", "error_m", "altitude_m"),
)
TYPES: Final = (
    *("timestamptz", "int", "int", "int", "smallint", "bool", "bool"),
    *("timestamptz", "int", "real", "real", "real", "real"),
)
"PostgreSQL's, of these columns; the second line of them may be NULL."

Row: TypeAlias = tuple[Any, ...]
_FIELDS: Final = len(COLUMNS)
_never_null: Final = struct.Struct(">hiqiiiiiiihi?i?").pack
_time: Final = struct.Struct(">iq").pack
_int: Final = struct.Struct(">ii").pack
_real: Final = struct.Struct(">if").pack


def counted(*values: Any) -> Row:
    """SQLite: times as they are; bools are no numbers to its driver, and ten times the work."""
    return *values[:5], int(values[5]), int(values[6]), *values[7:]


def timed(*values: Any) -> Row:
    """PostgreSQL, as parameters of a statement."""
    heard, fixed = values[0], values[7]
    fixed_at = None if fixed is None else from_micros(fixed)
    return from_micros(heard), *values[1:7], fixed_at, *values[8:]


def packed(
    heard: int,
    radio_id: int,
    lat_e7: int,
    lon_e7: int,
    source: int,
    stale: bool,
    verified: bool,
    fixed: int | None,
    unit_id: int | None,
    speed_kmh: float | None,
    bearing_deg: float | None,
    error_m: float | None,
    altitude_m: float | None,
) -> bytes:
    """PostgreSQL, for COPY: see `dispatch.db.copying`.

    Raises:
        struct.error, OverflowError: a value is beyond what its column holds.
    """
    at = heard - EPOCH_US
    return (
        _never_null(
            *(_FIELDS, 8, at, 4, radio_id, 4, lat_e7, 4, lon_e7, 2, source, 1, stale, 1, verified)
        )
        + (NULL if fixed is None else _time(8, fixed - EPOCH_US))
        + (NULL if unit_id is None else _int(4, unit_id))
        + (NULL if speed_kmh is None else _real(4, speed_kmh))
        + (NULL if bearing_deg is None else _real(4, bearing_deg))
        + (NULL if error_m is None else _real(4, error_m))
        + (NULL if altitude_m is None else _real(4, altitude_m))
    )
