"""Table of radios."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from dispatch.db.types import UtcDateTime


class Presence(StrEnum):
    """Whether a radio is on, as far as registrations tell."""

    ON = "on"
    OFF = "off"
    UNKNOWN = "unknown"


class Radio(SQLModel, table=True):
    """A subscriber unit. Its number means something only within its network."""

    __table_args__ = (UniqueConstraint("network", "number"),)

    id: int = Field(default=None, primary_key=True)
    network: str = Field(max_length=64)
    number: int
    "24 bit."
    label: str = Field(max_length=32)
    "The number as its users write it: `2340104`, `100-1001`."
    alias: str | None = Field(default=None, max_length=120)
    model: str | None = Field(default=None, max_length=64)
    unit_id: int | None = Field(
        default=None, foreign_key="unit.id", ondelete="SET NULL", index=True
    )
    agency_id: int | None = Field(default=None, foreign_key="agency.id", index=True)
    "None: nobody's yet; everyone sees it."
    presence: str = Field(default=Presence.UNKNOWN, max_length=8)
    presence_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_heard_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    link: str | None = Field(default=None, max_length=64)
    "Name of the link that heard it last."
