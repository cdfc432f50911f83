"""SQL of fleet import and export."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col

from dispatch.agencies.models import Agency
from dispatch.radios.models import Radio
from dispatch.talkgroups.models import Talkgroup
from dispatch.units.models import Officer, Unit

Row = TypeVar("Row", bound=SQLModel)


class FleetRepository:
    """The whole fleet within one transaction; fleets have hundreds of rows, not millions."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def agencies(self) -> dict[str, Agency]:
        """By code."""
        return {row.code: row for row in await self._all(Agency)}

    async def talkgroups(self) -> dict[tuple[str, int], Talkgroup]:
        """By network and number."""
        return {(row.network, row.number): row for row in await self._all(Talkgroup)}

    async def units(self) -> dict[tuple[int, str], Unit]:
        """By agency and call sign."""
        return {(row.agency_id, row.call_sign): row for row in await self._all(Unit)}

    async def radios(self) -> dict[tuple[str, int], Radio]:
        """By network and number."""
        return {(row.network, row.number): row for row in await self._all(Radio)}

    async def officers(self) -> dict[int, list[str]]:
        """Names by unit, in order."""
        query = select(Officer).order_by(col(Officer.unit_id), col(Officer.place))
        found: dict[int, list[str]] = {}
        for row in (await self._session.execute(query)).scalars():
            found.setdefault(row.unit_id, []).append(row.name)
        return found

    async def set_officers(self, unit_id: int, names: Iterable[str]) -> None:
        """Replace the officers of a unit."""
        await self._session.execute(delete(Officer).where(col(Officer.unit_id) == unit_id))
        for place, name in enumerate(names):
            self._session.add(Officer(unit_id=unit_id, place=place, name=name))

    async def save(
        self, row: Row | None, model: type[Row], values: Mapping[str, Any]
    ) -> tuple[Row, bool]:
        """Change a row, or make one; the row, and whether anything is different now."""
        if row is None:
            row = model(**values)
            self._session.add(row)
            await self._session.flush()
            return row, True
        changed = {name: value for name, value in values.items() if getattr(row, name) != value}
        for name, value in changed.items():
            setattr(row, name, value)
        await self._session.flush()
        return row, bool(changed)

    async def _all(self, model: type[Row]) -> Sequence[Row]:
        query = select(model).order_by(model.__table__.c.id)  # type: ignore[attr-defined]
        return (await self._session.execute(query)).scalars().all()
