"""Table of requests that were answered already."""

from datetime import datetime

from sqlalchemy import Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from dispatch.db.types import UtcDateTime


class IdempotentAnswer(SQLModel, table=True):
    """The answer to one key of one user."""

    __tablename__ = "idempotency"
    __table_args__ = (UniqueConstraint("user_id", "key"),)

    id: int = Field(default=None, primary_key=True)
    user_id: int
    key: str = Field(max_length=128)
    route: str = Field(max_length=200)
    body_sha256: str = Field(max_length=64)
    answer: str = Field(sa_type=Text)
    "JSON."
    at: datetime = Field(sa_type=UtcDateTime, index=True)
