"""A private PostgreSQL server in a temporary directory, reached over a socket file."""

import asyncio
import os
import pwd
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from dispatch.db import migrate


def find_binaries() -> Path | None:
    """Directory of `initdb` and `postgres`, newest version first."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    if found:
        return found[0].parent
    path = shutil.which("initdb")
    return Path(path).resolve().parent if path else None


@contextmanager
def running_server(*, durable: bool = False) -> Iterator[str]:
    """Start a server; its address for SQLAlchemy, with `{name}` for the database.

    Tests need not survive a power cut; measurements are `durable`, as in operation.

    Its directory is not pytest's: the path of a socket has about a hundred characters.
    """
    binaries = find_binaries()
    if binaries is None:
        if os.environ.get("CI") == "true":
            pytest.fail("PostgreSQL is not installed: apt-get install postgresql")
        pytest.skip("PostgreSQL is not installed")
    with TemporaryDirectory(prefix="sardze-pg-", ignore_cleanup_errors=True) as folder:
        directory = Path(folder)
        data = directory / "data"
        run = _runner(directory)
        run(binaries / "initdb", "-D", data, "--auth=trust", "--username=sardze", "--no-sync")
        fsync = "on" if durable else "off"
        options = f"-k {directory} -c listen_addresses='' -c fsync={fsync}"
        log = directory / "log"
        run(binaries / "pg_ctl", "-D", data, "-w", "-o", options, "-l", log, "start")
        try:
            yield f"postgresql+asyncpg://sardze@/{{name}}?host={directory}"
        finally:
            run(binaries / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")


async def create_database(server: str, name: str) -> str:
    """Make an empty database; its address."""
    engine = create_async_engine(server.format(name="postgres"), isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(f'CREATE DATABASE "{name}"'))
    await engine.dispose()
    return server.format(name=name)


def migrated_database(server: str, name: str) -> str:
    """Make a database with the present schema; its address."""

    async def make() -> str:
        url = await create_database(server, name)
        await migrate.upgrade(url)
        return url

    return asyncio.run(make())


def _runner(directory: Path) -> Callable[..., None]:
    """Runs programs there; PostgreSQL does not run as root, so root lends it another user."""
    user = None
    if os.geteuid() == 0:
        names = {entry.pw_name for entry in pwd.getpwall()}
        user = "postgres" if "postgres" in names else "nobody"
        shutil.chown(directory, user)

    def run(*command: str | Path) -> None:
        done = subprocess.run(command, user=user, cwd=directory, capture_output=True, check=False)
        if done.returncode:
            pytest.fail(f"{command[0]}: {(done.stderr or done.stdout).decode()}")

    return run
