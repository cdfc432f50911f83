"""Filling a demo's database: fleet, people, and the way in."""

from dispatch.auth.identity import Role
from dispatch.auth.service import issue_link
from dispatch.clock import now
from dispatch.db.database import Database
from dispatch.fleet.entries import (
    AgencyEntry,
    Fleet,
    RadioEntry,
    TalkgroupEntry,
    UnitEntry,
)
from dispatch.fleet.repository import FleetRepository
from dispatch.fleet.service import import_fleet
from dispatch.units.models import UnitKind, UnitStatus
from dispatch.users import service
from dispatch.users.repository import UserRepository
from radio_gateway.simulator.fleet import Fleet as DemoFleet

_COLOURS = ("#2f6fde", "#2e9b62", "#a35bd6")
_PERSON = "demo"


async def seed(database: Database, simulated: DemoFleet) -> str:
    """Put the simulated fleet in; a one-time token for the demo's user, who sees everything."""
    async with database.write() as session:
        fleets = FleetRepository(session)
        await import_fleet(fleets, entries_of(simulated))
        await _begin_shift(fleets)
        users = UserRepository(session)
        user = await users.by_name(_PERSON)
        if user is None:
            user = await service.add(
                users,
                name=_PERSON,
                display_name="Demo",
                role=Role.ADMINISTRATOR,
                agency_ids=(),
                language="en",
                now=now(),
            )
        for agency in simulated.agencies:
            if await users.by_name(agency.code.casefold()) is None:
                agency_id = await users.agency_by_code(agency.code)
                await service.add(
                    users,
                    name=agency.code,
                    display_name=agency.name,
                    role=Role.DISPATCHER,
                    agency_ids=() if agency_id is None else (agency_id,),
                    language=agency.language,
                    now=now(),
                )
        return await issue_link(session, user, now())


async def _begin_shift(fleets: FleetRepository) -> None:
    """The shift runs already: most patrols are free, every fourth is at something."""
    for number, unit in enumerate((await fleets.units()).values()):
        if unit.status_at is None:
            unit.status = UnitStatus.BUSY if number % 4 == 3 else UnitStatus.FREE
            unit.status_at = now()


def entries_of(simulated: DemoFleet) -> Fleet:
    """The simulated fleet in the form of a fleet file."""
    fleet = Fleet()
    entries = [
        *(
            AgencyEntry(code=agency.code, name=agency.name, country=agency.country, colour=colour)
            for agency, colour in zip(simulated.agencies, _COLOURS, strict=True)
        ),
        *(
            TalkgroupEntry(
                network=group.id.network,
                number=group.id.number,
                name=group.name,
                agency=group.agency,
            )
            for group in simulated.talkgroups
        ),
        *(
            UnitEntry(
                agency=unit.agency,
                call_sign=unit.call_sign,
                kind=UnitKind(unit.kind.value),
                talkgroup=f"{unit.talkgroup.network}/{unit.talkgroup.number}",
                officers=unit.officers,
            )
            for unit in simulated.units
        ),
        *(
            RadioEntry(
                network=radio.id.network,
                number=radio.id.number,
                agency=radio.agency,
                unit=radio.unit,
                alias=radio.alias,
                model=radio.model,
            )
            for radio in simulated.radios
        ),
    ]
    for number, entry in enumerate(entries, 1):
        fleet.add(entry, f"demo fleet: {number}")
    return fleet
