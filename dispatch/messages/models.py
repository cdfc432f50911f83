"""Tables of messages and of every state they went through."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from dispatch.db.types import BIG_ID, UtcDateTime
from dispatch.db.words import Words


class Direction(StrEnum):
    OUT = "out"
    IN = "in"


class MessageKind(StrEnum):
    TEXT = "text"
    CALL_ALERT = "call_alert"
    "A radio asks to be called back: its text is empty."


class MessageState(StrEnum):
    """Only ever forward: queued, sent, then one of the three ends."""

    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    EXPIRED = "expired"
    RECEIVED = "received"


class WaitingFor(StrEnum):
    REGISTRATION = "registration"
    "The radio is off; sent when it is heard."
    LINK = "link"
    "No link to the radio is up."


class FailureReason(StrEnum):
    """Why a message failed or expired, in terms that a console can translate.

    All that gateways tell (`TextFailure`), and what dispatch decides by itself.
    """

    NOT_REGISTERED = "not_registered"
    NO_ANSWER = "no_answer"
    REFUSED = "refused"
    LINK_DOWN = "link_down"
    UNSUPPORTED = "unsupported"
    BUSY = "busy"
    TOO_LONG = "too_long"
    NO_LINK = "no_link"
    CANCELLED = "cancelled"
    "A dispatcher called it back."
    EXPIRED = "expired"
    "Its time was over before it could be sent."


class Message(SQLModel, table=True):
    """A text: out to a radio or talkgroup, or in from a radio; or a call alert from a radio."""

    __table_args__ = (
        Index("ix_message_created_at_id", "created_at", "id"),
        Index("ix_message_agency_id_created_at", "agency_id", "created_at", "id"),
        Index("ix_message_unit_id_created_at", "unit_id", "created_at", "id"),
        Index("ix_message_radio_id_created_at", "radio_id", "created_at", "id"),
        Index(
            "ix_message_talkgroup_id_created_at",
            "talkgroup_id",
            "created_at",
            "id",
            sqlite_where=text("talkgroup_id IS NOT NULL"),
            postgresql_where=text("talkgroup_id IS NOT NULL"),
        ),
        Index("ix_message_state_created_at", "state", "created_at", "id"),
        Index("ix_message_words", "words", postgresql_using="gin").ddl_if("postgresql"),
        Index(
            "ix_message_unfinished",
            "radio_id",
            sqlite_where=text("state IN ('queued', 'sent')"),
            postgresql_where=text("state IN ('queued', 'sent')"),
        ),
    )

    id: int = Field(default=None, primary_key=True, sa_type=BIG_ID)
    direction: str = Field(max_length=4)
    kind: str = Field(default=MessageKind.TEXT, max_length=16)
    "A `MessageKind`."
    text: str = Field(max_length=2000)
    radio_id: int | None = Field(default=None, foreign_key="radio.id")
    "Addressee of an outgoing text, sender of an incoming one."
    talkgroup_id: int | None = Field(default=None, foreign_key="talkgroup.id")
    called_radio_id: int | None = Field(default=None, foreign_key="radio.id")
    unit_id: int | None = Field(default=None, foreign_key="unit.id", ondelete="SET NULL")
    agency_id: int | None = Field(default=None, foreign_key="agency.id")
    state: str = Field(max_length=16)
    state_at: datetime = Field(sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    user_name: str | None = Field(default=None, max_length=64)
    detail: str | None = Field(default=None, max_length=300)
    reason: str | None = Field(default=None, max_length=16)
    "A `FailureReason`; None unless failed or expired."
    waiting_for: str | None = Field(default=None, max_length=16)
    command: str | None = Field(default=None, unique=True, max_length=64)
    "Key of its SendText command; the same one each time it is sent again."
    reference: str | None = Field(default=None, max_length=64)
    "Vendor's message number of an incoming text."
    words: str = Field(default="", sa_type=Words)
    "What a search finds it by: the words of its text."


class MessageStateChange(SQLModel, table=True):
    """One step in a message's life."""

    __tablename__ = "message_state"

    id: int = Field(default=None, primary_key=True, sa_type=BIG_ID)
    message_id: int = Field(
        foreign_key="message.id", ondelete="CASCADE", index=True, sa_type=BIG_ID
    )
    state: str = Field(max_length=16)
    at: datetime = Field(sa_type=UtcDateTime)
    detail: str | None = Field(default=None, max_length=300)
    reason: str | None = Field(default=None, max_length=16)
