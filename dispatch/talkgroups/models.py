"""Table of talkgroups."""

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

import dispatch.db  # noqa: F401  names of constraints


class Talkgroup(SQLModel, table=True):
    """A talkgroup within its numbering network."""

    __table_args__ = (UniqueConstraint("network", "number"),)

    id: int = Field(default=None, primary_key=True)
    network: str = Field(max_length=64)
    number: int
    "24 bit."
    name: str = Field(max_length=120)
    agency_id: int | None = Field(default=None, foreign_key="agency.id", index=True)
    "None: shared; everyone sees it."
