"""Sessions for routes: committed before the answer leaves, undone by any error."""

from collections.abc import AsyncIterator
from typing import Annotated, cast

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import HTTPConnection

from dispatch.db.database import Database


def get_database(connection: HTTPConnection) -> Database:
    """The database that `create_app` put into `app.state.database`."""
    return cast("Database", connection.app.state.database)


async def _reading(
    database: Annotated[Database, Depends(get_database)],
) -> AsyncIterator[AsyncSession]:
    async with database.read() as session:
        yield session


async def _writing(
    database: Annotated[Database, Depends(get_database)],
) -> AsyncIterator[AsyncSession]:
    async with database.write() as session:
        yield session


Reading = Annotated[AsyncSession, Depends(_reading, scope="function")]
"A snapshot of one moment."
Writing = Annotated[AsyncSession, Depends(_writing, scope="function")]
"A transaction that is committed when the route returns, before the client is answered."
