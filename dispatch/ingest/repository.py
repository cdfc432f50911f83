"""All SQL of what was ingested already, and of what was refused."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from dispatch.db.bulk import Bulk, Row
from dispatch.db.upsert import insert_into
from dispatch.ingest.models import GatewayProgress, Ingested, RejectedEvent

_CLAIM: Final = Bulk(
    "INSERT INTO ingested (event_id, gateway, at) {rows} ON CONFLICT DO NOTHING RETURNING event_id",
    ("text", "text", "timestamptz"),
)


class IngestRepository:
    """Event ids within one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def claim(self, rows: Sequence[Row]) -> set[str]:
        """Remember event ids, with gateway and time; those that were not known before."""
        return {row[0] for row in await _CLAIM.run(self._session, rows)}

    async def reject(self, row: RejectedEvent) -> None:
        """Keep an event that could not be stored."""
        self._session.add(row)
        await self._session.flush()

    async def progress(self) -> Sequence[GatewayProgress]:
        """What has arrived of every spool's numbers."""
        return (await self._session.execute(select(GatewayProgress))).scalars().all()

    async def save_progress(self, rows: Sequence[dict[str, Any]]) -> None:
        """Replace the rows of these spools."""
        query = insert_into(self._session, _PROGRESS)
        changed = {key: query.excluded[key] for key in ("top", "holes", "gone", "at")}
        connection = await self._session.connection()
        await connection.execute(
            query.on_conflict_do_update(index_elements=["gateway", "epoch"], set_=changed), rows
        )

    async def forget_progress(self, before: datetime) -> None:
        """Forget spools that nothing came from for long."""
        await self._session.execute(delete(GatewayProgress).where(col(GatewayProgress.at) < before))

    async def forget_before(self, at: datetime) -> None:
        """Forget event ids that no gateway sends again."""
        await self._session.execute(delete(Ingested).where(col(Ingested.at) < at))


_PROGRESS = GatewayProgress.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
