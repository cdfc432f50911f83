"""PostgreSQL through its own tools: pg_dump, pg_restore and psql of the machine."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import asyncpg
from sqlalchemy.engine import URL

from dispatch.backup.archive import TableContent
from dispatch.db.database import DatabaseError

_TABLES: Final = """
    SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    ORDER BY c.relname
"""
_OTHERS: Final = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
      AND backend_type = 'client backend'
"""
_SAY_S: Final = 15.0
"The last words of a tool that has failed."


@asynccontextmanager
async def connected(url: URL) -> AsyncIterator[asyncpg.Connection]:
    """A plain connection; raises DatabaseError when the server cannot be reached."""
    try:
        connection = await asyncpg.connect(
            url.set(drivername="postgresql").render_as_string(hide_password=False),
            server_settings={"timezone": "UTC", "extra_float_digits": "1"},
        )
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise DatabaseError(f"the database cannot be reached: {error}") from error
    try:
        yield connection
    finally:
        await connection.close()


async def dump(url: URL, target: Path) -> tuple[dict[str, TableContent], str, str]:
    """Write a dump, and tell what it holds: contents, revision, the server's version.

    Counts and dump are of one moment, while others go on writing.
    """
    async with (
        connected(url) as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        snapshot = await connection.fetchval("SELECT pg_export_snapshot()")
        options = ("--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}")
        await _run("pg_dump", *options, f"--file={target}", url=url)
        held = await contents(connection)
        revision = await connection.fetchval("SELECT version_num FROM alembic_version")
        version = await connection.fetchval("SHOW server_version")
    # reads and unpacks the whole file: what cannot be restored is found now
    await _run("pg_restore", f"--file={os.devnull}", str(target), url=url)
    return held, str(revision), str(version)


async def contents(connection: asyncpg.Connection) -> dict[str, TableContent]:
    """Rows of every table, and a digest that does not depend on their order."""
    found = {}
    for (name,) in await connection.fetch(_TABLES):
        row = await connection.fetchrow(
            f'SELECT count(*), sum(hashtextextended(t::text, 0)::numeric) FROM "{name}" t'  # noqa: S608 - names of its own schema
        )
        found[name] = TableContent(rows=row[0], digest=str(row[1] or 0))
    return found


async def refuse_if_used(url: URL) -> None:
    """Raises DatabaseError while any other program is connected."""
    async with connected(url) as connection:
        others = await connection.fetchval(_OTHERS)
    if others:
        raise DatabaseError(
            f"{others} other connections use this database: stop dispatch everywhere first"
        )


async def is_empty(url: URL) -> bool:
    """Whether there is no table yet."""
    async with connected(url) as connection:
        return not await connection.fetch(_TABLES)


async def load(url: URL, source: Path, epoch: str) -> None:
    """Replace everything by a dump, in one transaction: the old or the new, never between."""
    script = source.with_suffix(".sql")
    await _run("pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(source))
    await _run(
        "psql",
        "--no-psqlrc",
        "--quiet",
        "--single-transaction",
        "--set=ON_ERROR_STOP=1",
        "--output=" + os.devnull,
        "--command=DROP SCHEMA IF EXISTS public CASCADE",
        "--command=CREATE SCHEMA public",
        f"--file={script}",
        f"--command=UPDATE public.stream SET epoch = '{epoch}'",  # noqa: S608 - a UUID of ours
        "--command=DELETE FROM public.user_session",
        url=url,
    )
    script.unlink()


def _environment(url: URL) -> dict[str, str]:
    """Where the tools connect to; no password on a command line that others can read."""
    query = {key: value for key, value in url.query.items() if isinstance(value, str)}
    given = {
        "PGHOST": url.host or query.get("host"),
        "PGPORT": str(url.port) if url.port else query.get("port"),
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
        "PGSSLMODE": query.get("ssl") or query.get("sslmode"),
    }
    return {key: str(value) for key, value in given.items() if value}


async def _run(tool: str, *arguments: str, url: URL | None = None) -> None:
    """Run one tool to its end; raises DatabaseError with its last line when it fails."""
    environment: Mapping[str, str] = os.environ | (_environment(url) if url is not None else {})
    process = await asyncio.create_subprocess_exec(
        _path_of(tool),
        *arguments,
        env=environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        _, said = await process.communicate()
    except asyncio.CancelledError:
        process.terminate()
        await asyncio.wait_for(process.wait(), _SAY_S)
        raise
    if process.returncode:
        lines = said.decode(errors="replace").strip().splitlines()
        raise DatabaseError(f"{tool} failed: {lines[-1] if lines else process.returncode}")


def _path_of(tool: str) -> str:
    found = shutil.which(tool)
    if found is None:
        # Debian keeps the tools of each major version in a directory of its own
        versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{tool}"), reverse=True)
        found = str(versions[0]) if versions else None
    if found is None:
        raise DatabaseError(f"{tool} is not installed: install the PostgreSQL client programs")
    return found
