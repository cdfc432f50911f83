"""A server in this process, people who sign in to it, and a clock that tests move."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI
from pwdlib.hashers.argon2 import Argon2Hasher

from dispatch.agencies.models import Agency
from dispatch.app import Options, create_app
from dispatch.auth.identity import Role
from dispatch.auth.passwords import Passwords
from dispatch.auth.service import issue_link
from dispatch.config import settings_of
from dispatch.db.database import Database
from dispatch.users import service
from dispatch.users.repository import UserRepository

ORIGIN = "http://desk.test"
PASSWORD = "correct horse battery"


def cheap_passwords() -> Passwords:
    """Real argon2id with the smallest cost, since tests hash often."""
    return Passwords(hasher=Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1))


@dataclass
class Clock:
    """Stands still until a test moves it."""

    at: datetime = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **much: float) -> None:
        self.at += timedelta(**much)


@dataclass
class Desk:
    """One server with its clients."""

    app: FastAPI
    clock: Clock
    clients: list[httpx.AsyncClient] = field(default_factory=list)

    @property
    def database(self) -> Database:
        database: Database = self.app.state.database
        return database

    def client(self, address: str = "127.0.0.1", **headers: str) -> httpx.AsyncClient:
        """A browser that has not signed in; `headers` replace those of the console."""
        transport = httpx.ASGITransport(self.app, client=(address, 40000))
        client = httpx.AsyncClient(
            transport=transport, base_url=ORIGIN, headers={"origin": ORIGIN, **headers}
        )
        self.clients.append(client)
        return client

    async def agency(self, code: str) -> int:
        """A new agency."""
        async with self.database.write() as session:
            agency = Agency(code=code, name=code.title(), country="LV")
            session.add(agency)
            await session.flush()
            return agency.id

    async def user(
        self, name: str, role: Role = Role.ADMINISTRATOR, agencies: tuple[int, ...] = ()
    ) -> str:
        """A new user; the token of a one-time link."""
        async with self.database.write() as session:
            user = await service.add(
                UserRepository(session),
                name=name,
                display_name=name.title(),
                role=role,
                agency_ids=agencies,
                language="lv",
                now=self.clock(),
            )
            return await issue_link(session, user, self.clock())

    async def signed_in(
        self, name: str, role: Role = Role.ADMINISTRATOR, agencies: tuple[int, ...] = ()
    ) -> httpx.AsyncClient:
        """A new user who came in by a link and has set PASSWORD."""
        token = await self.user(name, role, agencies)
        client = self.client()
        assert (await client.post("/api/session", json={"token": token})).status_code == 200
        answer = await client.put("/api/session/password", json={"password": PASSWORD})
        assert answer.status_code == 204
        return client


@asynccontextmanager
async def open_desk(database_url: str, directory: Path, **dispatch: Any) -> AsyncIterator[Desk]:
    """Start a server over a migrated database; keys of `[dispatch]` as arguments."""
    clock = Clock()
    own = {"database_url": database_url, "allowed_origins": [ORIGIN], **dispatch}
    settings = settings_of({"dispatch": own}, directory / "sardze.toml", {})
    app = create_app(settings, Options(now=clock, passwords=cheap_passwords))
    desk = Desk(app, clock)
    async with app.router.lifespan_context(app):
        yield desk
        for client in desk.clients:
            await client.aclose()
