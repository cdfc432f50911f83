"""All SQL of the access log. No row is ever changed, and only the oldest ones are erased."""

from collections.abc import AsyncIterator, Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from dispatch.audit.models import AccessLogHead, AccessLogRow
from dispatch.auth.models import UserAccount, UserAgency


class AccessLogRepository:
    """The log within one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def head(self) -> tuple[int, str]:
        """Number and hash of the newest row, locked until the transaction ends; (0, "") if none."""
        query = select(col(AccessLogHead.last_id), col(AccessLogHead.hash)).with_for_update()
        row = (await self._session.execute(query)).one_or_none()
        if row is None:
            self._session.add(AccessLogHead(id=1))
            await self._session.flush()
            return 0, ""
        return row[0], row[1]

    async def append(self, row: AccessLogRow) -> None:
        """Add the next row and make it the head."""
        self._session.add(row)
        await self._session.flush()
        await self._session.execute(update(AccessLogHead).values(last_id=row.id, hash=row.hash))

    async def erased(self) -> tuple[int, str]:
        """Number and hash of the newest row that was erased; (0, "") if none was."""
        query = select(col(AccessLogHead.erased_id), col(AccessLogHead.erased_hash))
        row = (await self._session.execute(query)).one_or_none()
        return (0, "") if row is None else (row[0], row[1])

    async def oldest(self, limit: int) -> Sequence[AccessLogRow]:
        """The first rows of the chain that are left."""
        query = select(AccessLogRow).order_by(col(AccessLogRow.id)).limit(limit)
        return (await self._session.execute(query)).scalars().all()

    async def erase_until(self, last: AccessLogRow) -> None:
        """Erase the old end of the chain including this row, and remember where it was cut."""
        await self._session.execute(delete(AccessLogRow).where(col(AccessLogRow.id) <= last.id))
        await self._session.execute(
            update(AccessLogHead).values(erased_id=last.id, erased_hash=last.hash)
        )

    async def page(
        self,
        *,
        since: datetime | None,
        until: datetime | None,
        user: str | None,
        agency_ids: Collection[int] | None,
        before: int | None,
        limit: int,
    ) -> Sequence[AccessLogRow]:
        """Newest first, since <= at < until, below id `before`.

        With `agency_ids` only rows about these agencies, or by users who belong to them.
        """
        query = select(AccessLogRow).order_by(col(AccessLogRow.id).desc()).limit(limit)
        if since is not None:
            query = query.where(col(AccessLogRow.at) >= since)
        if until is not None:
            query = query.where(col(AccessLogRow.at) < until)
        if user is not None:
            query = query.where(col(AccessLogRow.user_name) == user)
        if before is not None:
            query = query.where(col(AccessLogRow.id) < before)
        if agency_ids is not None:
            colleagues = (
                select(col(UserAgency.user_id))
                .join(UserAccount, col(UserAccount.id) == col(UserAgency.user_id))
                .where(col(UserAgency.agency_id).in_(agency_ids))
            )
            query = query.where(
                or_(
                    col(AccessLogRow.agency_id).in_(agency_ids),
                    col(AccessLogRow.user_id).in_(colleagues),
                )
            )
        return (await self._session.execute(query)).scalars().all()

    async def chain(self) -> AsyncIterator[AccessLogRow]:
        """All rows, oldest first, a thousand at a time."""
        last = 0
        while True:
            query = (
                select(AccessLogRow)
                .where(col(AccessLogRow.id) > last)
                .order_by(col(AccessLogRow.id))
                .limit(1000)
            )
            rows = (await self._session.execute(query)).scalars().all()
            if not rows:
                return
            for row in rows:
                yield row
            last = rows[-1].id
            self._session.expunge_all()
