"""What `run`, `demo` and the user commands do with an installation before its server starts."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from dispatch.auth.identity import Role
from dispatch.auth.service import issue_link
from dispatch.cli.output import done, say
from dispatch.clock import now
from dispatch.config import Settings
from dispatch.db import migrate
from dispatch.db.away import reason_of
from dispatch.db.database import Database, DatabaseError, parse_url
from dispatch.listening import console_address
from dispatch.live.repository import EventRepository
from dispatch.lock import InUseError, held
from dispatch.users import service
from dispatch.users.repository import UserRepository


def prepare_database(settings: Settings, *, demo: bool) -> None:
    """Bring the schema forward and see that invented and real data stay apart.

    Raises:
        DatabaseError: a demo's database for real work, the other way round, or unusable.
    """
    asyncio.run(_prepare(settings, demo=demo))


async def _prepare(settings: Settings, *, demo: bool) -> None:
    fresh = await migrate.current_revision(settings.database_url) is None
    copy = await migrate.upgrade_with_backup(settings.database_url, now())
    if copy is not None:
        done(f"database upgraded; the backup is {copy}")
    database = Database.open(settings.database_url)
    try:
        if fresh and demo:
            async with database.write() as session:
                await EventRepository(session).mark_demo()
        async with database.read() as session:
            holds_demo = (await EventRepository(session).stream()).demo
    finally:
        await database.close()
    name = migrate.shown(database.url)
    if holds_demo and not demo:
        raise DatabaseError(
            f"{name} holds a demo's invented data: choose another data_dir or database_url"
        )
    if demo and not holds_demo:
        raise DatabaseError(f"{name} holds real data: a demo never writes into it")


@contextmanager
def prepare_shared_database(settings: Settings) -> Iterator[None]:
    """Make the tables of an empty database that other processes may use at this moment.

    SQLite belongs to one process, which holds the data directory within the block.

    Raises:
        ConfigError: no broker is configured.
        DatabaseError: another schema, a demo's database, or a SQLite file in use.
    """
    settings.broker()
    if parse_url(settings.database_url).get_backend_name() == "sqlite":
        try:
            with held(settings.data_dir):
                asyncio.run(_prepare_shared(settings))
                yield
        except InUseError as error:
            raise DatabaseError(
                f"{error}; for several servers set database_url to a PostgreSQL database"
            ) from None
    else:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        asyncio.run(_prepare_shared(settings))
        yield


async def _prepare_shared(settings: Settings) -> None:
    await migrate.make_or_check(settings.database_url)
    database = Database.open(settings.database_url)
    try:
        async with database.read() as session:
            holds_demo = (await EventRepository(session).stream()).demo
    finally:
        await database.close()
    if holds_demo:
        name = migrate.shown(database.url)
        raise DatabaseError(f"{name} holds a demo's invented data: choose another database_url")


def sign_in_address(address: str, token: str) -> str:
    """The page that takes a one-time token; after # it never reaches a log."""
    return f"{address}/sign-in#token={token}"


def welcome(settings: Settings) -> Callable[[str], Awaitable[None]]:
    """What `run` prints once the server answers: the address, and the way in if nobody has one."""

    async def ready(address: str) -> None:
        shown = console_address(settings, address)
        done(f"the console is at {shown}")
        database = Database.open(settings.database_url)
        try:
            async with database.read() as session:
                if await UserRepository(session).page(0, 1):
                    return
            async with database.write() as session:
                users = UserRepository(session)
                if await users.page(0, 1):  # of another server that started at this moment
                    return
                token = await first_administrator(users)
        except (DBAPIError, OSError) as error:
            # radios are heard already: no reason to end
            say(f"  No first sign-in could be made: {reason_of(error)}")
            say("  Once that is mended:  dispatch user add NAME --role administrator")
            return
        finally:
            await database.close()
        say(
            f"  No users yet. First sign-in, once, within 15 minutes:\n"
            f"  {sign_in_address(shown, token)}"
        )

    return ready


async def first_administrator(users: UserRepository) -> str:
    """Make the user `administrator`; a one-time token."""
    user = await service.add(
        users,
        name="administrator",
        display_name="Administrator",
        role=Role.ADMINISTRATOR,
        agency_ids=(),
        language="en",
        now=now(),
    )
    return await issue_link(users.session, user, now())
