"""One database: sessions that read a snapshot, sessions that write one at a time."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

from sqlalchemy import Connection, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

log = logging.getLogger(__name__)

BUSY_TIMEOUT_MS: Final = 10_000
WRITER_LOCK: Final = 0x5A12D2E
"Key of PostgreSQL's advisory lock that makes writers follow one another, also across processes."
_TAKE_TURN: Final = text("SELECT pg_advisory_xact_lock(:key)")
_AFTER_COMMIT: Final = "after_commit"


class DatabaseError(Exception):
    """The database cannot be used as it is; the text is one line that says what to do."""


class Database:
    """Sessions over one engine for reading and one for writing.

    Writers follow one another: SQLite by `BEGIN IMMEDIATE` behind a lock of this process,
    PostgreSQL by an advisory lock as well. So event numbers rise in the order of commits,
    and callbacks after the commit run in that order too.
    """

    def __init__(self, url: URL, readers: AsyncEngine, writers: AsyncEngine) -> None:
        self.url = url
        self._readers = readers
        self._writers = writers
        self._turn = asyncio.Lock()
        self._writer: asyncio.Task[Any] | None = None

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
        )
        writers = create_async_engine(parsed, pool_size=1, max_overflow=0, pool_pre_ping=True)
        return cls(parsed, readers, writers)

    @property
    def is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    async def close(self) -> None:
        """Close all connections."""
        await self._writers.dispose()
        await self._readers.dispose()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """Everything read within the block is of one moment."""
        async with AsyncSession(self._readers, expire_on_commit=False, autoflush=False) as session:
            yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """One transaction: committed at the end of the block, undone by any exception.

        Raises:
            RuntimeError: a write within a write, which would wait for itself for ever.
        """
        task = asyncio.current_task()
        if self._writer is task:
            raise RuntimeError("write() within write()")
        async with self._turn:
            self._writer = task
            try:
                async with AsyncSession(self._writers, expire_on_commit=False) as session:
                    if not self.is_sqlite:
                        await session.execute(_TAKE_TURN, {"key": WRITER_LOCK})
                    yield session
                    await session.commit()
                for callback in session.info.pop(_AFTER_COMMIT, ()):
                    _call(callback)
            finally:
                self._writer = None


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
    connections = 1 if begin == "BEGIN IMMEDIATE" else 8
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
