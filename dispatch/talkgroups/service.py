"""Reading talkgroups, and knowing those that are heard."""

from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncSession

from dispatch.errors import NotFoundError
from dispatch.live.log import News
from dispatch.live.scope import Scope
from dispatch.shared import Shared
from dispatch.talkgroups.models import Talkgroup
from dispatch.talkgroups.repository import TalkgroupRepository
from dispatch.talkgroups.schemas import TalkgroupView
from radio_gateway.domain.ids import TalkgroupId


def talkgroup_view(row: Talkgroup, shared: Shared) -> TalkgroupView:
    """One talkgroup as clients see it."""
    reach = shared.catalogue.of_talkgroup(row.network)
    return TalkgroupView(
        **row.model_dump(), abilities=sorted(reach.abilities), text_limit=reach.text_limit
    )


async def talkgroups(
    session: AsyncSession, shared: Shared, scope: Scope, after: int = 0, limit: int | None = None
) -> list[TalkgroupView]:
    """The talkgroups that the scope shows, by id."""
    rows = await TalkgroupRepository(session).all(scope, after, limit)
    return [talkgroup_view(row, shared) for row in rows]


async def talkgroup(session: AsyncSession, talkgroup_id: int, scope: Scope) -> Talkgroup:
    """One talkgroup; raises NotFoundError."""
    row = await TalkgroupRepository(session).get(talkgroup_id, scope)
    if row is None:
        raise NotFoundError("There is no such talkgroup, or it belongs to another agency.")
    return row


async def talkgroups_of(session: AsyncSession, network: str) -> list[int]:
    """Ids of a network's talkgroups."""
    return list(await TalkgroupRepository(session).ids_of(network))


class TalkgroupBook:
    """The talkgroups that a batch of events names; unknown ones get a row."""

    def __init__(self, session: AsyncSession, shared: Shared) -> None:
        self._session = session
        self._shared = shared
        self._rows: dict[TalkgroupId, Talkgroup] = {}

    async def load(self, wanted: Iterable[TalkgroupId]) -> None:
        """Fetch or make rows; new ones are told to the consoles."""
        repository = TalkgroupRepository(self._session)
        missing = set(wanted) - self._rows.keys()
        if not missing:
            return
        self._take(await repository.find(missing))
        new = missing - self._rows.keys()
        if not new:
            return
        await repository.add(sorted(new))
        self._take(await repository.find(new))
        await self._shared.log.append_all(
            self._session,
            [
                News(
                    "talkgroup.changed",
                    talkgroup_view(self._rows[one], self._shared),
                    self._rows[one].agency_id,
                )
                for one in sorted(new)
            ],
        )

    def __getitem__(self, talkgroup: TalkgroupId) -> Talkgroup:
        return self._rows[talkgroup]

    def id_of(self, talkgroup: TalkgroupId | None) -> int | None:
        """Row id of a loaded talkgroup."""
        return None if talkgroup is None else self._rows[talkgroup].id

    def _take(self, rows: Iterable[Talkgroup]) -> None:
        self._rows |= {TalkgroupId(row.network, row.number): row for row in rows}
