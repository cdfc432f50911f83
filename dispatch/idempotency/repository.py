"""All SQL of answered requests."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from dispatch.idempotency.models import IdempotentAnswer


class AnswerRepository:
    """Answers within one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def find(self, user_id: int, key: str) -> IdempotentAnswer | None:
        """The answer to a key."""
        query = select(IdempotentAnswer).where(
            col(IdempotentAnswer.user_id) == user_id, col(IdempotentAnswer.key) == key
        )
        return (await self._session.execute(query)).scalar_one_or_none()

    async def add(self, row: IdempotentAnswer) -> None:
        """Keep an answer."""
        self._session.add(row)
        await self._session.flush()

    async def remove_before(self, at: datetime) -> None:
        """Forget old answers."""
        await self._session.execute(delete(IdempotentAnswer).where(col(IdempotentAnswer.at) < at))
