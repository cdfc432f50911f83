"""Table of radios."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from dispatch.db.types import BIG_ID, UtcDateTime


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


class FleetVersion(SQLModel, table=True):
    """The one row that moves on whenever radios or talkgroups change otherwise than by being heard.

    The database itself moves it, by triggers: what the writer remembers of them is true as long
    as this number is the same.
    """

    __tablename__ = "fleet_version"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: int = Field(default=1, primary_key=True, sa_column_kwargs={"autoincrement": False})
    number: int = Field(default=0, sa_type=BIG_ID)
