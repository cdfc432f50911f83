"""Knowing the talkgroups that are heard."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from dispatch.live.log import News
from dispatch.shared import Shared
from dispatch.talkgroups.repository import TalkgroupRepository
from dispatch.talkgroups.service import talkgroup_view
from radio_gateway.domain.ids import TalkgroupId


@dataclass(frozen=True, slots=True)
class KnownTalkgroup:
    """What events need of a talkgroup's row."""

    id: int
    agency_id: int | None


TalkgroupMemory = dict[TalkgroupId, KnownTalkgroup]
"What the one writer has met; emptied whenever the fleet was changed, or a write failed."


class TalkgroupBook:
    """The talkgroups that a batch of events names; unknown ones get a row."""

    def __init__(self, session: AsyncSession, shared: Shared, memory: TalkgroupMemory) -> None:
        self._session = session
        self._shared = shared
        self._known = memory
        self.added = False
        "Talkgroups were met for the first time."

    async def load(self, wanted: Iterable[TalkgroupId]) -> None:
        """Fetch or make rows; new ones are told to the consoles."""
        missing = {one for one in wanted if one not in self._known}
        if not missing:
            return
        repository = TalkgroupRepository(self._session)
        rows = {(row.network, row.number): row for row in await repository.find(missing)}
        new = sorted(one for one in missing if (one.network, one.number) not in rows)
        if new:
            self.added = True
            await repository.add(new)
            made = await repository.find(new)
            rows |= {(row.network, row.number): row for row in made}
            await self._shared.log.append_all(
                self._session,
                [
                    News("talkgroup.changed", talkgroup_view(row, self._shared), row.agency_id)
                    for row in sorted(made, key=lambda row: (row.network, row.number))
                ],
            )
        self._known |= {
            TalkgroupId(*key): KnownTalkgroup(row.id, row.agency_id) for key, row in rows.items()
        }

    def __getitem__(self, talkgroup: TalkgroupId) -> KnownTalkgroup:
        return self._known[talkgroup]

    def id_of(self, talkgroup: TalkgroupId | None) -> int | None:
        """Row id of a loaded talkgroup."""
        return None if talkgroup is None else self._known[talkgroup].id
