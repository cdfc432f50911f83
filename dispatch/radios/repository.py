"""All SQL of radios."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import bindparam, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from dispatch.db.upsert import insert_into
from dispatch.live.scope import Scope
from dispatch.radios.models import Radio
from radio_gateway.domain.ids import RadioId


class RadioRepository:
    """Radios within one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def all(self, scope: Scope, after: int = 0, limit: int | None = None) -> Sequence[Radio]:
        """Radios with ids above `after`, by id."""
        query = (
            select(Radio)
            .where(scope.where(col(Radio.agency_id)), col(Radio.id) > after)
            .order_by(col(Radio.id))
            .limit(limit)
        )
        return (await self._session.execute(query)).scalars().all()

    async def get(self, radio_id: int, scope: Scope) -> Radio | None:
        """One radio, if the scope shows it."""
        query = select(Radio).where(col(Radio.id) == radio_id, scope.where(col(Radio.agency_id)))
        return (await self._session.execute(query)).scalar_one_or_none()

    async def of_unit(self, unit_id: int) -> Sequence[Radio]:
        """The radios that a unit carries, heard most lately first."""
        query = (
            select(Radio)
            .where(col(Radio.unit_id) == unit_id)
            .order_by(col(Radio.last_heard_at).desc().nulls_last(), col(Radio.id))
        )
        return (await self._session.execute(query)).scalars().all()

    async def find(self, wanted: Iterable[RadioId]) -> Sequence[Any]:
        """Columns of those of the wanted radios that have rows."""
        keys = [(one.network, one.number) for one in wanted]
        table = Radio.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
        query = select(table).where(tuple_(table.c.network, table.c.number).in_(keys))
        return (await self._session.execute(query)).mappings().all()

    async def add(self, rows: Sequence[dict[str, Any]]) -> None:
        """Make rows for radios heard for the first time."""
        await self._session.execute(
            insert_into(self._session, Radio).on_conflict_do_nothing(), rows
        )

    async def save_heard(self, rows: Sequence[dict[str, Any]]) -> None:
        """Store presence and last sign of life; keys `key`, `presence`, `presence_at`, ..."""
        table = Radio.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
        query = (
            update(table)
            .where(table.c.id == bindparam("key"))
            .values(
                presence=bindparam("new_presence"),
                presence_at=bindparam("new_presence_at"),
                last_heard_at=bindparam("new_last_heard_at"),
                link=bindparam("new_link"),
            )
        )
        # executed on the connection: the session would read this as an update of entities
        connection = await self._session.connection()
        await connection.execute(query, rows)

    async def ids_on_link(self, link: str, network: str | None) -> Sequence[int]:
        """Radios heard last by this link, and unheard ones of its network and its parts."""
        reached = col(Radio.link) == link
        if network is not None:
            name = col(Radio.network)
            part = name.startswith(f"{network}/", autoescape=True)
            reached |= col(Radio.link).is_(None) & ((name == network) | part)
        return (await self._session.execute(select(col(Radio.id)).where(reached))).scalars().all()
