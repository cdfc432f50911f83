"""A private PostgreSQL server in a temporary directory, reached over a socket file."""

import asyncio
import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dispatch.db import migrate


def find_binaries() -> Path | None:
    """Directory of `initdb` and `postgres`, newest version first."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    if found:
        return found[0].parent
    path = shutil.which("initdb")
    return Path(path).resolve().parent if path else None


@contextmanager
def running_server(directory: Path) -> Iterator[str]:
    """Start a server; its address for SQLAlchemy, without the name of a database."""
    binaries = find_binaries()
    if binaries is None:
        if os.environ.get("CI") == "true":
            pytest.fail("PostgreSQL is not installed: apt-get install postgresql")
        pytest.skip("PostgreSQL is not installed")
    data = directory / "data"
    user = _unprivileged(directory)
    run = {"check": True, "user": user, "capture_output": True, "cwd": directory}
    base = ["--auth=trust", "--username=sardze", "--encoding=UTF8", "--no-sync"]
    subprocess.run([binaries / "initdb", "-D", data, *base], **run)  # type: ignore[call-overload]  # options as a dict
    options = f"-k {directory} -c listen_addresses='' -c fsync=off"
    start = [binaries / "pg_ctl", "-D", data, "-w", "-o", options, "-l", directory / "log"]
    subprocess.run([*start, "start"], **run)  # type: ignore[call-overload]  # options as a dict
    try:
        yield f"postgresql+asyncpg://sardze@/{{name}}?host={directory}"
    finally:
        stop = [binaries / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"]
        subprocess.run(stop, **run)  # type: ignore[call-overload]  # options as a dict


async def create_database(server: str, name: str) -> str:
    """Make an empty database; its address."""
    import asyncpg

    host = server.rpartition("host=")[2]
    connection = await asyncpg.connect(user="sardze", database="postgres", host=host)
    try:
        await connection.execute(f'CREATE DATABASE "{name}"')
    finally:
        await connection.close()
    return server.format(name=name)


def migrated_database(server: str, name: str) -> str:
    """Make a database with the present schema; its address."""

    async def make() -> str:
        url = await create_database(server, name)
        await migrate.upgrade(url)
        return url

    return asyncio.run(make())


def _unprivileged(directory: Path) -> str | None:
    """PostgreSQL does not run as root: the user to run it as, who then owns the directory."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = "postgres" if "postgres" in names else "nobody"
    shutil.chown(directory, user)
    for parent in directory.parents:
        if parent.stat().st_uid == 0 and not parent.stat().st_mode & 0o001:
            parent.chmod(parent.stat().st_mode | 0o011)
    return user
