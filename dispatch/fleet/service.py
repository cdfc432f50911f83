"""Putting a fleet file into the database. The same file twice changes nothing."""

from collections.abc import Collection
from dataclasses import dataclass, field

from dispatch.agencies.models import Agency
from dispatch.fleet.entries import Fleet, FleetError, RadioEntry, TalkgroupEntry, UnitEntry
from dispatch.fleet.repository import FleetRepository
from dispatch.radios.labels import label_of
from dispatch.radios.models import Radio
from dispatch.talkgroups.models import Talkgroup
from dispatch.units.models import Unit
from radio_gateway.domain.ids import RadioId


@dataclass(slots=True)
class Imported:
    """What an import did: (in the file, new or changed) by kind."""

    counts: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def changed(self) -> int:
        """Records that are new or different."""
        return sum(changed for _, changed in self.counts.values())

    def __str__(self) -> str:
        return ", ".join(
            f"{total} {kind} ({changed} new or changed)"
            for kind, (total, changed) in self.counts.items()
        )


async def import_fleet(fleets: FleetRepository, fleet: Fleet) -> Imported:
    """Add and change what the file names; what it does not name stays as it is.

    Raises:
        FleetError: a record refers to an agency, unit or talkgroup that is nowhere.
    """
    await _check_references(fleets, fleet)
    agency_ids, agencies = await _save_agencies(fleets, fleet)
    return Imported(
        {
            "agencies": (len(fleet.agencies), agencies),
            "talkgroups": (
                len(fleet.talkgroups),
                await _save_talkgroups(fleets, fleet, agency_ids),
            ),
            "units": (len(fleet.units), await _save_units(fleets, fleet, agency_ids)),
            "radios": (len(fleet.radios), await _save_radios(fleets, fleet, agency_ids)),
        }
    )


async def _save_agencies(fleets: FleetRepository, fleet: Fleet) -> tuple[dict[str, int], int]:
    present, changed = await fleets.agencies(), 0
    ids = {code: row.id for code, row in present.items()}
    for code, entry in fleet.agencies.items():
        row, different = await fleets.save(present.get(code), Agency, entry.model_dump())
        ids[code] = row.id
        changed += different
    return ids, changed


async def _save_talkgroups(
    fleets: FleetRepository, fleet: Fleet, agency_ids: dict[str, int]
) -> int:
    present, changed = await fleets.talkgroups(), 0
    for key, entry in fleet.talkgroups.items():
        values = entry.model_dump(exclude={"agency"})
        values["agency_id"] = agency_ids[entry.agency] if entry.agency else None
        changed += (await fleets.save(present.get(key), Talkgroup, values))[1]
    return changed


async def _save_units(fleets: FleetRepository, fleet: Fleet, agency_ids: dict[str, int]) -> int:
    talkgroup_ids = {key: row.id for key, row in (await fleets.talkgroups()).items()}
    present, officers, changed = await fleets.units(), await fleets.officers(), 0
    for entry in fleet.units.values():
        row = present.get((agency_ids[entry.agency], entry.call_sign))
        group = entry.talkgroup_key()
        values = {
            "agency_id": agency_ids[entry.agency],
            "call_sign": entry.call_sign,
            "kind": entry.kind.value,
            "talkgroup_id": talkgroup_ids[group] if group else None,
        }
        row, different = await fleets.save(row, Unit, values)
        if tuple(officers.get(row.id, ())) != entry.officers:
            await fleets.set_officers(row.id, entry.officers)
            different = True
        changed += different
    return changed


async def _save_radios(fleets: FleetRepository, fleet: Fleet, agency_ids: dict[str, int]) -> int:
    unit_ids = {key: row.id for key, row in (await fleets.units()).items()}
    present, changed = await fleets.radios(), 0
    for key, entry in fleet.radios.items():
        agency_id = agency_ids[entry.agency] if entry.agency else None
        values = {
            "network": entry.network,
            "number": entry.number,
            "label": label_of(RadioId(entry.network, entry.number)),
            "alias": entry.alias,
            "model": entry.model,
            "agency_id": agency_id,
            "unit_id": unit_ids[agency_id, entry.unit] if agency_id and entry.unit else None,
        }
        changed += (await fleets.save(present.get(key), Radio, values))[1]
    return changed


async def _check_references(fleets: FleetRepository, fleet: Fleet) -> None:
    stored = await fleets.agencies()
    codes = {*fleet.agencies, *stored}
    groups = {*fleet.talkgroups, *await fleets.talkgroups()}
    by_id = {row.id: code for code, row in stored.items()}
    units = {*fleet.units, *((by_id[agency], sign) for agency, sign in await fleets.units())}
    lines = []
    referring: list[TalkgroupEntry | UnitEntry | RadioEntry] = [
        *fleet.talkgroups.values(),
        *fleet.units.values(),
        *fleet.radios.values(),
    ]
    for entry in referring:
        fault = _missing(entry, codes, groups, units)
        if fault is not None:
            lines.append(f"{fleet.place(entry)}: {fault}")
    if lines:
        raise FleetError(lines)


def _missing(
    entry: TalkgroupEntry | UnitEntry | RadioEntry,
    codes: Collection[str],
    groups: Collection[tuple[str, int]],
    units: Collection[tuple[str, str]],
) -> str | None:
    """What the entry refers to and is nowhere."""
    if entry.agency is not None and entry.agency not in codes:
        return f"agency: there is no agency {entry.agency!r}"
    if isinstance(entry, UnitEntry):
        group = entry.talkgroup_key()
        if group is not None and group not in groups:
            return f"talkgroup: there is no talkgroup {entry.talkgroup}"
    if isinstance(entry, RadioEntry) and entry.unit is not None:
        if entry.agency is None:
            return "agency: missing, a unit belongs to an agency"
        if (entry.agency, entry.unit) not in units:
            return f"unit: {entry.agency} has no unit {entry.unit!r}"
    return None
