"""Commands on their way to gateways: queued after the commit, handed to the bus in order."""

import asyncio
import logging
from collections import deque
from datetime import datetime
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from dispatch.db.database import after_commit
from radio_gateway.bus.errors import BusClosedError
from radio_gateway.domain.commands import Command
from radio_gateway.domain.ports import DispatchBus
from radio_gateway.domain.wire import CommandEnvelope

log = logging.getLogger(__name__)

ANY_GATEWAY = "*"


class Outbox:
    """Sends what transactions decided. A crash loses nothing: unsent rows are sent again at start,
    with the same key, which gateways carry out once.
    """

    def __init__(self) -> None:
        self._waiting: deque[CommandEnvelope] = deque()
        self._wake = asyncio.Event()

    def send(
        self, session: AsyncSession, command: Command, expires_at: datetime | None = None
    ) -> None:
        """Send once this transaction is committed."""
        envelope = CommandEnvelope(str(uuid4()), ANY_GATEWAY, command, expires_at)
        after_commit(session, lambda: self._put(envelope))

    async def run(self, bus: DispatchBus) -> None:
        """Hand commands to the bus until it is closed; a bus in trouble is tried again."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting:
                try:
                    await bus.send(self._waiting[0])
                except BusClosedError:
                    return
                except OSError as error:
                    log.warning("commands wait, the bus refuses them: %s", error)
                    await asyncio.sleep(1)
                else:
                    self._waiting.popleft()

    @property
    def waiting(self) -> int:
        """Commands that the bus has not taken yet."""
        return len(self._waiting)

    def queued(self) -> list[CommandEnvelope]:
        """What the bus has not taken yet, oldest first."""
        return list(self._waiting)

    def _put(self, envelope: CommandEnvelope) -> None:
        self._waiting.append(envelope)
        self._wake.set()
