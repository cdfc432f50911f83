"""Reading radios, and keeping their presence by what is heard."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from dispatch.errors import NotFoundError
from dispatch.links.catalogue import Reach
from dispatch.live.log import News
from dispatch.live.scope import EVERYTHING, Scope
from dispatch.radios.labels import label_of
from dispatch.radios.models import Presence, Radio
from dispatch.radios.repository import RadioRepository
from dispatch.radios.schemas import RadioView
from dispatch.shared import Shared
from radio_gateway.domain.ids import RadioId


def reach_of(radio: Radio, shared: Shared) -> Reach:
    """What can be asked of a radio now."""
    return shared.catalogue.of_radio(radio.network, radio.link)


def radio_view(row: Radio, shared: Shared) -> RadioView:
    """One radio as clients see it."""
    reach = reach_of(row, shared)
    return RadioView(
        **row.model_dump(), abilities=sorted(reach.abilities), text_limit=reach.text_limit
    )


async def radios(
    session: AsyncSession, shared: Shared, scope: Scope, after: int = 0, limit: int | None = None
) -> list[RadioView]:
    """The radios that the scope shows, by id."""
    rows = await RadioRepository(session).all(scope, after, limit)
    return [radio_view(row, shared) for row in rows]


async def radio(session: AsyncSession, radio_id: int, scope: Scope = EVERYTHING) -> Radio:
    """One radio; raises NotFoundError."""
    row = await RadioRepository(session).get(radio_id, scope)
    if row is None:
        raise NotFoundError("There is no such radio, or it belongs to another agency.")
    return row


async def radios_of_unit(session: AsyncSession, unit_id: int) -> list[Radio]:
    """The radios that a unit carries, heard most lately first."""
    return list(await RadioRepository(session).of_unit(unit_id))


async def radios_behind(session: AsyncSession, shared: Shared, link: str) -> list[int]:
    """Ids of radios that this link reaches: heard there last, or never heard anywhere."""
    traits = shared.catalogue.get(link)
    network = traits.network if traits else None
    return list(await RadioRepository(session).ids_on_link(link, network))


def identity(row: Radio) -> RadioId:
    """The radio's address on the air."""
    return RadioId(row.network, row.number)


@dataclass(slots=True)
class KnownRadio:
    """A radio within a batch: its row as far as hearing it changes something."""

    id: int
    network: str
    number: int
    label: str
    alias: str | None
    model: str | None
    unit_id: int | None
    agency_id: int | None
    presence: str
    presence_at: datetime | None
    last_heard_at: datetime | None
    link: str | None
    changed: bool = False
    "Something that consoles are told durably: new, on or off."
    heard: bool = False
    "Gave a sign of life within this batch."
    dirty: bool = False
    rssi_dbm: float | None = None
    "Of the newest sign of life."

    def alive(self, at: datetime, link: str, rssi_dbm: float | None = None) -> None:
        """A sign of life; a late one moves nothing back."""
        if self.last_heard_at is None or at > self.last_heard_at:
            self.last_heard_at, self.link, self.dirty = at, link, True
            self.rssi_dbm = rssi_dbm
        if self.presence != Presence.ON and (self.presence_at is None or at > self.presence_at):
            self._become(Presence.ON, at)
        self.heard = True

    def gone(self, at: datetime) -> None:
        """Switched off, unless it was heard after that."""
        if self.last_heard_at is not None and at < self.last_heard_at:
            return
        if self.presence_at is None or at >= self.presence_at:
            self._become(Presence.OFF, at)

    def _become(self, presence: Presence, at: datetime) -> None:
        self.changed |= presence != self.presence
        self.presence, self.presence_at, self.dirty = presence, at, True

    def view(self, shared: Shared) -> RadioView:
        """As clients see it."""
        reach = shared.catalogue.of_radio(self.network, self.link)
        return RadioView.model_validate(
            {
                **{name: getattr(self, name) for name in _ROW},
                "abilities": sorted(reach.abilities),
                "text_limit": reach.text_limit,
            }
        )


_ROW = (
    "id",
    "network",
    "number",
    "label",
    "alias",
    "model",
    "unit_id",
    "agency_id",
    "presence",
    "presence_at",
    "last_heard_at",
    "link",
)


class RadioBook:
    """The radios that a batch of events names; unknown ones get a row."""

    def __init__(self, session: AsyncSession, shared: Shared) -> None:
        self._session = session
        self._shared = shared
        self._known: dict[RadioId, KnownRadio] = {}

    async def load(self, wanted: Iterable[RadioId]) -> None:
        """Fetch or make rows."""
        repository = RadioRepository(self._session)
        missing = set(wanted) - self._known.keys()
        if not missing:
            return
        self._take(await repository.find(missing))
        new = sorted(missing - self._known.keys())
        if not new:
            return
        await repository.add([_first_row(one) for one in new])
        self._take(await repository.find(new))
        for one in new:
            self._known[one].changed = True

    def __getitem__(self, radio: RadioId) -> KnownRadio:
        return self._known[radio]

    def id_of(self, radio: RadioId | None) -> int | None:
        """Row id of a loaded radio."""
        return None if radio is None else self._known[radio].id

    def heard(self) -> list[KnownRadio]:
        """Radios that gave a sign of life."""
        return [one for one in self._known.values() if one.heard]

    async def save(self) -> None:
        """Write what changed; radios that are new, came on or went off are told to consoles."""
        known = list(self._known.values())
        dirty = [one for one in known if one.dirty]
        if dirty:
            await RadioRepository(self._session).save_heard(
                [
                    {
                        "key": one.id,
                        "new_presence": one.presence,
                        "new_presence_at": one.presence_at,
                        "new_last_heard_at": one.last_heard_at,
                        "new_link": one.link,
                    }
                    for one in dirty
                ]
            )
        news = [
            News("radio.changed", one.view(self._shared), one.agency_id)
            for one in known
            if one.changed
        ]
        if news:
            await self._shared.log.append_all(self._session, news)
        for one in known:
            one.dirty = one.changed = False

    def _take(self, rows: Iterable[Any]) -> None:
        for row in rows:
            known = KnownRadio(**{name: row[name] for name in _ROW})
            self._known[RadioId(known.network, known.number)] = known


def _first_row(radio: RadioId) -> dict[str, Any]:
    return {
        "network": radio.network,
        "number": radio.number,
        "label": label_of(radio),
        "presence": Presence.UNKNOWN,
    }
