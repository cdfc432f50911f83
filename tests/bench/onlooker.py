"""Another program that reads the database: what it sees is committed."""

import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Self

import asyncpg
from sqlalchemy import make_url

from tests.bench.marks import number_of

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_COUNT: Final = "SELECT count(*) FROM position"
_ROWS: Final = (
    "SELECT heard_at, lat_e7, lon_e7 FROM position"
    " WHERE heard_at > {after} AND radio_id IN ({radios}) ORDER BY heard_at"
)

Ask = Callable[..., Awaitable[list[Any]]]


class Onlooker:
    """A connection of its own, as `async with`."""

    def __init__(self, url: str) -> None:
        """Take the server's `database_url`."""
        self._url = make_url(url)
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        self._is_sqlite = self._url.get_backend_name() == "sqlite"
        self._ask = await (self._open_sqlite() if self._is_sqlite else self._open_postgresql())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def count(self) -> int:
        """How many reports are stored."""
        return int((await self._ask(_COUNT))[0][0])

    async def radios(self, how_many: int) -> list[int]:
        """Ids of some radios that report."""
        query = f"SELECT radio_id FROM latest_position ORDER BY radio_id LIMIT {how_many}"  # noqa: S608
        return [row[0] for row in await self._ask(query)]

    async def reports(self, radios: list[int], after: datetime) -> list[tuple[datetime, int]]:
        """When later reports of these radios were heard, and their numbers."""
        query = _ROWS.format(
            after="?" if self._is_sqlite else "$1", radios=",".join(map(str, radios))
        )
        since: Any = after
        if self._is_sqlite:
            since = (after - EPOCH) // timedelta(microseconds=1)
        rows = await self._ask(query, since)
        return [(self._time(at), number_of(lat / 1e7, lon / 1e7)) for at, lat, lon in rows]

    def _time(self, at: Any) -> datetime:
        if self._is_sqlite:
            return EPOCH + timedelta(microseconds=at)
        assert isinstance(at, datetime)
        return at

    async def _open_sqlite(self) -> Ask:
        connection = sqlite3.connect(f"file:{self._url.database}?mode=ro", uri=True, timeout=30)
        self._stack.callback(connection.close)

        async def ask(query: str, *values: Any) -> list[Any]:
            return connection.execute(query, values).fetchall()

        return ask

    async def _open_postgresql(self) -> Ask:
        connection = await asyncpg.connect(
            user=self._url.username,
            database=self._url.database,
            host=str(self._url.query["host"]),
        )
        self._stack.push_async_callback(connection.close)

        async def ask(query: str, *values: Any) -> list[Any]:
            found: list[Any] = await connection.fetch(query, *values)
            return found

        return ask
