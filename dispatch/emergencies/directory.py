"""Whose radio it is, from memory: for alarms that come while the database is away."""

import asyncio
import logging
from dataclasses import dataclass
from typing import Final

from dispatch.db.away import is_away
from dispatch.db.database import Database
from dispatch.emergencies.repository import EmergencyRepository
from dispatch.radios.labels import label_of
from radio_gateway.domain.ids import RadioId, TalkgroupId

log = logging.getLogger(__name__)

REFRESH_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who carries a radio, as last read."""

    radio_id: int | None
    label: str
    unit_id: int | None
    call_sign: str | None
    agency_id: int | None


class Directory:
    """All radios and talkgroups; what was read last stays while the database is away."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._radios: dict[RadioId, Bearer] = {}
        self._talkgroups: dict[TalkgroupId, int | None] = {}

    async def run(self) -> None:
        """Read again and again until cancelled."""
        while True:
            try:
                await self.load()
            except Exception as error:
                if not is_away(error):
                    raise
            await asyncio.sleep(REFRESH_S)

    async def load(self) -> None:
        """Read all once."""
        async with self._database.read() as session:
            repository = EmergencyRepository(session)
            radios = await repository.bearers()
            talkgroups = await repository.talkgroup_agencies()
        self._radios = {
            RadioId(row.network, row.number): Bearer(
                row.id, row.label, row.unit_id, row.call_sign, row.agency_id
            )
            for row in radios
        }
        self._talkgroups = {
            TalkgroupId(row.network, row.number): row.agency_id for row in talkgroups
        }

    def bearer(self, radio: RadioId, talkgroup: TalkgroupId | None) -> Bearer:
        """What is known; without an agency of the radio, that of the talkgroup it called."""
        known = self._radios.get(radio) or Bearer(None, label_of(radio), None, None, None)
        if known.agency_id is not None or talkgroup is None:
            return known
        agency_id = self._talkgroups.get(talkgroup)
        return Bearer(known.radio_id, known.label, known.unit_id, known.call_sign, agency_id)
