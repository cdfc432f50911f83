"""Tables of units and their officers."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from dispatch.db.types import UtcDateTime


class UnitKind(StrEnum):
    """How a unit moves; chooses its symbol on the map."""

    FOOT = "foot"
    BICYCLE = "bicycle"
    E_BIKE = "e_bike"
    TRICYCLE = "tricycle"
    E_QUAD = "e_quad"
    CAR = "car"
    E_CAR = "e_car"
    MINIBUS = "minibus"
    BOAT = "boat"
    DRONE = "drone"
    DOG_TEAM = "dog_team"


class UnitStatus(StrEnum):
    """Whether a unit can be sent."""

    FREE = "free"
    BUSY = "busy"
    OFF_DUTY = "off_duty"


class Unit(SQLModel, table=True):
    """A patrol or car as dispatchers see it; may carry several radios."""

    __table_args__ = (UniqueConstraint("agency_id", "call_sign"),)

    id: int = Field(default=None, primary_key=True)
    agency_id: int = Field(foreign_key="agency.id", index=True)
    call_sign: str = Field(max_length=64)
    kind: str = Field(default=UnitKind.CAR, max_length=16)
    status: str = Field(default=UnitStatus.OFF_DUTY, max_length=16)
    status_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    status_note: str | None = Field(default=None, max_length=200)
    talkgroup_id: int | None = Field(default=None, foreign_key="talkgroup.id", ondelete="SET NULL")
    "The group that it usually talks in."


class Officer(SQLModel, table=True):
    """Who rides with a unit, in order of `place`."""

    id: int = Field(default=None, primary_key=True)
    unit_id: int = Field(foreign_key="unit.id", ondelete="CASCADE", index=True)
    place: int = 0
    name: str = Field(max_length=120)
