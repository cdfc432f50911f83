"""The access log: one row per look at, or change of, what the law protects."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from dispatch.db.types import UtcDateTime


class Action(StrEnum):
    """The six operations of Directive (EU) 2016/680, article 25(1), and the door."""

    COLLECTION = "collection"
    ALTERATION = "alteration"
    CONSULTATION = "consultation"
    DISCLOSURE = "disclosure"
    COMBINATION = "combination"
    ERASURE = "erasure"
    SIGN_IN = "sign_in"
    SIGN_OUT = "sign_out"
    REFUSED = "refused"
    "A known user was turned away: wrong password, right missing."


class AccessLogRow(SQLModel, table=True):
    """Added at one end, erased at the other. `hash` covers the row and the hash before it."""

    __tablename__ = "access_log"

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    "1, 2, 3 ... without gaps."
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    action: str = Field(max_length=16)
    subject: str = Field(max_length=64)
    "What it was about: `track`, `messages`, `emergency`, `user`."
    scope: str = Field(sa_type=Text)
    "Which of them, JSON with sorted keys: filters of a query or ids."
    row_count: int
    "How many records were seen or changed."
    reason: str | None = Field(default=None, max_length=500)
    "As the user gave it."
    user_id: int | None = Field(default=None, index=True)
    "None: the system itself, or an administrator at the command line."
    user_name: str = Field(max_length=64)
    role: str = Field(max_length=16)
    agency_id: int | None = Field(default=None, index=True)
    "Agency of the data, or of the user where the data has none."
    session_id: int | None = None
    address: str = Field(default="", max_length=64)
    previous_hash: str = Field(max_length=64)
    hash: str = Field(max_length=64)


class AccessLogHead(SQLModel, table=True):
    """Both ends of the chain; its single row is locked while a link is added or erased."""

    __tablename__ = "access_log_head"

    id: int = Field(default=1, primary_key=True, sa_column_kwargs={"autoincrement": False})
    last_id: int = 0
    hash: str = Field(default="", max_length=64)
    erased_id: int = 0
    "Number of the newest row that was erased when its time was over."
    erased_hash: str = Field(default="", max_length=64)
    "Its hash, which the oldest row that is left follows."
