"""Tables of positions: all of them, the newest of each radio, and who carried which radio."""

from datetime import datetime
from typing import Any, ClassVar, Final

from sqlalchemy import Index, PrimaryKeyConstraint
from sqlmodel import Field, SQLModel

from dispatch.db.types import Degrees, Numbered, Single, UtcMicros

SOURCES: Final = ("embedded", "requested", "triggered", "emergency", "sentence")
"`PositionSource` in the order of their numbers in the table."


class Position(SQLModel, table=True):
    """One report of one radio; WGS 84, decimal degrees.

    Nothing refers to it and it refers to nothing by a key of the database: it is written by the
    thousand and forgotten by the day. PostgreSQL keeps a partition for each UTC day.
    """

    __table_args__: ClassVar[Any] = (
        PrimaryKeyConstraint("radio_id", "heard_at"),
        Index("ix_position_heard_at", "heard_at", postgresql_using="brin"),
        {"sqlite_with_rowid": False, "postgresql_partition_by": "RANGE (heard_at)"},
    )

    # in the order that leaves no gaps between the values of a PostgreSQL row
    heard_at: datetime = Field(primary_key=True, sa_type=UtcMicros)
    fixed_at: datetime | None = Field(default=None, sa_type=UtcMicros)
    radio_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    unit_id: int | None = None
    "The unit that carried the radio at that time."
    lat: float = Field(sa_type=Degrees, sa_column_kwargs={"name": "lat_e7"})
    lon: float = Field(sa_type=Degrees, sa_column_kwargs={"name": "lon_e7"})
    speed_kmh: float | None = Field(default=None, sa_type=Single)
    bearing_deg: float | None = Field(default=None, sa_type=Single)
    error_m: float | None = Field(default=None, sa_type=Single)
    altitude_m: float | None = Field(default=None, sa_type=Single)
    source: str = Field(sa_type=Numbered(*SOURCES))
    stale: bool = False
    verified: bool = True


class LatestPosition(SQLModel, table=True):
    """Where a radio is as far as known, as `Position` has it; a late report replaces no newer one.

    Written as often as `Position`: a row in its place, no second index.
    """

    __tablename__ = "latest_position"

    heard_at: datetime = Field(sa_type=UtcMicros)
    fixed_at: datetime | None = Field(default=None, sa_type=UtcMicros)
    radio_id: int = Field(primary_key=True, foreign_key="radio.id", ondelete="CASCADE")
    unit_id: int | None = None
    "The unit that carried the radio at that time."
    lat: float = Field(sa_type=Degrees, sa_column_kwargs={"name": "lat_e7"})
    lon: float = Field(sa_type=Degrees, sa_column_kwargs={"name": "lon_e7"})
    speed_kmh: float | None = Field(default=None, sa_type=Single)
    bearing_deg: float | None = Field(default=None, sa_type=Single)
    error_m: float | None = Field(default=None, sa_type=Single)
    altitude_m: float | None = Field(default=None, sa_type=Single)
    source: str = Field(sa_type=Numbered(*SOURCES))
    stale: bool = False
    verified: bool = True


class Carriage(SQLModel, table=True):
    """Within these times a unit carried a radio at least once; a track looks at no others."""

    unit_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    radio_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    first_at: datetime = Field(sa_type=UtcMicros)
    last_at: datetime = Field(sa_type=UtcMicros)
    "Whole hours, so that it is written once an hour."
