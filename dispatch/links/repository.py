"""All SQL of links."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from dispatch.links.models import Gateway, Link


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

    async def of_gateway(self, gateway: str) -> Sequence[Link]:
        """All links and sites of one gateway, by id."""
        query = select(Link).where(col(Link.gateway) == gateway).order_by(col(Link.id))
        return (await self._session.execute(query)).scalars().all()

    async def gateways(self) -> Sequence[Gateway]:
        """All gateways that ever reported, by name."""
        query = select(Gateway).order_by(col(Gateway.name))
        return (await self._session.execute(query)).scalars().all()

    async def gateway(self, name: str) -> Gateway | None:
        """One gateway."""
        return await self._session.get(Gateway, name)

    async def add_gateway(self, row: Gateway) -> Gateway:
        """Store a gateway that reports for the first time."""
        self._session.add(row)
        await self._session.flush()
        return row

    async def save(self) -> None:
        """Write what changed in rows of this session."""
        await self._session.flush()

    async def up(self, names: Sequence[str]) -> set[str]:
        """Which of these links are up; none of a gateway that is away."""
        away = select(col(Gateway.name)).where(col(Gateway.online).is_(False))
        query = select(col(Link.name)).where(
            col(Link.name).in_(names),
            col(Link.site) == "",
            col(Link.state) == "up",
            col(Link.gateway).not_in(away),
        )
        return set((await self._session.execute(query)).scalars())

    async def known(self, names: Sequence[str]) -> set[str]:
        """Which of these links have ever reported."""
        query = select(col(Link.name)).where(col(Link.name).in_(names), col(Link.site) == "")
        return set((await self._session.execute(query)).scalars())
