"""Table of the writer's lease."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from dispatch.db.types import BIG_ID, UtcDateTime


class WriterLease(SQLModel, table=True):
    """The one row that says who writes, and until when if nothing renews it."""

    __tablename__ = "writer_lease"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: int = Field(default=1, primary_key=True, sa_column_kwargs={"autoincrement": False})
    term: int = Field(sa_type=BIG_ID)
    "Rises by one with each taking; who holds an older one writes no more."
    holder: str = Field(max_length=200)
    "Machine and process, for people."
    expires_at: datetime = Field(sa_type=UtcDateTime)
    "By the database's own clock."
