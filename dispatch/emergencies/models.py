"""Tables of emergencies and of everything that was done about them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from dispatch.db.types import BIG_ID, UtcDateTime


class EmergencyState(StrEnum):
    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"


class Action(StrEnum):
    RAISED = "raised"
    REPEATED = "repeated"
    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"
    "Someone else was faster, or the order of steps was wrong."
    CLEARED = "cleared"
    "The radio ended its emergency; informs only."
    CLOSED = "closed"
    SHOWN = "shown"
    "A console painted it and sounded; the first one to say so."
    ESCALATED = "escalated"
    "Nobody answered: told to everybody, then to the configured program; its note says which."


class CloseReason(StrEnum):
    HANDLED = "handled"
    FALSE_ALARM = "false_alarm"
    DRILL = "drill"
    OTHER = "other"


class Emergency(SQLModel, table=True):
    """One alarm of one radio, from the key press until a person closes it."""

    __table_args__ = (
        Index("ix_emergency_raised_at_id", "raised_at", "id"),
        Index("ix_emergency_agency_id_raised_at", "agency_id", "raised_at", "id"),
        Index(
            "uq_emergency_open",
            "radio_id",
            unique=True,
            sqlite_where=text("state <> 'closed'"),
            postgresql_where=text("state <> 'closed'"),
        ),
        Index("ix_emergency_radio_id_raised_at", "radio_id", "raised_at"),
    )

    id: int = Field(default=None, primary_key=True)
    radio_id: int = Field(foreign_key="radio.id")
    unit_id: int | None = Field(default=None, foreign_key="unit.id", ondelete="SET NULL")
    agency_id: int | None = Field(default=None, foreign_key="agency.id")
    talkgroup_id: int | None = Field(default=None, foreign_key="talkgroup.id")
    source: str = Field(max_length=16)
    state: str = Field(max_length=16)
    version: int = 1
    "Rises by one with every step of a person; compare-and-set."
    raised_at: datetime = Field(sa_type=UtcDateTime)
    repeats: int = 0
    last_heard_at: datetime = Field(sa_type=UtcDateTime)
    told_at: datetime = Field(sa_type=UtcDateTime)
    "When a repetition was last told to the consoles."
    lat: float | None = None
    lon: float | None = None
    position_heard_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    error_m: float | None = None
    acknowledged_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    acknowledged_by: str | None = Field(default=None, max_length=64)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_by: str | None = Field(default=None, max_length=64)
    close_reason: str | None = Field(default=None, max_length=16)
    cleared_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    after_close: bool = False
    "Raised within minutes of a closed one: is it a new emergency, or the old one's echo?"
    raised_seq: int | None = Field(default=None, sa_type=BIG_ID)
    "Number of its `emergency.raised` event; None: from before numbers were kept."
    shown_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    "When the first console said that it shows it."
    raw: str = Field(default="", max_length=512)
    "Hex of the octets that said so."


class EmergencyAction(SQLModel, table=True):
    """One line of an emergency's history."""

    __tablename__ = "emergency_action"

    id: int = Field(default=None, primary_key=True, sa_type=BIG_ID)
    emergency_id: int = Field(foreign_key="emergency.id", ondelete="CASCADE", index=True)
    action: str = Field(max_length=16)
    at: datetime = Field(sa_type=UtcDateTime)
    user_name: str | None = Field(default=None, max_length=64)
    note: str | None = Field(default=None, max_length=300)
