"""All SQL of user management."""

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from dispatch.agencies.models import Agency
from dispatch.auth.identity import Role
from dispatch.auth.models import UserAccount, UserAgency


class UserRepository:
    """User accounts within one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        """Take the transaction; `session` is there for what belongs to the same one."""
        self.session = session

    async def page(self, after: int, limit: int) -> Sequence[UserAccount]:
        """Users by id, above `after`."""
        query = (
            select(UserAccount)
            .where(col(UserAccount.id) > after)
            .order_by(col(UserAccount.id))
            .limit(limit)
        )
        return (await self.session.execute(query)).scalars().all()

    async def get(self, user_id: int) -> UserAccount | None:
        """One user."""
        return await self.session.get(UserAccount, user_id)

    async def by_name(self, name: str) -> UserAccount | None:
        """One user by the name as stored."""
        query = select(UserAccount).where(col(UserAccount.name) == name)
        return (await self.session.execute(query)).scalar_one_or_none()

    async def add(self, user: UserAccount) -> None:
        """Store a new user; its id is set."""
        self.session.add(user)
        await self.session.flush()

    async def agency_ids(self, user_ids: Iterable[int]) -> dict[int, frozenset[int]]:
        """Agencies of several users."""
        query = select(UserAgency).where(col(UserAgency.user_id).in_(list(user_ids)))
        found: dict[int, set[int]] = {}
        for row in (await self.session.execute(query)).scalars():
            found.setdefault(row.user_id, set()).add(row.agency_id)
        return {user_id: frozenset(ids) for user_id, ids in found.items()}

    async def set_agencies(self, user_id: int, agency_ids: Iterable[int]) -> None:
        """Replace the agencies of a user."""
        await self.session.execute(delete(UserAgency).where(col(UserAgency.user_id) == user_id))
        for agency_id in agency_ids:
            self.session.add(UserAgency(user_id=user_id, agency_id=agency_id))
        await self.session.flush()

    async def known_agencies(self, agency_ids: Iterable[int]) -> frozenset[int]:
        """Those of the ids that exist."""
        query = select(col(Agency.id)).where(col(Agency.id).in_(list(agency_ids)))
        return frozenset((await self.session.execute(query)).scalars())

    async def agency_by_code(self, code: str) -> int | None:
        """Id of an agency by its short code."""
        query = select(col(Agency.id)).where(col(Agency.code) == code)
        return (await self.session.execute(query)).scalar_one_or_none()

    async def other_administrators(self, user_id: int) -> int:
        """How many enabled administrators there are besides this user."""
        query = select(func.count()).where(
            col(UserAccount.role) == Role.ADMINISTRATOR.value,
            col(UserAccount.disabled).is_(False),
            col(UserAccount.id) != user_id,
        )
        return (await self.session.execute(query)).scalar_one()
