"""Keeping radios' presence by what is heard: the writer's memory of all radios it has met."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from dispatch.live.log import News
from dispatch.radios.labels import label_of
from dispatch.radios.models import Presence
from dispatch.radios.repository import RadioRepository
from dispatch.radios.schemas import RadioView
from dispatch.shared import Shared
from radio_gateway.domain.ids import RadioId

REFRESH_S: Final = 10.0
"A radio that merely lives on is written no more often; consoles hear of it at once all the same."

_ROW: Final = (
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


@dataclass(slots=True)
class KnownRadio:
    """A radio's row as far as hearing it changes something."""

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
    dirty: bool = False
    "Heard since it was written."
    saved_s: float | None = None
    "Monotonic time at which it was written last; None: not by this memory."
    rssi_dbm: float | None = None
    "Of the newest sign of life."

    def alive(self, at: datetime, link: str, rssi_dbm: float | None = None) -> None:
        """A sign of life; a late one moves nothing back."""
        if self.last_heard_at is None or at > self.last_heard_at:
            self.last_heard_at, self.link, self.dirty = at, link, True
            self.rssi_dbm = rssi_dbm
        if self.presence != Presence.ON and (self.presence_at is None or at > self.presence_at):
            self._become(Presence.ON, at)

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


class RadioMemory:
    """Radios that the one writer has met since it began, or since the fleet was changed."""

    def __init__(self) -> None:
        self.known: dict[RadioId, KnownRadio] = {}
        self.unsaved: dict[int, tuple[float, KnownRadio]] = {}
        "Refreshed but not written: since when, oldest first."

    def forget(self) -> None:
        """The next batch asks the database again."""
        self.known.clear()
        self.unsaved.clear()

    def due(self, now_s: float) -> bool:
        """Whether a radio waits to be written since `REFRESH_S`."""
        for since_s, _ in self.unsaved.values():
            return now_s - since_s >= REFRESH_S
        return False

    def take_due(self, now_s: float) -> list[KnownRadio]:
        """Those, and no longer waiting."""
        taken = []
        for since_s, radio in self.unsaved.values():
            if now_s - since_s < REFRESH_S:
                break
            taken.append(radio)
        for radio in taken:
            del self.unsaved[radio.id]
        return taken


class RadioBook:
    """The radios that a batch of events names; unknown ones get a row."""

    def __init__(
        self, session: AsyncSession, shared: Shared, memory: RadioMemory, now_s: float
    ) -> None:
        self._session = session
        self._shared = shared
        self._memory = memory
        self.known: Mapping[RadioId, KnownRadio] = memory.known
        "To be looked at; what changes by more than `alive` is asked for with `[]`."
        self._now_s = now_s
        self._touched: dict[int, KnownRadio] = {}
        self.heard: dict[int, KnownRadio] = {}
        "Gave a sign of life within this batch, by id."
        self.added = False
        "Radios were met for the first time."

    async def load(self, wanted: Iterable[RadioId]) -> None:
        """Know these radios, which may need rows first."""
        known = self.known
        missing = {one for one in wanted if one not in known}
        if not missing:
            return
        repository = RadioRepository(self._session)
        self._take(await repository.find(missing))
        new = sorted(missing - known.keys())
        if not new:
            return
        await repository.add(
            [(one.network, one.number, label_of(one), Presence.UNKNOWN.value) for one in new]
        )
        self._take(await repository.find(new))
        self.added = True
        for one in new:
            radio = self[one]
            radio.changed = radio.dirty = True

    def __getitem__(self, radio: RadioId) -> KnownRadio:
        known = self._memory.known[radio]
        self._touched[known.id] = known
        return known

    def id_of(self, radio: RadioId | None) -> int | None:
        """Row id of a loaded radio."""
        return None if radio is None else self[radio].id

    def alive(
        self, known: KnownRadio, at: datetime, link: str, rssi_dbm: float | None = None
    ) -> None:
        """A sign of life of a loaded radio."""
        known.alive(at, link, rssi_dbm)
        self.heard[known.id] = known

    async def save(self) -> None:
        """Write what changed and what is due; consoles are told who is new, came on or went off."""
        dirty = self._memory.take_due(self._now_s)
        changed = []
        for one in (self.heard | self._touched).values():
            if one.changed:
                changed.append(one)
            if not one.dirty:
                continue
            if one.changed or one.saved_s is None or self._now_s - one.saved_s >= REFRESH_S:
                self._memory.unsaved.pop(one.id, None)
                dirty.append(one)
            else:
                self._memory.unsaved.setdefault(one.id, (self._now_s, one))
        await save_radios(self._session, dirty, self._now_s)
        if changed:
            await self._shared.log.append_all(
                self._session,
                [News("radio.changed", one.view(self._shared), one.agency_id) for one in changed],
            )
        for one in changed:
            one.changed = False

    def _take(self, rows: Iterable[Any]) -> None:
        for row in rows:
            known = KnownRadio(**{name: row[name] for name in _ROW})
            self._memory.known[RadioId(known.network, known.number)] = known


async def save_radios(session: AsyncSession, radios: Iterable[KnownRadio], now_s: float) -> None:
    """Write presence and the last sign of life."""
    dirty = {one.id: one for one in radios if one.dirty}
    await RadioRepository(session).save_heard(
        [
            (one.id, one.presence, one.presence_at, one.last_heard_at, one.link)
            for one in dirty.values()
        ]
    )
    for one in dirty.values():
        one.dirty, one.saved_s = False, now_s


async def fleet_version(session: AsyncSession) -> int:
    """Moves on when radios or talkgroups are changed otherwise than by being heard."""
    return await RadioRepository(session).fleet_version()
