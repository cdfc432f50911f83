"""The writer's lease: taken and renewed by the database's clock, checked by every transaction."""

import logging
from datetime import timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from dispatch.db.database import Database, notify
from dispatch.election.repository import LeaseRepository

log = logging.getLogger(__name__)

LIFE: Final = timedelta(seconds=5)
RENEW_S: Final = 1.5
"A holder that misses three renewals in a row may be replaced."
ASK_S: Final = 0.5
"Pause between two looks of those who would write."
LEASE_CHANNEL: Final = "sardze_lease"
"Told when a holder gives up its lease."


class LeaseLostError(ConnectionError):
    """Another process writes now: this transaction is undone, and its events are not receipted.

    To whoever waits for a database in trouble this is such a trouble, until its task is ended.
    """


class Lease:
    """This process's claim to be the one that writes. PostgreSQL only.

    Taking follows all open writers' transactions, since it waits for their lock; each of those
    compares the term after it got that lock. So no transaction of an older term commits after a
    newer one was given out, however long its process slept.
    """

    def __init__(self, database: Database, holder: str) -> None:
        self._database = database
        self._holder = holder
        self.term: int | None = None
        "None: somebody else writes, or nobody."

    async def take(self) -> bool:
        """Take the lease if it is free."""
        async with self._database.aside() as session:
            if not await LeaseRepository(session).is_free():
                return False
        async with self._database.aside(in_turn=True) as session:
            self.term = await LeaseRepository(session).take(self._holder, LIFE)
        return self.term is not None

    async def renew(self) -> bool:
        """Hold it longer; False when it is lost. A database that is away raises."""
        if self.term is None:
            return False
        async with self._database.aside() as session:
            if not await LeaseRepository(session).renew(self.term, LIFE):
                self.term = None
        return self.term is not None

    async def release(self) -> None:
        """Let another process take it at once."""
        term, self.term = self.term, None
        if term is not None:
            async with self._database.aside() as session:
                if await LeaseRepository(session).renew(term, timedelta(0)):
                    notify(session, LEASE_CHANNEL, self._holder)

    async def guard(self, session: AsyncSession) -> None:
        """See within a writing transaction that it may write.

        Raises:
            LeaseLostError: the term is over.
        """
        term = self.term
        if term is None or not await LeaseRepository(session).is_term(term):
            self.term = None
            raise LeaseLostError("another process writes what gateways report")

    async def holder(self) -> str:
        """Who holds it, or held it last: machine and process."""
        async with self._database.aside() as session:
            return await LeaseRepository(session).holder()
