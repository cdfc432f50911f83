"""Looks whether alarms reach a screen, by a clock that no jump of the wall clock moves."""

import logging
from collections.abc import Callable
from typing import Final

from dispatch import clock
from dispatch.emergencies.service import unshown
from dispatch.shared import Shared

log = logging.getLogger(__name__)

SHOWN_WITHIN_S: Final = 5.0
"A console paints and sounds an alarm well within this time of its storing."
_NAMED: Final = 10
"Alarms that one line of the log names."


class ShownWatch:
    """Warns once of each alarm that no console has said to show in time."""

    def __init__(self, shared: Shared, monotonic: Callable[[], float] = clock.monotonic) -> None:
        self._shared = shared
        self._monotonic = monotonic
        self._since: dict[int, float] = {}
        self._warned: set[int] = set()

    @property
    def overdue(self) -> int:
        """Alarms of this moment that should be on a screen and are not known to be."""
        return len(self._warned)

    async def tick(self) -> None:
        """Look at the open alarms. Called about once a second."""
        async with self._shared.database.read() as session:
            waiting = await unshown(session)
        now = self._monotonic()
        self._since = {one: self._since.get(one, now) for one in waiting}
        late = {one for one, since in self._since.items() if now - since >= SHOWN_WITHIN_S}
        if new := sorted(late - self._warned):
            numbers = ", ".join(str(one) for one in new[:_NAMED])
            more = f" and {len(new) - _NAMED} more" if len(new) > _NAMED else ""
            log.warning("on no console after %.0f s: emergency %s%s", SHOWN_WITHIN_S, numbers, more)
        self._warned = late
