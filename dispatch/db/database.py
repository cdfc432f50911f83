"""One database: sessions that read a snapshot, sessions that write one at a time."""

import asyncio
import copy
import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncSession,
    create_async_engine,
)
from sqlalchemy.pool import NullPool

log = logging.getLogger(__name__)

BUSY_TIMEOUT_MS: Final = 10_000
_WRITING: Final = ("cache_size=-16000", "wal_autocheckpoint=4000")
"""SQLite, 16 MB each: a thousand positions of as many radios change a page for each, which must
not be written twice in one transaction, nor be copied out of the log after each."""
WRITER_LOCK: Final = 0x5A12D2E
"Key of PostgreSQL's advisory lock that makes writers follow one another, also across processes."
CONNECT_S: Final = 5
ASIDE_S: Final = 10
"Longest statement of the lease: its holder must notice a database that is silent."
SILENCE_MS: Final = 3_000
"PostgreSQL undoes a writing transaction whose process sleeps so long, so that others get the turn."
_TAKE_TURN: Final = text("SELECT pg_advisory_xact_lock(:key)")
_NOTIFY: Final = text("SELECT pg_notify(:channel, :payload)")
_AFTER_COMMIT: Final = "after_commit"
_NOTICES: Final = "notices"
_TROUBLE_CLASSES: Final = ("08", "40", "53", "55", "57", "58")
"Classes of SQLSTATE: connection, conflict, room, lock, stop, I/O; no fault of the statement."
_SILENT_TOO_LONG: Final = "25P03"

Guard = Callable[[AsyncSession], Awaitable[None]]
"Looks at the start of a writing transaction whether it may write; raises if not."


class DatabaseError(Exception):
    """The database cannot be used as it is; the text is one line that says what to do."""


@dataclass(slots=True, eq=False)
class _Turn:
    """Whose turn it is to write, among the tasks of this process."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    owner: asyncio.Task[Any] | None = None


class Database:
    """Sessions over one engine for reading and one for writing.

    Writers follow one another: SQLite by `BEGIN IMMEDIATE` behind a lock of this process,
    PostgreSQL by an advisory lock as well. So event numbers rise in the order of commits,
    and callbacks after the commit run in that order too.

    A database in trouble (away, full, stopped) raises OperationalError, InterfaceError or OSError,
    whichever database it is; anything else is the statement's own fault.
    """

    def __init__(
        self,
        url: URL,
        readers: AsyncEngine,
        writers: AsyncEngine,
        asides: AsyncEngine | None = None,
    ) -> None:
        self.url = url
        self.process = secrets.token_hex(4)
        "Names this process in its notices, so that it does not listen to itself."
        self._readers = readers
        self._writers = writers
        self._asides = asides
        self._turn = _Turn()
        self._guard: Guard | None = None

    @classmethod
    def open(cls, url: str) -> "Database":
        """Make the engines; nothing is connected before the first session.

        Args:
            url: `sqlite+aiosqlite:///path` or `postgresql+asyncpg://user@host/name`.

        Raises:
            DatabaseError: another kind of address.
        """
        parsed = parse_url(url)
        if parsed.get_backend_name() == "sqlite":
            return cls(
                parsed, sqlite_engine(parsed, "BEGIN"), sqlite_engine(parsed, "BEGIN IMMEDIATE")
            )
        # pools of their own: a request that reads and then writes must not wait for itself
        readers = create_async_engine(
            parsed,
            pool_size=8,
            max_overflow=4,
            pool_pre_ping=True,
            isolation_level="REPEATABLE READ",
            connect_args={"timeout": CONNECT_S},
        )
        silence = {"idle_in_transaction_session_timeout": str(SILENCE_MS)}
        writing = {"timeout": CONNECT_S, "server_settings": silence}
        writers = create_async_engine(
            parsed, pool_size=1, max_overflow=0, pool_pre_ping=True, connect_args=writing
        )
        asides = create_async_engine(
            parsed,
            pool_size=1,
            max_overflow=0,
            pool_pre_ping=True,
            connect_args={**writing, "command_timeout": ASIDE_S},
        )
        return cls(parsed, readers, writers, asides)

    @property
    def is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    def guarded(self, guard: Guard) -> "Database":
        """The same database, whose writing transactions begin by asking `guard`."""
        same = copy.copy(self)
        same._guard = guard  # noqa: SLF001 - of this very class
        return same

    async def close(self) -> None:
        """Close all connections."""
        for engine in (self._writers, self._readers, self._asides):
            if engine is not None:
                await engine.dispose()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """Everything read within the block is of one moment."""
        with _trouble_by_name():
            async with AsyncSession(
                self._readers, expire_on_commit=False, autoflush=False
            ) as session:
                yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """One transaction: committed at the end of the block, undone by any exception.

        Raises:
            RuntimeError: a write within a write, which would wait for itself for ever.
        """
        task = asyncio.current_task()
        if self._turn.owner is task:
            raise RuntimeError("write() within write()")
        async with self._turn.lock:
            self._turn.owner = task
            try:
                with _trouble_by_name():
                    async with AsyncSession(self._writers, expire_on_commit=False) as session:
                        await self._begin(session, in_turn=True)
                        if self._guard is not None:
                            await self._guard(session)
                        yield session
                        await self._commit(session)
                for callback in session.info.pop(_AFTER_COMMIT, ()):
                    _call(callback)
            finally:
                self._turn.owner = None

    @asynccontextmanager
    async def aside(self, *, in_turn: bool = False) -> AsyncIterator[AsyncSession]:
        """A short transaction on a connection of its own, which waits for no other of this process.

        Args:
            in_turn: it follows all writing transactions that are open now, in all processes.

        Raises:
            RuntimeError: SQLite, which has one process and needs none of this.
        """
        if self._asides is None:
            raise RuntimeError("SQLite has no connection aside")
        with _trouble_by_name():
            async with AsyncSession(self._asides, expire_on_commit=False) as session:
                await self._begin(session, in_turn=in_turn)
                yield session
                await self._commit(session)

    @asynccontextmanager
    async def outside(self) -> AsyncIterator[AsyncConnection]:
        """A new connection, on which each statement stands alone and is done for good.

        For what PostgreSQL refuses within a transaction; no lease is asked.
        """
        engine = create_async_engine(
            self.url,
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            connect_args={"timeout": CONNECT_S},
        )
        with _trouble_by_name():
            async with engine.connect() as connection:
                yield connection

    async def _begin(self, session: AsyncSession, *, in_turn: bool) -> None:
        if in_turn and not self.is_sqlite:
            await session.execute(_TAKE_TURN, {"key": WRITER_LOCK})

    async def _commit(self, session: AsyncSession) -> None:
        notices: dict[str, list[str]] = session.info.pop(_NOTICES, {})
        if not self.is_sqlite:
            await session.flush()
            for channel, payloads in notices.items():
                for payload in payloads:
                    words = {"channel": channel, "payload": f"{self.process} {payload}"}
                    await session.execute(_NOTIFY, words)
        await session.commit()


def notify(session: AsyncSession, channel: str, payload: str, *, newest: bool = False) -> None:
    """Tell all other processes with this transaction's commit; on SQLite there are none.

    Args:
        session: within `Database.write()` or `aside()`.
        channel: a PostgreSQL identifier; see `dispatch.db.notify.Listener`.
        payload: at most some thousand octets.
        newest: of several in one transaction the last alone is told.
    """
    payloads = session.info.setdefault(_NOTICES, {}).setdefault(channel, [])
    if newest:
        payloads.clear()
    payloads.append(payload)


def after_commit(session: AsyncSession, callback: Callable[[], None]) -> None:
    """Run `callback` once this session's transaction is committed; never after a rollback."""
    session.info.setdefault(_AFTER_COMMIT, []).append(callback)


