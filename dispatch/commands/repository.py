"""All SQL of commands."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from dispatch.commands.models import CommandState, RadioCommand


class CommandRepository:
    """Commands within one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, row: RadioCommand) -> RadioCommand:
        """Store a command; its id is set."""
        self._session.add(row)
        await self._session.flush()
        return row

    async def by_key(self, command: str) -> RadioCommand | None:
        """The command that a gateway speaks of."""
        query = select(RadioCommand).where(col(RadioCommand.command) == command)
        return (await self._session.execute(query)).scalar_one_or_none()

    async def unanswered(self, before: datetime) -> Sequence[RadioCommand]:
        """Commands queued before a time that no gateway has spoken of."""
        query = select(RadioCommand).where(
            col(RadioCommand.state) == CommandState.QUEUED, col(RadioCommand.created_at) < before
        )
        return (await self._session.execute(query)).scalars().all()

    async def save(self) -> None:
        """Write what changed in rows of this session."""
        await self._session.flush()
