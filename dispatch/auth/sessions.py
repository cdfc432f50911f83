"""Server-side sessions: opened at sign-in, alive by use, ended by time or by somebody."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from dispatch import clock
from dispatch.auth.identity import Role, SignedIn
from dispatch.auth.models import UserAccount, UserSession
from dispatch.auth.repository import AuthRepository
from dispatch.auth.tokens import new_token, token_hash
from dispatch.db.away import is_away, reason_of
from dispatch.db.database import Database, after_commit, notify

log = logging.getLogger(__name__)

CHECK_S: Final = 0.2
"A live stream waits for the answer of the database so long, then goes on meanwhile."

SESSION_CHANNEL: Final = "sardze_session"
"Notices of it carry the id of a session that has ended."

Ended = Callable[[int], None]
"Takes the id of a session that has just ended."


class Sessions:
    """All sessions of this installation; one object per process.

    Signs of use are kept in memory and written by `tidy`, so that reading never has to write.
    """

    def __init__(
        self,
        database: Database,
        *,
        idle: timedelta,
        life: timedelta,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        """Take the time after which an unused session ends, and the longest life of any."""
        self._database = database
        self._idle = idle
        self._life = life
        self.now = now
        self._seen: dict[int, datetime] = {}
        self._listeners: list[Ended] = []
        self._checks: dict[int, asyncio.Task[bool]] = {}
        "Looks at the database that have not ended yet, by session."

    def on_end(self, listener: Ended) -> Callable[[], None]:
        """Be told of every session that ends; call the result to be told no more."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def open(
        self, session: AsyncSession, user: UserAccount, *, by_link: bool
    ) -> tuple[str, UserSession]:
        """Start a session within the caller's transaction; the token goes into the cookie only."""
        now = self.now()
        token = new_token()
        row = UserSession(
            token_hash=token_hash(token),
            user_id=user.id,
            created_at=now,
            seen_at=now,
            expires_at=now + self._life,
            opened_by_link=by_link,
        )
        return token, await AuthRepository(session).add_session(row)

    async def resolve(self, token: str, address: str = "") -> SignedIn | None:
        """Whose token this is; None when its session is over. Counts as use."""
        async with self._database.read() as session:
            repository = AuthRepository(session)
            found = await repository.session_by_hash(token_hash(token))
            if found is None:
                return None
            row, user = found
            if user.disabled or not self._is_alive(row):
                return None
            identity = await identify(session, user, row.id, address)
        self._seen[identity.session_id] = self.now()
        return identity

    async def alive(self, session_id: int) -> bool:
        """Whether an open connection may go on; counts as use, as somebody watches the console.

        An absent database ends no session: the look goes on by itself, and listeners are told
        if it finds the session over.
        """
        if session_id in self._checks:
            return True
        check = asyncio.create_task(self._stands(session_id), name="session check")
        self._checks[session_id] = check
        check.add_done_callback(lambda _: self._checks.pop(session_id, None))
        done, _ = await asyncio.wait({check}, timeout=CHECK_S)
        return check.result() if done else True

    async def _stands(self, session_id: int) -> bool:
        try:
            stands = await self._look(session_id)
        except Exception as error:
            if not is_away(error):
                raise
            log.info("session %d goes on unchecked: %s", session_id, reason_of(error))
            self._seen[session_id] = self.now()
            return True
        if not stands:
            self.ended(session_id)
        return stands

    async def _look(self, session_id: int) -> bool:
        async with self._database.read() as session:
            repository = AuthRepository(session)
            row = await repository.session(session_id)
            if row is None or not self._is_alive(row):
                return False
            user = await repository.user(row.user_id)
            if user is None or user.disabled:
                return False
        self._seen[session_id] = self.now()
        return True

    async def end(self, session: AsyncSession, session_id: int) -> None:
        """End one session; listeners are told after the commit."""
        await AuthRepository(session).remove_session(session_id)
        after_commit(session, lambda: self.ended(session_id))
        notify(session, SESSION_CHANNEL, str(session_id))

    async def end_all_of(
        self, session: AsyncSession, user_id: int, *, but: int | None = None
    ) -> None:
        """End all sessions of a user, except perhaps the one that asks."""
        for session_id in await AuthRepository(session).sessions_of(user_id):
            if session_id != but:
                await self.end(session, session_id)

    async def tidy(self) -> None:
        """Write signs of use and remove what has expired; called about once a minute."""
        seen, self._seen = self._seen, {}
        now = self.now()
        try:
            async with self._database.write() as session:
                repository = AuthRepository(session)
                for session_id, at in seen.items():
                    await repository.seen(session_id, at)
                gone = await repository.remove_expired(now - self._idle, now)
                for session_id in gone:
                    notify(session, SESSION_CHANNEL, str(session_id))
        except BaseException:
            self._seen = seen | self._seen  # not written: nobody may look idle for that
            raise
        for session_id in gone:
            self.ended(session_id)

    def _is_alive(self, row: UserSession) -> bool:
        now = self.now()
        seen = max(row.seen_at, self._seen.get(row.id, row.seen_at))
        return now < row.expires_at and now - seen < self._idle

    def ended(self, session_id: int) -> None:
        """Tell the listeners of this process; the session itself may have ended in another."""
        self._seen.pop(session_id, None)
        for listener in tuple(self._listeners):
            listener(session_id)


async def identify(
    session: AsyncSession, user: UserAccount, session_id: int, address: str
) -> SignedIn:
    """The identity that a session gives its user."""
    role = Role(user.role)
    return SignedIn(
        user_id=user.id,
        name=user.name,
        display_name=user.display_name,
        role=role,
        agency_ids=None
        if role is Role.ADMINISTRATOR
        else await AuthRepository(session).agency_ids(user.id),
        session_id=session_id,
        address=address,
    )
