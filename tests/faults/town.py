"""One installation with a Hytera network, as an administrator writes it down."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from dispatch.auth.identity import Role
from dispatch.auth.service import issue_link
from dispatch.clock import now
from dispatch.db.database import Database
from dispatch.users import service
from dispatch.users.repository import UserRepository
from tests.e2e.system import free_port
from tests.fakes.hytera_radio import DISPATCHER
from tests.faults.program import Program, module
from tests.faults.repeater import SERVICES

NETWORK = "palanga"
HOSTS = ("127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4")


@dataclass
class Town:
    """A folder with `sardze.toml`; nothing runs yet."""

    folder: Path
    database: str = ""
    "Address for SQLAlchemy; empty: SQLite in the folder."
    more: str = ""
    "Further lines of the file."
    session: str = ""
    "Further lines of its section `dispatch`."
    ports: dict[str, int] = field(default_factory=dict)
    port: int = 0

    def __post_init__(self) -> None:
        self.port = free_port(socket.SOCK_STREAM)
        self.ports = {name: free_port(socket.SOCK_DGRAM) for name in SERVICES}

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite+aiosqlite:///{self.folder / 'data' / 'sardze.db'}"

    def link(self) -> str:
        """The network's section; ports that nobody needs are any free ones."""
        lines = [f"{name} = {port}" for name, port in self.ports.items()]
        lines += [f"{name} = 0" for name in ("rrs2", "tmp2", "rcp2")]
        return f"""
            [[link]]
            kind = "hytera"
            name = "Palanga"
            network = "{NETWORK}"
            style = "repeater"
            source_limit = 1000000
            peers = [{", ".join(f'"{host}"' for host in HOSTS)}]
            dispatcher_id = {DISPATCHER}
            [link.ports]
            """ + "\n".join(lines)

    def write(self) -> None:
        """Write `sardze.toml`."""
        database = f'database_url = "{self.database}"' if self.database else ""
        (self.folder / "sardze.toml").write_text(
            f"""
            [dispatch]
            port = {self.port}
            data_dir = "data"
            {database}
            {self.session}
            [gateway]
            id = "{NETWORK}"
            data_dir = "data"
            {self.more}
            {self.link()}
            """,
            encoding="utf-8",
        )

    def all_in_one(self) -> Program:
        """`dispatch run`."""
        return Program(module("dispatch", "run"), self.folder, "run", address=self.address)


@asynccontextmanager
async def signed_in(town: Town, name: str) -> AsyncIterator[httpx.AsyncClient]:
    """A session of a new administrator; it outlives restarts of the server."""
    token = await _new_administrator(town.database_url, name)
    headers = {"Origin": town.address}
    async with httpx.AsyncClient(base_url=town.address, headers=headers, timeout=30) as client:
        answer = await client.post("/api/session", json={"token": token})
        assert answer.status_code == 200, answer.text
        yield client


async def _new_administrator(url: str, name: str) -> str:
    """A token that signs this user in once, as `dispatch user add` prints it."""
    database = Database.open(url)
    try:
        async with database.write() as session:
            user = await service.add(
                UserRepository(session),
                name=name,
                display_name=name,
                role=Role.ADMINISTRATOR,
                agency_ids=(),
                language="en",
                now=now(),
            )
            return await issue_link(session, user, now())
    finally:
        await database.close()
