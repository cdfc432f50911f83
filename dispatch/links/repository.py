"""All SQL of links."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from dispatch.links.models import Link


class LinkRepository:
    """Links within one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def all(self, after: int = 0, limit: int | None = None) -> Sequence[Link]:
        """Links with ids above `after`, by id."""
        query = select(Link).where(col(Link.id) > after).order_by(col(Link.id)).limit(limit)
        return (await self._session.execute(query)).scalars().all()

    async def find(self, gateway: str, name: str, site: str) -> Link | None:
        """One link or site."""
        query = select(Link).where(
            col(Link.gateway) == gateway, col(Link.name) == name, col(Link.site) == site
        )
        return (await self._session.execute(query)).scalar_one_or_none()

    async def add(self, row: Link) -> Link:
        """Store a link seen for the first time; its id is set."""
        self._session.add(row)
        await self._session.flush()
        return row

    async def save(self) -> None:
        """Write what changed in rows of this session."""
        await self._session.flush()

    async def up(self, names: Sequence[str]) -> set[str]:
        """Which of these links are up."""
        query = select(col(Link.name)).where(
            col(Link.name).in_(names), col(Link.site) == "", col(Link.state) == "up"
        )
        return set((await self._session.execute(query)).scalars())

    async def known(self, names: Sequence[str]) -> set[str]:
        """Which of these links have ever reported."""
        query = select(col(Link.name)).where(col(Link.name).in_(names), col(Link.site) == "")
        return set((await self._session.execute(query)).scalars())
