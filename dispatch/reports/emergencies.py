"""Report: emergencies, and how fast each was answered."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from sqlalchemy import select
from sqlmodel import col

from dispatch.agencies.models import Agency
from dispatch.emergencies.models import Emergency
from dispatch.live.scope import Scope
from dispatch.radios.models import Radio
from dispatch.reports.base import Filters, Rows, between, equal
from dispatch.talkgroups.models import Talkgroup
from dispatch.units.models import Unit

_COLUMNS: Final[Mapping[str, Any]] = {
    "raised_at": col(Emergency.raised_at),
    "agency": col(Agency.code),
    "unit": col(Unit.call_sign),
    "network": col(Radio.network),
    "radio": col(Radio.label),
    "talkgroup": col(Talkgroup.name),
    "source": col(Emergency.source),
    "state": col(Emergency.state),
    "repeats": col(Emergency.repeats),
    "acknowledged_at": col(Emergency.acknowledged_at),
    "acknowledged_by": col(Emergency.acknowledged_by),
    "cleared_at": col(Emergency.cleared_at),
    "closed_at": col(Emergency.closed_at),
    "closed_by": col(Emergency.closed_by),
    "close_reason": col(Emergency.close_reason),
    "after_close": col(Emergency.after_close),
    "lat": col(Emergency.lat),
    "lon": col(Emergency.lon),
    "position_heard_at": col(Emergency.position_heard_at),
    "error_m": col(Emergency.error_m),
}


class EmergenciesReport:
    """One row per alarm, from the key press until a person closed it."""

    name: ClassVar[str] = "emergencies"
    columns: ClassVar[tuple[str, ...]] = tuple(_COLUMNS)
    filters: ClassVar[frozenset[str]] = frozenset({"unit_id", "radio_id", "talkgroup_id", "state"})
    protects_movements: ClassVar[bool] = False

    def query(self, filters: Filters, scope: Scope) -> Rows:
        """Oldest first."""
        return (
            select(*_COLUMNS.values())
            .join(Radio, col(Radio.id) == col(Emergency.radio_id))
            .outerjoin(Unit, col(Unit.id) == col(Emergency.unit_id))
            .outerjoin(Agency, col(Agency.id) == col(Emergency.agency_id))
            .outerjoin(Talkgroup, col(Talkgroup.id) == col(Emergency.talkgroup_id))
            .where(
                scope.where(col(Emergency.agency_id)),
                *between(col(Emergency.raised_at), filters),
                *equal(
                    filters,
                    unit_id=col(Emergency.unit_id),
                    radio_id=col(Emergency.radio_id),
                    talkgroup_id=col(Emergency.talkgroup_id),
                    state=col(Emergency.state),
                ),
            )
            .order_by(col(Emergency.raised_at), col(Emergency.id))
        )
