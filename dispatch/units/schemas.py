"""What clients see and send of units."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from dispatch.answers import Iso, View
from dispatch.units.models import UnitKind, UnitStatus


class UnitView(View):
    """A patrol or car."""

    id: int
    agency_id: int
    call_sign: str
    kind: UnitKind
    status: UnitStatus
    status_at: Iso | None
    status_note: str | None
    officers: list[str]
    talkgroup_id: int | None


class UnitChange(BaseModel):
    """A new status, set by a dispatcher."""

    model_config = ConfigDict(extra="forbid")

    status: UnitStatus
    status_note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] | None = (
        None
    )


class UnitAnswer(BaseModel):
    """The unit after the change, and the number of the event that tells it."""

    unit: UnitView
    seq: int


class StatusView(View):
    """A numbered status that a radio sent; in `status.received` events."""

    radio_id: int
    unit_id: int | None
    status: int
    label: str
    at: Iso
