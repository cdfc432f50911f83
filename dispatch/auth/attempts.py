"""Slowing down those who guess passwords, without locking out those who know theirs."""

import asyncio
import hashlib
import math
from collections.abc import Callable
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address
from typing import Final, Protocol

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from sqlalchemy.ext.asyncio import AsyncSession

from dispatch import clock
from dispatch.auth.errors import TooManyAttemptsError
from dispatch.auth.repository import AttemptRepository
from dispatch.db.database import Database

PER_ADDRESS: Final = RateLimitItemPerMinute(60, 10)
"60 attempts in 10 minutes from one address, whatever the names; a whole shift signs in below that."
PER_NAME_AND_ADDRESS: Final = RateLimitItemPerMinute(5, 5)
"5 attempts in 5 minutes for one name from one address, forgotten when one succeeds."
LONGEST: Final = timedelta(seconds=max(PER_ADDRESS.get_expiry(), PER_NAME_AND_ADDRESS.get_expiry()))
"An attempt that is older counts no more."

_REFUSE_S: Final = 1.0
"Who was refused is refused for so long without asking the database again."


def desk_of(address: str) -> str:
    """What counts as one address: of IPv6 a /64, within which a machine has as many as it likes.

    An IPv4 address that comes in IPv6 form is itself, and so is a neighbour on the same cable.
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(found, IPv6Address) or found.is_link_local:
        return address
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return f"{IPv6Address(int(found) >> 64 << 64)}/64"


class Attempts(Protocol):
    """Counts attempts per address, and per name at an address, as `desk_of` gives it.

    A name alone is never blocked: someone who guesses at another desk cannot keep the true
    user out.
    """

    async def take(self, name: str, address: str) -> None:
        """Count an attempt before it is checked, so that parallel ones do not slip through.

        Raises:
            TooManyAttemptsError: with the seconds to wait; a refused one does not count.
        """

    async def succeeded(self, session: AsyncSession, name: str, address: str) -> None:
        """Forget the attempts for this name from this address, with the writing transaction."""

    async def tidy(self) -> None:
        """Remove what counts no more; called about once a minute."""


def attempts_over(database: Database) -> Attempts:
    """Counts in memory where one process has the database, else in the database."""
    return OwnAttempts() if database.is_sqlite else SharedAttempts(database)


class OwnAttempts:
    """Counts of the only process, in memory; gone after a restart."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    async def take(self, name: str, address: str) -> None:
        limits = (
            (PER_ADDRESS, ("address", address)),
            (PER_NAME_AND_ADDRESS, ("name", name, address)),
        )
        for limit, keys in limits:
            if not self._limiter.test(limit, *keys):
                reset_at = self._limiter.get_window_stats(limit, *keys).reset_time
                raise TooManyAttemptsError(_whole_s(reset_at - clock.now().timestamp()))
        for limit, keys in limits:
            self._limiter.hit(limit, *keys)

    async def succeeded(self, session: AsyncSession, name: str, address: str) -> None:  # noqa: ARG002
        self._limiter.clear(PER_NAME_AND_ADDRESS, "name", name, address)

    async def tidy(self) -> None:
        pass  # the limiter forgets by itself


class SharedAttempts:
    """Counts of all processes over one PostgreSQL database, by its clock; they outlive restarts.

    Attempts of one address follow one another in all processes, so the limits are exact. An
    attempt waits for its count in this process before it takes the connection that the writer's
    lease needs: a flood of them delays a renewal by one short transaction.
    """

    def __init__(
        self, database: Database, monotonic: Callable[[], float] = clock.monotonic
    ) -> None:
        self._database = database
        self._monotonic = monotonic
        self._turn = asyncio.Lock()
        self._refused: dict[str, tuple[float, datetime]] = {}
        "By key: until when on the monotonic clock it is refused unasked, and when it may try."

    async def take(self, name: str, address: str) -> None:
        limits = (
            (PER_ADDRESS, _key("address", address)),
            (PER_NAME_AND_ADDRESS, _key("name", name, address)),
        )
        async with self._turn:
            for _, key in limits:
                self._refuse_again(key)
            async with self._database.aside() as session:
                repository = AttemptRepository(session)
                await repository.follow(address)
                for limit, key in limits:
                    window = timedelta(seconds=limit.get_expiry())
                    count, oldest_s = await repository.count(key, window)
                    if count >= limit.amount:
                        self._refuse(key, window.total_seconds() - oldest_s)
                await repository.add(*(key for _, key in limits))

    async def succeeded(self, session: AsyncSession, name: str, address: str) -> None:
        await AttemptRepository(session).forget(_key("name", name, address))

    async def tidy(self) -> None:
        async with self._database.write() as session:
            await AttemptRepository(session).forget_older(LONGEST)

    def _refuse(self, key: str, wait_s: float) -> None:
        now_s = self._monotonic()
        self._refused = {one: entry for one, entry in self._refused.items() if entry[0] > now_s}
        self._refused[key] = (now_s + _REFUSE_S, clock.now() + timedelta(seconds=wait_s))
        raise TooManyAttemptsError(_whole_s(wait_s))

    def _refuse_again(self, key: str) -> None:
        until_s, free_at = self._refused.get(key, (0.0, clock.now()))
        if self._monotonic() < until_s:
            raise TooManyAttemptsError(_whole_s((free_at - clock.now()).total_seconds()))


def _key(*parts: str) -> str:
    """Of fixed length, and nothing that can be read: people type passwords into wrong fields."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _whole_s(seconds: float) -> int:
    return max(1, math.ceil(seconds))
