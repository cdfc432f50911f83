"""INSERT .. ON CONFLICT, which both databases have and SQLAlchemy spells twice."""

from typing import Any, cast

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession


def insert_into(session: AsyncSession, table: Any) -> postgresql.Insert:
    """An insert with `on_conflict_do_nothing` and `on_conflict_do_update`, for this database."""
    if session.get_bind().dialect.name == "sqlite":
        return cast("postgresql.Insert", sqlite.insert(table))
    return postgresql.insert(table)
