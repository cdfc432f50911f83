"""One transaction's worth of events, with the rows that they speak of."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from dispatch.live.hub import Passing
from dispatch.radios.hearing import RadioBook
from dispatch.shared import Shared
from dispatch.talkgroups.hearing import TalkgroupBook

LATE: Final = timedelta(days=366)
EARLY: Final = timedelta(days=1)


@dataclass(slots=True)
class Batch:
    """What consumers work with."""

    session: AsyncSession
    shared: Shared
    radios: RadioBook
    talkgroups: TalkgroupBook
    now: datetime
    gateway: str = ""
    "Where the present event comes from."
    passing: list[Passing] = field(default_factory=list)
    "Told to consoles after the commit, not logged."
    earliest: datetime = field(init=False)
    latest: datetime = field(init=False)
    "Bounds of plausible times."

    def __post_init__(self) -> None:
        self.earliest, self.latest = self.now - LATE, self.now + EARLY

    def plausible(self, at: datetime) -> datetime:
        """The time of hearing, or the present where a gateway's clock is hopelessly wrong.

        A gateway that starts without network may believe that it is 1970; a time far ahead would
        make everything after it look old for ever.
        """
        return at if self.earliest <= at <= self.latest else self.now
