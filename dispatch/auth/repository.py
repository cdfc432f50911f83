"""All SQL about sign-in: sessions, links, and the user behind a name."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from dispatch.auth.models import SignInAttempt, SignInLink, UserAccount, UserAgency, UserSession

_WAIT_MS: Final = 500
"An attempt that waits longer for those before it is answered that the database is away."
_FOLLOW: Final = text("SELECT pg_advisory_xact_lock(:space, hashtext(:address))")
_ATTEMPTS: Final = 0x5A12D
"Space of the advisory locks of addresses."


class AuthRepository:
    """Sessions and links within one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def user(self, user_id: int) -> UserAccount | None:
        """One user by id."""
        return await self._session.get(UserAccount, user_id)

    async def user_by_name(self, name: str) -> UserAccount | None:
        """One user by sign-in name, exactly as stored."""
        query = select(UserAccount).where(col(UserAccount.name) == name)
        return (await self._session.execute(query)).scalar_one_or_none()

    async def set_password(self, user_id: int, password_hash: str) -> None:
        """Store a new password's hash."""
        await self._session.execute(
            update(UserAccount)
            .where(col(UserAccount.id) == user_id)
            .values(password_hash=password_hash)
        )

    async def agency_ids(self, user_id: int) -> frozenset[int]:
        """The agencies given to a user."""
        query = select(col(UserAgency.agency_id)).where(col(UserAgency.user_id) == user_id)
        return frozenset((await self._session.execute(query)).scalars())

    async def session_by_hash(self, token_hash: str) -> tuple[UserSession, UserAccount] | None:
        """A session and its user, by the hash of the token."""
        query = (
            select(UserSession, UserAccount)
            .join(UserAccount, col(UserAccount.id) == col(UserSession.user_id))
            .where(col(UserSession.token_hash) == token_hash)
        )
        row = (await self._session.execute(query)).one_or_none()
        return None if row is None else (row[0], row[1])

    async def session(self, session_id: int) -> UserSession | None:
        """One session by id."""
        return await self._session.get(UserSession, session_id)

    async def sessions_of(self, user_id: int) -> list[int]:
        """Ids of a user's sessions."""
        query = select(col(UserSession.id)).where(col(UserSession.user_id) == user_id)
        return list((await self._session.execute(query)).scalars())

    async def add_session(self, row: UserSession) -> UserSession:
        """Store a new session; its id is set."""
        self._session.add(row)
        await self._session.flush()
        return row

    async def seen(self, session_id: int, at: datetime) -> None:
        """Move the last sign of use forward."""
        await self._session.execute(
            update(UserSession)
            .where(col(UserSession.id) == session_id, col(UserSession.seen_at) < at)
            .values(seen_at=at)
        )

    async def remove_session(self, session_id: int) -> None:
        """End one session."""
        await self._session.execute(delete(UserSession).where(col(UserSession.id) == session_id))

    async def remove_expired(self, seen_before: datetime, now: datetime) -> list[int]:
        """Remove sessions idle since `seen_before` or past their absolute end; their ids."""
        query = (
            delete(UserSession)
            .where((col(UserSession.seen_at) <= seen_before) | (col(UserSession.expires_at) <= now))
            .returning(col(UserSession.id))
        )
        return list((await self._session.execute(query)).scalars())

    async def add_link(self, row: SignInLink) -> None:
        """Store a new one-time link."""
        self._session.add(row)
        await self._session.flush()

    async def use_link(self, token_hash: str, now: datetime) -> int | None:
        """Mark a link used; its user's id, or None when it is unknown, used or expired."""
        query = (
            update(SignInLink)
            .where(
                col(SignInLink.token_hash) == token_hash,
                col(SignInLink.used_at).is_(None),
                col(SignInLink.expires_at) > now,
            )
            .values(used_at=now)
            .returning(col(SignInLink.user_id))
        )
        return (await self._session.execute(query)).scalar_one_or_none()

    async def withdraw_links(self, user_id: int, now: datetime) -> None:
        """Make all unused links of a user void."""
        await self._session.execute(
            update(SignInLink)
            .where(col(SignInLink.user_id) == user_id, col(SignInLink.used_at).is_(None))
            .values(used_at=now)
        )


class AttemptRepository:
    """Attempts to sign in within one transaction; PostgreSQL only, every time is the database's."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def follow(self, address: str) -> None:
        """Let no other attempt from this address be counted until the transaction ends."""
        await self._session.execute(text(f"SET LOCAL lock_timeout = {_WAIT_MS}"))
        await self._session.execute(_FOLLOW, {"space": _ATTEMPTS, "address": address})

    async def count(self, key: str, window: timedelta) -> tuple[int, float]:
        """How many of the newest `window` there are, and the age of the oldest in seconds."""
        now = func.clock_timestamp()
        age_s = func.extract("epoch", now - func.min(col(SignInAttempt.at)))
        query = select(func.count(), func.coalesce(age_s, 0)).where(
            col(SignInAttempt.key) == key, col(SignInAttempt.at) > now - window
        )
        count, oldest_s = (await self._session.execute(query)).one()
        return int(count), float(oldest_s)

    async def add(self, *keys: str) -> None:
        """Count one for each key."""
        rows = [{"key": key, "at": func.clock_timestamp()} for key in keys]
        await self._session.execute(insert(SignInAttempt).values(rows))

    async def forget(self, key: str) -> None:
        """Count none for this key."""
        await self._session.execute(delete(SignInAttempt).where(col(SignInAttempt.key) == key))

    async def forget_older(self, age: timedelta) -> None:
        """Remove what is older, of whatever key."""
        await self._session.execute(
            delete(SignInAttempt).where(col(SignInAttempt.at) <= func.clock_timestamp() - age)
        )
