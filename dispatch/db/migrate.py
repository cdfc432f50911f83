"""Bringing a database to the schema of this program, and refusing one that is newer."""

import shutil
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeVar

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

import dispatch
from dispatch.db.database import WRITER_LOCK, DatabaseError, parse_url, sqlite_engine

_PACKAGE: Final = Path(dispatch.__file__).parent
Result = TypeVar("Result")


class DatabaseNewerError(DatabaseError):
    """A newer program has changed this database; this one would misread it."""

    def __init__(self, url: URL, revision: str, head: str) -> None:
        super().__init__(
            f"database {shown(url)} is at revision {revision}, this program knows {head}: "
            "start a newer version of dispatch, or restore the backup made before the upgrade"
        )


class DatabaseOlderError(DatabaseError):
    """The schema is not yet what this program needs."""

    def __init__(self, url: URL, revision: str | None, head: str) -> None:
        super().__init__(
            f"database {shown(url)} is at revision {revision or 'none'}, this program needs "
            f"{head}: run `dispatch migrate`"
        )


def migrations_folder() -> Path:
    """Within the installed package, or beside it in a checkout."""
    packaged = _PACKAGE / "migrations"
    return packaged if packaged.is_dir() else _PACKAGE.parent / "migrations"


def head_revision() -> str:
    """The revision that this program needs."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise DatabaseError(f"no migrations in {migrations_folder()}: install dispatch again")
    return head


async def current_revision(url: str) -> str | None:
    """The revision of the database; None: empty, or no file yet."""
    parsed = parse_url(url)
    if _file(parsed) is not None and not _file_exists(parsed):
        return None
    return await _with_connection(
        parsed, lambda c: MigrationContext.configure(c).get_current_revision()
    )


async def check(url: str) -> None:
    """See that the schema is this program's own.

    Raises:
        DatabaseNewerError, DatabaseOlderError: it is not.
    """
    parsed = parse_url(url)
    revision, head = await current_revision(url), head_revision()
    if revision != head:
        if revision is not None and not is_known(revision):
            raise DatabaseNewerError(parsed, revision, head)
        raise DatabaseOlderError(parsed, revision, head)


async def make_or_check(url: str) -> None:
    """Make the tables where there are none yet; otherwise as `check`."""
    if await current_revision(url) is None:
        await upgrade(url)
    await check(url)


async def upgrade(url: str, revision: str = "head") -> None:
    """Bring the schema forward in one transaction: the old one or the new one, never between.

    Raises:
        DatabaseNewerError: a newer program has been here.
    """
    parsed = parse_url(url)
    found = await current_revision(url)
    if found is not None and not is_known(found):
        raise DatabaseNewerError(parsed, found, head_revision())
    path = _file(parsed)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    await _with_connection(parsed, lambda c: _upgrade(c, revision))


async def downgrade(url: str, revision: str) -> None:
    """Take the schema back; what only the newer schema can hold is lost."""
    await _with_connection(parse_url(url), lambda c: command.downgrade(_config(c), revision))


async def upgrade_with_backup(url: str, at: datetime) -> Path | None:
    """Bring an older database forward after copying it; the copy's path if one was made.

    SQLite files are copied beside the original; PostgreSQL is its administrator's to back up.
    """
    revision = await current_revision(url)
    if revision == head_revision():
        return None
    copy = None
    path = _file(parse_url(url))
    if revision is not None and path is not None:
        copy = path.with_name(f"{path.name}.{revision}.{at.astimezone(UTC):%Y%m%dT%H%M%SZ}.bak")
        back_up(path, copy)
    await upgrade(url)
    return copy


def back_up(source: Path, target: Path) -> None:
    """Copy a SQLite database as of one moment, also while it is in use.

    Raises:
        DatabaseError: no room, or the folder cannot be written.
    """
    try:
        size, free = source.stat().st_size, shutil.disk_usage(target.parent).free
        if free < size * 1.1:
            raise DatabaseError(f"no room for a backup of {source}: {size} octets, {free} free")
        reader, writer = sqlite3.connect(source), sqlite3.connect(target)
        try:
            reader.backup(writer)
        finally:
            reader.close()
            writer.close()
    except (OSError, sqlite3.Error) as error:
        raise DatabaseError(f"backup of {source} failed: {error}") from error


def shown(url: URL) -> str:
    """A database's address without its password."""
    return url.render_as_string(hide_password=True)


def _upgrade(connection: Connection, revision: str) -> None:
    """Several servers may start at once over one empty database: the first makes its tables."""
    if connection.dialect.name != "sqlite":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITER_LOCK})
    command.upgrade(_config(connection), revision)


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def is_known(revision: str) -> bool:
    """Whether this program's migrations have this revision."""
    script = ScriptDirectory.from_config(_config())
    return revision in {one.revision for one in script.walk_revisions()}


def _file(url: URL) -> Path | None:
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def _file_exists(url: URL) -> bool:
    path = _file(url)
    return path is not None and path.exists()


async def _with_connection(url: URL, work: Callable[[Connection], Result]) -> Result:
    engine = _engine(url)
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()


def _engine(url: URL) -> AsyncEngine:
    if url.get_backend_name() == "sqlite":
        # tables are rebuilt by copying: foreign keys would delete what refers to the old one
        return sqlite_engine(url, "BEGIN IMMEDIATE", foreign_keys=False)
    return create_async_engine(url)
