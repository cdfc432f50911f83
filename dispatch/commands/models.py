"""Table of commands to radios (texts are in `message`)."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from dispatch.db.types import UtcDateTime


class CommandKind(StrEnum):
    REQUEST_POSITION = "request_position"
    RADIO_CHECK = "radio_check"
    CALL_ALERT = "call_alert"
    SET_POSITION_INTERVAL = "set_position_interval"
    DISABLE = "disable"
    ENABLE = "enable"
    ACKNOWLEDGE_EMERGENCY = "acknowledge_emergency"


class CommandState(StrEnum):
    QUEUED = "queued"
    SENT = "sent"
    DONE = "done"
    FAILED = "failed"
    REFUSED = "refused"


class RadioCommand(SQLModel, table=True):
    """One command, from the dispatcher's click to the radio's answer."""

    __tablename__ = "radio_command"
    __table_args__ = (Index("ix_radio_command_radio_id_created_at", "radio_id", "created_at"),)

    id: int = Field(default=None, primary_key=True)
    command: str = Field(unique=True, max_length=64)
    "Key that the gateway answers with."
    kind: str = Field(max_length=32)
    radio_id: int = Field(foreign_key="radio.id")
    agency_id: int | None = Field(default=None, foreign_key="agency.id")
    interval_s: int | None = None
    state: str = Field(max_length=16)
    detail: str | None = Field(default=None, max_length=300)
    user_name: str = Field(max_length=64)
    created_at: datetime = Field(sa_type=UtcDateTime)
    state_at: datetime = Field(sa_type=UtcDateTime)
