"""One transaction's worth of events, with the rows that they speak of."""

from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from dispatch.live.hub import Passing
from dispatch.radios.service import RadioBook
from dispatch.shared import Shared
from dispatch.talkgroups.service import TalkgroupBook


@dataclass(slots=True)
class Batch:
    """What consumers work with."""

    session: AsyncSession
    shared: Shared
    radios: RadioBook
    talkgroups: TalkgroupBook
    gateway: str = ""
    "Where the present event comes from."
    passing: list[Passing] = field(default_factory=list)
    "Told to consoles after the commit, not logged."
