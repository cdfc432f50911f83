"""Tables of the event log."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Text
from sqlmodel import Field, SQLModel

from dispatch.db.types import BIG_ID, UtcDateTime


class Event(SQLModel, table=True):
    """One durable event as consoles get it."""

    __table_args__ = (Index("ix_event_t", "t"),)

    seq: int = Field(primary_key=True, sa_type=BIG_ID, sa_column_kwargs={"autoincrement": False})
    "Rises by one in the order of commits."
    type: str = Field(max_length=32)
    t: datetime = Field(sa_type=UtcDateTime)
    "When the server stored it."
    agency_id: int | None = Field(default=None, foreign_key="agency.id")
    "None: for everyone."
    data: str = Field(sa_type=Text)
    "JSON object, written once and sent as it is."


class Stream(SQLModel, table=True):
    """The one row that numbers events and names this database."""

    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: int = Field(default=1, primary_key=True, sa_column_kwargs={"autoincrement": False})
    epoch: str = Field(max_length=36)
    "UUID; another one after a restore, so that consoles start afresh."
    seq: int = Field(default=0, sa_type=BIG_ID)
    demo: bool = False
