"""Tables of positions: all of them, and the newest of each radio."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from dispatch.db.types import BIG_ID, UtcDateTime


class _Place(SQLModel):
    """What a report says; WGS 84, decimal degrees."""

    lat: float
    lon: float
    heard_at: datetime = Field(sa_type=UtcDateTime)
    fixed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    speed_kmh: float | None = None
    bearing_deg: float | None = None
    error_m: float | None = None
    altitude_m: float | None = None
    source: str = Field(max_length=16)
    stale: bool = False
    verified: bool = True


class Position(_Place, table=True):
    """One report, in the order of arrival."""

    __table_args__ = (
        Index("ix_position_radio_id_heard_at", "radio_id", "heard_at"),
        Index("ix_position_unit_id_heard_at", "unit_id", "heard_at"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=BIG_ID)
    radio_id: int = Field(foreign_key="radio.id")
    unit_id: int | None = Field(default=None, foreign_key="unit.id", ondelete="SET NULL")
    "The unit that carried the radio at that time."


class LatestPosition(_Place, table=True):
    """Where a radio is as far as known; late reports do not replace newer ones."""

    __tablename__ = "latest_position"

    radio_id: int = Field(primary_key=True, foreign_key="radio.id", ondelete="CASCADE")
    unit_id: int | None = Field(
        default=None, foreign_key="unit.id", ondelete="SET NULL", index=True
    )
