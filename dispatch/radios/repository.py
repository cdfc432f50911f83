"""All SQL of radios."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from dispatch.db.bulk import Bulk, Row, fetch, is_sqlite, micros, time_text
from dispatch.live.scope import Scope
from dispatch.radios.models import Radio
from radio_gateway.domain.ids import RadioId

_MANY: Final = 500
"Radios within one query."
_ADD: Final = Bulk(
    "INSERT INTO radio (network, number, label, presence) {rows} ON CONFLICT DO NOTHING",
    ("text", "int", "text", "text"),
)
_SAVE: Final = Bulk(
    "WITH heard (id, presence, presence_at, at, link) AS ({rows}) "
    "UPDATE radio SET presence = heard.presence, presence_at = heard.presence_at, "
    "last_heard_at = heard.at, link = heard.link FROM heard WHERE radio.id = heard.id",
    ("int", "text", "timestamptz", "timestamptz", "text"),
)


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
        found: list[Any] = []
        for start in range(0, len(keys), _MANY):
            part = keys[start : start + _MANY]
            query = select(table).where(tuple_(table.c.network, table.c.number).in_(part))
            found += (await self._session.execute(query)).mappings().all()
        return found

    async def add(self, rows: Sequence[Row]) -> None:
        """Make rows for radios heard for the first time: network, number, label, presence."""
        await _ADD.run(self._session, rows)

    async def save_heard(
        self, rows: Sequence[tuple[int, str, datetime | None, datetime | None, str | None]]
    ) -> None:
        """Store id, presence and its time, last sign of life and its link."""
        if is_sqlite(self._session):
            texts = [
                (key, presence, _text(since), _text(at), link)
                for key, presence, since, at, link in rows
            ]
            await _SAVE.run(self._session, texts)
        else:
            await _SAVE.run(self._session, rows)

    async def fleet_version(self) -> int:
        """Moves on when radios or talkgroups are changed otherwise than by being heard."""
        ((number,),) = await fetch(self._session, "SELECT number FROM fleet_version")
        return cast("int", number)

    async def ids_on_link(self, link: str, network: str | None) -> Sequence[int]:
        """Radios heard last by this link, and unheard ones of its network and its parts."""
        reached = col(Radio.link) == link
        if network is not None:
            name = col(Radio.network)
            part = name.startswith(f"{network}/", autoescape=True)
            reached |= col(Radio.link).is_(None) & ((name == network) | part)
        return (await self._session.execute(select(col(Radio.id)).where(reached))).scalars().all()


def _text(at: datetime | None) -> str | None:
    return None if at is None else time_text(micros(at))
