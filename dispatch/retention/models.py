"""Tables of retention: when it last ran, and what is kept in spite of its age."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from dispatch.db.types import UtcDateTime


class RetentionRun(SQLModel, table=True):
    """The one row that tells whether the clock can be believed."""

    __tablename__ = "retention_run"

    id: int = Field(default=1, primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=UtcDateTime)
    "Wall clock of the last look."
    boot: str = Field(max_length=36)
    "Which run of which machine `uptime_s` counts in."
    uptime_s: float
    "The machine's own seconds at that look."
    refusal: str | None = Field(default=None, max_length=300)
    "Why nothing is erased until an administrator confirms the clock."


class RetentionHold(SQLModel, table=True):
    """An interval whose records are kept, of whatever kind and age."""

    __tablename__ = "retention_hold"

    id: int = Field(default=None, primary_key=True)
    since: datetime = Field(sa_type=UtcDateTime)
    until: datetime = Field(sa_type=UtcDateTime)
    "Not included."
    reason: str = Field(max_length=500)
    at: datetime = Field(sa_type=UtcDateTime)
    "When it was ordered."
