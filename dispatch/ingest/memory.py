"""What the one writer remembers between its transactions."""

from collections.abc import Callable, Sequence
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from dispatch import clock
from dispatch.positions.recording import PositionMemory
from dispatch.radios.hearing import RadioMemory, fleet_version, save_radios
from dispatch.talkgroups.hearing import TalkgroupMemory
from radio_gateway.domain.wire import EventEnvelope

IDS: Final = 200_000
"Ids of events that may be shed: more than a broker delivers again after a reconnection."
IDS_S: Final = 300.0
"""And for so long while anything comes, which in a town are few. What an absent broker delivers
again comes first after it, when no time has passed here."""


class RecentIds:
    """The newest ids that were met, in two generations; older ones are forgotten."""

    def __init__(self, limit: int = IDS, monotonic: Callable[[], float] = clock.monotonic) -> None:
        self._young: set[str] = set()
        self._old: set[str] = set()
        self._limit = limit
        self._monotonic = monotonic
        self._young_since = monotonic()

    def unmet(self, envelopes: Sequence[EventEnvelope]) -> list[EventEnvelope]:
        """Those whose ids are new, each once; from now on they are not."""
        by_id = {one.id: one for one in envelopes}
        for known in (self._young, self._old):
            for event_id in known & by_id.keys():
                del by_id[event_id]
        self._young.update(by_id)  # in place: `|=` with a view of keys copies the whole set
        now = self._monotonic()
        if len(self._young) > self._limit // 2 or now - self._young_since > IDS_S:
            self._old, self._young, self._young_since = self._young, set(), now
        return list(by_id.values())

    def forget(self) -> None:
        """Every id is new again."""
        self._young.clear()
        self._old.clear()


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
        self.recent = RecentIds(monotonic=monotonic)
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
