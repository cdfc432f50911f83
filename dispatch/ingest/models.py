"""Tables of what came from gateways: seen already, and refused."""

from datetime import datetime

from sqlalchemy import BigInteger, Text
from sqlmodel import Field, SQLModel

from dispatch.db.types import UtcDateTime


class Ingested(SQLModel, table=True):
    """Event ids that were stored, for as long as a gateway might send them again."""

    event_id: str = Field(primary_key=True, max_length=64)
    gateway: str = Field(max_length=64)
    at: datetime = Field(sa_type=UtcDateTime, index=True)


class GatewayProgress(SQLModel, table=True):
    """What has arrived of the numbered events of one spool of a gateway."""

    __tablename__ = "gateway_progress"

    gateway: str = Field(primary_key=True, max_length=64)
    epoch: str = Field(primary_key=True, max_length=64)
    "Names the spool; a new one numbers from 1 again."
    top: int = Field(sa_type=BigInteger)
    "Highest number that arrived."
    holes: str = Field(sa_type=Text)
    "JSON: [[first, last], ..] of the numbers below `top` that have not arrived."
    gone: int = Field(sa_type=BigInteger)
    "Numbers that were given up."
    at: datetime = Field(sa_type=UtcDateTime)


class RejectedEvent(SQLModel, table=True):
    """An event that could not be stored; kept for whoever mends it."""

    __tablename__ = "rejected_event"

    id: int = Field(default=None, primary_key=True)
    event_id: str = Field(max_length=64)
    gateway: str = Field(max_length=64)
    kind: str = Field(max_length=64)
    body: str = Field(sa_type=Text)
    "The envelope as JSON."
    error: str = Field(max_length=500)
    at: datetime = Field(sa_type=UtcDateTime)
