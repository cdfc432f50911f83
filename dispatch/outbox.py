"""Commands on their way to gateways: queued after the commit, handed to the bus in order."""

import asyncio
import logging
from datetime import datetime
from typing import Final
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from dispatch.db.database import after_commit
from radio_gateway.bus.errors import BusClosedError, BusError
from radio_gateway.domain.commands import Command
from radio_gateway.domain.ports import DispatchBus
from radio_gateway.domain.wire import CommandEnvelope

log = logging.getLogger(__name__)

ANY_GATEWAY: Final = "*"
RETRY_S: Final = 1.0


class Outbox:
    """Sends what transactions decided; of one order only the newest envelope waits.

    A crash loses nothing: the writer hands unsent rows over again, with the same key, which
    gateways carry out once. Nobody waits for the bus here.
    """

    def __init__(self) -> None:
        self._waiting: dict[str, CommandEnvelope] = {}
        self._wake = asyncio.Event()

    def send(
        self, session: AsyncSession, command: Command, expires_at: datetime | None = None
    ) -> None:
        """Send once this transaction is committed."""
        envelope = CommandEnvelope(str(uuid4()), ANY_GATEWAY, command, expires_at)
        after_commit(session, lambda: self._put(envelope))

    async def run(self, bus: DispatchBus) -> None:
        """Hand orders to the bus until it is closed, oldest first, again while it is in trouble."""
        trouble = ""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting:
                key, envelope = next(iter(self._waiting.items()))
                try:
                    await bus.send(envelope)
                except BusClosedError:
                    return
                except (BusError, OSError) as error:
                    if str(error) != trouble:
                        log.warning("%d orders wait: %s", self.waiting, error)
                    trouble = str(error)
                    await asyncio.sleep(RETRY_S)
                else:
                    trouble = ""
                    if self._waiting.get(key) is envelope:
                        del self._waiting[key]

    @property
    def waiting(self) -> int:
        """Orders that the bus has not taken yet."""
        return len(self._waiting)

    def queued(self) -> list[CommandEnvelope]:
        """What the bus has not taken yet, oldest first."""
        return list(self._waiting.values())

    def _put(self, envelope: CommandEnvelope) -> None:
        self._waiting[envelope.command.command] = envelope
        self._wake.set()
