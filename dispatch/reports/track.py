"""Report: where units were."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from sqlalchemy import func, select
from sqlmodel import col

from dispatch.agencies.models import Agency
from dispatch.live.scope import Scope
from dispatch.positions.models import Position
from dispatch.radios.models import Radio
from dispatch.reports.base import Filters, Rows, between, equal
from dispatch.units.models import Unit

_COLUMNS: Final[Mapping[str, Any]] = {
    "heard_at": col(Position.heard_at),
    "fixed_at": col(Position.fixed_at),
    "agency": col(Agency.code),
    "unit": col(Unit.call_sign),
    "network": col(Radio.network),
    "radio": col(Radio.label),
    "lat": col(Position.lat),
    "lon": col(Position.lon),
    "speed_kmh": col(Position.speed_kmh),
    "bearing_deg": col(Position.bearing_deg),
    "error_m": col(Position.error_m),
    "altitude_m": col(Position.altitude_m),
    "source": col(Position.source),
    "stale": col(Position.stale),
    "verified": col(Position.verified),
}


class TrackReport:
    """One row per position report. A position belongs to the unit that carried the radio then."""

    name: ClassVar[str] = "track"
    columns: ClassVar[tuple[str, ...]] = tuple(_COLUMNS)
    filters: ClassVar[frozenset[str]] = frozenset({"unit_id", "radio_id"})
    protects_movements: ClassVar[bool] = True

    def query(self, filters: Filters, scope: Scope) -> Rows:
        """In the order heard."""
        agency_id = func.coalesce(col(Unit.agency_id), col(Radio.agency_id))
        return (
            select(*_COLUMNS.values())
            .join(Radio, col(Radio.id) == col(Position.radio_id))
            .outerjoin(Unit, col(Unit.id) == col(Position.unit_id))
            .outerjoin(Agency, col(Agency.id) == agency_id)
            .where(
                scope.where(agency_id),
                *between(col(Position.heard_at), filters),
                *equal(filters, unit_id=col(Position.unit_id), radio_id=col(Position.radio_id)),
            )
            .order_by(col(Position.heard_at), col(Position.radio_id))
        )
