"""A PostgreSQL server that may be killed: private directory, TCP on loopback, fsync on."""

import asyncio
import os
import pwd
import shutil
import signal
import socket
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
import pytest

from tests.dispatch.postgres import find_binaries
from tests.e2e.system import free_port
from tests.faults.waiting import eventually_async

NAME = "sardze"


@dataclass
class Postgres:
    """One cluster; `kill` ends all of its processes at once, as a power cut does."""

    binaries: Path
    directory: Path
    port: int
    user: str | None
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return self.url_of(NAME)

    def url_of(self, name: str) -> str:
        """Address of another database of this cluster."""
        return f"postgresql+asyncpg://sardze@127.0.0.1:{self.port}/{name}"

    def behind(self, port: int) -> str:
        """The same database through a proxy's port."""
        return f"postgresql+asyncpg://sardze@127.0.0.1:{port}/{NAME}"

    def make(self) -> None:
        words = ("initdb", "-D", "data", "--auth=trust", "--username=sardze")
        done = subprocess.run(
            [self.binaries / words[0], *words[1:]],
            cwd=self.directory,
            user=self.user,
            capture_output=True,
            check=False,
        )
        assert not done.returncode, done.stderr.decode()

    async def start(self) -> None:
        """Start, again if leftovers of the last life are still in the way, until it answers."""

        async def answers() -> bool:
            if self.process is None or self.process.poll() is not None:
                self._launch()
            try:
                connection = await asyncpg.connect(
                    host="127.0.0.1", port=self.port, user="sardze", database="postgres", timeout=5
                )
            except (OSError, asyncpg.PostgresError):
                return False
            await connection.close()
            return True

        await eventually_async(answers, f"PostgreSQL answers: {self.directory}/log", 60)

    def kill(self) -> None:
        """kill -9 of the postmaster and of every process that it started."""
        process = self.process
        if process is None or process.poll() is not None:
            return
        process.send_signal(signal.SIGSTOP)  # so that it starts no others meanwhile
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text("ascii")
        for pid in map(int, children.split()):
            os.kill(pid, signal.SIGKILL)
        process.kill()
        process.wait()

    async def create(self, name: str = NAME) -> None:
        """Make an empty database."""
        connection = await asyncpg.connect(
            host="127.0.0.1", port=self.port, user="sardze", database="postgres"
        )
        await connection.execute(f"CREATE DATABASE {name}")
        await connection.close()

    def _launch(self) -> None:
        words = ("-D", "data", "-p", str(self.port), "-k", str(self.directory))
        with (self.directory / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [self.binaries / "postgres", *words, "-c", "listen_addresses=127.0.0.1"],
                cwd=self.directory,
                user=self.user,
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
            )


@asynccontextmanager
async def postgres() -> AsyncIterator[Postgres]:
    """A running cluster with an empty database until the block ends."""
    binaries = find_binaries()
    if binaries is None:
        if os.environ.get("CI") == "true":
            pytest.fail("PostgreSQL is not installed: apt-get install postgresql")
        pytest.skip("PostgreSQL is not installed")
    with TemporaryDirectory(prefix="sardze-pg-", ignore_cleanup_errors=True) as folder:
        server = Postgres(binaries, Path(folder), free_port(socket.SOCK_STREAM), _lent_user(folder))
        await asyncio.to_thread(server.make)
        try:
            await server.start()
            await server.create()
            yield server
        finally:
            server.kill()


def _lent_user(folder: str) -> str | None:
    """PostgreSQL does not run as root, so root lends it another user."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = "postgres" if "postgres" in names else "nobody"
    shutil.chown(folder, user)
    return user
