"""Table of links."""

from datetime import datetime

from sqlalchemy import Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from dispatch.db.types import UtcDateTime


class Link(SQLModel, table=True):
    """A connection of a gateway, or one site behind it, with its last health report."""

    __table_args__ = (UniqueConstraint("gateway", "name", "site"),)

    id: int = Field(default=None, primary_key=True)
    gateway: str = Field(max_length=64)
    name: str = Field(max_length=64)
    site: str = Field(default="", max_length=64)
    "Empty: the link itself."
    state: str = Field(max_length=16)
    reason: str = Field(default="", max_length=300)
    since: datetime = Field(sa_type=UtcDateTime)
    last_payload_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    frames: int = 0
    malformed: int = 0
    refused: int = 0
    latency_ms: float | None = None
    options: str | None = Field(default=None, max_length=300)
    "What the site asked for at its login."
    seen_at: datetime = Field(sa_type=UtcDateTime)
    "Last report of any kind."


class Gateway(SQLModel, table=True):
    """A gateway that has ever reported on itself."""

    name: str = Field(primary_key=True, max_length=64)
    online: bool
    since: datetime = Field(sa_type=UtcDateTime)
    "When it came or went."
    version: str = Field(default="", max_length=64)
    links: str = Field(default="[]", sa_type=Text)
    "JSON: its links and what they can do, as it said last; see `links.catalogue`."
