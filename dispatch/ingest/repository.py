"""All SQL of what was ingested already, and of what was refused."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from dispatch.db.bulk import Bulk, Row, stored_time
from dispatch.ingest.models import GatewayProgress, Ingested, RejectedEvent

_CLAIM: Final = Bulk(
    "INSERT INTO ingested (event_id, gateway, at) {rows} ON CONFLICT DO NOTHING RETURNING event_id",
    ("text", "text", "timestamptz"),
)
_SAVE: Final = Bulk(
    "INSERT INTO gateway_progress (gateway, epoch, top, holes, gone, at) {rows} "
    "ON CONFLICT (gateway, epoch) DO UPDATE SET top = excluded.top, holes = excluded.holes, "
    "gone = excluded.gone, at = excluded.at",
    ("text", "text", "bigint", "text", "bigint", "timestamptz"),
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

    async def save_progress(self, rows: Sequence[GatewayProgress]) -> None:
        """Replace the rows of these spools."""
        stored = stored_time(self._session)
        await _SAVE.run(
            self._session,
            [
                (one.gateway, one.epoch, one.top, one.holes, one.gone, stored(one.at))
                for one in rows
            ],
        )

    async def forget_progress(self, before: datetime) -> None:
        """Forget spools that nothing came from for long."""
        await self._session.execute(delete(GatewayProgress).where(col(GatewayProgress.at) < before))

    async def forget_before(self, at: datetime) -> None:
        """Forget event ids that no gateway sends again."""
        await self._session.execute(delete(Ingested).where(col(Ingested.at) < at))
