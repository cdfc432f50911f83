"""Expiry of messages by age, which a jump of the wall clock does not change."""

from collections.abc import Callable

from dispatch import clock
from dispatch.messages.service import expire, queued
from dispatch.shared import Shared


class ExpiryTimer:
    """Knows by the monotonic clock when each queued message runs out."""

    def __init__(self, shared: Shared, monotonic: Callable[[], float] = clock.monotonic) -> None:
        self._shared = shared
        self._monotonic = monotonic
        self._deadlines: dict[int, float] = {}

    async def tick(self) -> int:
        """Expire what is due; how many. Called about once a second."""
        async with self._shared.database.read() as session:
            rows = await queued(session)
        waiting = {row.id: row.expires_at for row in rows if row.expires_at is not None}
        mono, now = self._monotonic(), self._shared.now()
        self._deadlines = {
            message_id: self._deadlines.get(message_id, mono + (expires_at - now).total_seconds())
            for message_id, expires_at in waiting.items()
        }
        due = [message_id for message_id, at in self._deadlines.items() if at <= mono]
        if due:
            async with self._shared.database.write() as session:
                await expire(session, self._shared, due)
        return len(due)
