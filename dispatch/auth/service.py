"""Signing in and out, passwords, and one-time links."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from dispatch.audit.models import Action
from dispatch.audit.service import record
from dispatch.auth.attempts import Attempts, desk_of
from dispatch.auth.errors import (
    LinkUsedOrExpiredError,
    NotSignedInError,
    PasswordTooShortError,
    WrongNameOrPasswordError,
    WrongPasswordError,
)
from dispatch.auth.identity import SignedIn
from dispatch.auth.models import SignInLink, UserAccount
from dispatch.auth.passwords import SHORTEST, Passwords
from dispatch.auth.repository import AuthRepository
from dispatch.auth.sessions import Sessions, identify
from dispatch.auth.tokens import new_token, token_hash
from dispatch.db.database import Database

LINK_LIFE: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that has just begun."""

    token: str
    "For the cookie; kept nowhere else."
    user: UserAccount
    agency_ids: frozenset[int]
    expires_at: datetime
    life_s: int
    "Seconds until then; a browser's own clock may be wrong."


class Door:
    """Lets people in and out. Slow hashing happens outside of transactions."""

    def __init__(
        self, database: Database, sessions: Sessions, passwords: Passwords, attempts: Attempts
    ) -> None:
        self._database = database
        self._sessions = sessions
        self._passwords = passwords
        self.attempts = attempts

    async def sign_in(self, name: str, password: str, address: str) -> Opened:
        """Open a session for a name and its password.

        Raises:
            WrongNameOrPasswordError: also for a disabled account or one without password.
            TooManyAttemptsError: this address has to wait.
        """
        name = stored_name(name)
        await self.attempts.take(name, desk_of(address))
        async with self._database.read() as session:
            user = await AuthRepository(session).user_by_name(name)
        stored = user.password_hash if user and not user.disabled else None
        if not await self._passwords.verify(password, stored) or user is None:
            if user is not None:
                await self._refused(user, address)
            raise WrongNameOrPasswordError
        return await self._open(user.id, name, address, by_link=False)

    async def sign_in_by_link(self, token: str, address: str) -> Opened:
        """Open a session for a one-time link, which works no more afterwards.

        Raises:
            LinkUsedOrExpiredError: unknown, used, expired, or of a disabled account.
            TooManyAttemptsError: this address has to wait.
        """
        await self.attempts.take("", desk_of(address))
        async with self._database.write() as session:
            user_id = await AuthRepository(session).use_link(
                token_hash(token), self._sessions.now()
            )
        if user_id is None:
            raise LinkUsedOrExpiredError
        try:
            return await self._open(user_id, "", address, by_link=True)
        except WrongNameOrPasswordError:
            raise LinkUsedOrExpiredError from None

    async def sign_out(self, user: SignedIn) -> None:
        """End this session."""
        async with self._database.write() as session:
            await self._sessions.end(session, user.session_id)
            await record(session, user, Action.SIGN_OUT, "session", {}, 1)

    async def set_password(self, user: SignedIn, password: str, current: str | None) -> None:
        """Give the user a new password and end all other sessions.

        Raises:
            PasswordTooShortError: below the minimum.
            WrongPasswordError: `current` is wrong, or missing where it is needed.
        """
        if len(password) < SHORTEST:
            raise PasswordTooShortError(SHORTEST)
        async with self._database.read() as session:
            repository = AuthRepository(session)
            account = await repository.user(user.user_id)
            row = await repository.session(user.session_id)
        if account is None or row is None:
            raise NotSignedInError
        if not row.opened_by_link and not await self._passwords.verify(
            current or "", account.password_hash
        ):
            raise WrongPasswordError
        hashed = await self._passwords.hash(password)
        async with self._database.write() as session:
            await AuthRepository(session).set_password(user.user_id, hashed)
            await self._sessions.end_all_of(session, user.user_id, but=user.session_id)
            await record(session, user, Action.ALTERATION, "password", {"user": user.name}, 1)

    async def _open(self, user_id: int, tried: str, address: str, *, by_link: bool) -> Opened:
        async with self._database.write() as session:
            repository = AuthRepository(session)
            user = await repository.user(user_id)
            if user is None or user.disabled:
                raise WrongNameOrPasswordError
            token, row = await self._sessions.open(session, user, by_link=by_link)
            identity = await identify(session, user, row.id, address)
            await record(session, identity, Action.SIGN_IN, "session", {"by_link": by_link}, 1)
            await self.attempts.succeeded(session, tried, desk_of(address))
            life_s = int((row.expires_at - self._sessions.now()).total_seconds())
            return Opened(token, user, identity.agency_ids or frozenset(), row.expires_at, life_s)

    async def _refused(self, user: UserAccount, address: str) -> None:
        async with self._database.write() as session:
            nobody = await identify(session, user, 0, address)
            await record(session, nobody, Action.REFUSED, "session", {"password": "wrong"}, 0)


async def issue_link(session: AsyncSession, user: UserAccount, now: datetime) -> str:
    """Make the one way in for a user: a token for `/sign-in#token=...`; older links end."""
    repository = AuthRepository(session)
    await repository.withdraw_links(user.id, now)
    token = new_token()
    await repository.add_link(
        SignInLink(
            token_hash=token_hash(token),
            user_id=user.id,
            created_at=now,
            expires_at=now + LINK_LIFE,
        )
    )
    return token


async def end_sessions(session: AsyncSession, user_id: int) -> None:
    """End all sessions of a user from outside of the server's process.

    The server notices at the next request, and for an open live stream within a minute.
    """
    repository = AuthRepository(session)
    for session_id in await repository.sessions_of(user_id):
        await repository.remove_session(session_id)


def stored_name(name: str) -> str:
    """A sign-in name as the database has it: `  Anna ` -> `anna`."""
    return name.strip().casefold()
