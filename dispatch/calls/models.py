"""Table of call records."""

from datetime import datetime

from sqlalchemy import Index, Text, text
from sqlmodel import Field, SQLModel

from dispatch.db.types import BIG_ID, UtcDateTime
from dispatch.db.words import Words


def _uncommon(name: str, column: str) -> Index:
    """For calls that are no group calls, by another column too: few among very many."""
    where = text("kind <> 'group'")
    return Index(name, column, "started_at", "id", sqlite_where=where, postgresql_where=where)


class CallRecord(SQLModel, table=True):
    """One transmission; `ended_at` is None while it runs."""

    __tablename__ = "call_record"
    __table_args__ = (
        Index("ix_call_record_started_at_id", "started_at", "id"),
        Index("ix_call_record_agency_id_started_at", "agency_id", "started_at", "id"),
        Index("ix_call_record_talkgroup_id_started_at", "talkgroup_id", "started_at", "id"),
        # the last column narrows without a look at the rows
        Index("ix_call_record_unit_id_started_at", "unit_id", "started_at", "id", "talkgroup_id"),
        Index("ix_call_record_radio_id_started_at", "radio_id", "started_at", "id", "talkgroup_id"),
        _uncommon("ix_call_record_uncommon", "kind"),
        _uncommon("ix_call_record_uncommon_agency_id", "agency_id"),
        _uncommon("ix_call_record_uncommon_talkgroup_id", "talkgroup_id"),
        _uncommon("ix_call_record_uncommon_unit_id", "unit_id"),
        _uncommon("ix_call_record_uncommon_radio_id", "radio_id"),
        Index(
            "ix_call_record_emergency",
            "started_at",
            "id",
            sqlite_where=text("emergency = 1"),
            postgresql_where=text("emergency"),
        ),
        Index("ix_call_record_words", "words", postgresql_using="gin").ddl_if("postgresql"),
        Index(
            "ix_call_record_running",
            "link",
            "started_at",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: int = Field(default=None, primary_key=True, sa_type=BIG_ID)
    call: str = Field(unique=True, max_length=128)
    "Key given by the gateway."
    gateway: str = Field(max_length=64)
    link: str = Field(max_length=64)
    site: str | None = Field(default=None, max_length=64)
    kind: str = Field(max_length=8)
    radio_id: int = Field(foreign_key="radio.id")
    unit_id: int | None = Field(default=None, foreign_key="unit.id", ondelete="SET NULL")
    talkgroup_id: int | None = Field(default=None, foreign_key="talkgroup.id")
    called_radio_id: int | None = Field(default=None, foreign_key="radio.id")
    agency_id: int | None = Field(default=None, foreign_key="agency.id")
    started_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    duration_s: float | None = None
    end_reason: str | None = Field(default=None, max_length=16)
    slot: int | None = None
    colour_code: int | None = None
    late_entry: bool = False
    emergency: bool = False
    encrypted: bool = False
    conversation: str | None = Field(default=None, max_length=128)
    ber_percent: float | None = None
    rssi_dbm: float | None = None
    loss_percent: float | None = None
    receptions: str | None = Field(default=None, sa_type=Text)
    "JSON: how each base station heard it, see `calls.receptions`; None unless several did."
    talker_alias: str | None = Field(default=None, max_length=64)
    words: str = Field(default="", sa_type=Words)
    """What a search finds it by: alias, conversation, and the names of radios, unit and talkgroup
    as they were when it was heard."""
