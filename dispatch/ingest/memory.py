"""What the one writer remembers between its transactions."""

from collections import deque
from collections.abc import Callable
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from dispatch import clock
from dispatch.positions.recording import PositionMemory
from dispatch.radios.hearing import RadioMemory, fleet_version, save_radios
from dispatch.talkgroups.hearing import TalkgroupMemory

IDS: Final = 200_000
"Ids of events that may be shed: more than a broker delivers again after a reconnection."


class RecentIds:
    """The newest ids that were met; older ones are forgotten."""

    def __init__(self, limit: int = IDS) -> None:
        self._known: set[str] = set()
        self._order: deque[str] = deque()
        self._limit = limit

    def meet(self, event_id: str) -> bool:
        """Whether this is new; from now on it is not."""
        if event_id in self._known:
            return False
        self._known.add(event_id)
        self._order.append(event_id)
        if len(self._order) > self._limit:
            self._known.discard(self._order.popleft())
        return True

    def forget(self) -> None:
        """Every id is new again."""
        self._known.clear()
        self._order.clear()


class Memory:
    """True as long as this is the only writer, and no transaction of it has failed.

    Call `forget` after a failure, and when becoming the writer; changes to the fleet by others
    are noticed by the fleet's version.
    """

    def __init__(self, monotonic: Callable[[], float] = clock.monotonic) -> None:
        self.monotonic = monotonic
        self.radios = RadioMemory()
        self.talkgroups: TalkgroupMemory = {}
        self.positions = PositionMemory()
        self.recent = RecentIds()
        self.version: int | None = None

    def forget(self) -> None:
        """Ask the database about everything again."""
        self.radios.forget()
        self.talkgroups.clear()
        self.positions.forget()
        self.recent.forget()
        self.version = None

    async def refresh(self, session: AsyncSession) -> None:
        """Begin a transaction: radios and talkgroups count as unknown if somebody changed them."""
        version = await fleet_version(session)
        if version != self.version:
            unsaved = [radio for _, radio in self.radios.unsaved.values()]
            await save_radios(session, unsaved, self.monotonic())
            self.radios.forget()
            self.talkgroups.clear()
            self.version = version

    async def added(self, session: AsyncSession) -> None:
        """This transaction itself added to the fleet: what is remembered stays true."""
        self.version = await fleet_version(session)