def parse_url(url: str) -> URL:
    """Read a database address; raises DatabaseError."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise DatabaseError(f"database_url cannot be read: {url!r}") from None
    if parsed.drivername not in ("sqlite+aiosqlite", "postgresql+asyncpg"):
        raise DatabaseError(
            f"database_url begins with {parsed.drivername!r}; "
            "use sqlite+aiosqlite:///FILE or postgresql+asyncpg://USER@HOST/NAME"
        )
    return parsed


def sqlite_engine(url: URL, begin: str, *, foreign_keys: bool = True) -> AsyncEngine:
    """An engine whose transactions start with `begin`; durable: WAL with synchronous=FULL."""
    writing = begin == "BEGIN IMMEDIATE"
    connections = 1 if writing else 8
    engine = create_async_engine(url, pool_size=connections, max_overflow=0)

    @event.listens_for(engine.sync_engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver must not begin transactions of its own
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "journal_mode=WAL",
            "synchronous=FULL",
            f"foreign_keys={'ON' if foreign_keys else 'OFF'}",
            *(_WRITING if writing else ()),
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _call(callback: Callable[[], None]) -> None:
    try:
        callback()
    except Exception:
        # the row is stored; a fault in telling about it must not look like a failed write
        log.exception("a callback after the commit failed")


@contextmanager
def _trouble_by_name() -> Iterator[None]:
    """PostgreSQL's troubles as OperationalError, as SQLite raises them."""
    try:
        yield
    except OperationalError:
        raise
    except DBAPIError as error:
        if not error.connection_invalidated and not _is_trouble(error):
            raise
        raise OperationalError(error.statement, None, error.orig or error) from error


def _is_trouble(error: DBAPIError) -> bool:
    state = getattr(error.orig, "sqlstate", None)
    return isinstance(state, str) and (state[:2] in _TROUBLE_CLASSES or state == _SILENT_TOO_LONG)
