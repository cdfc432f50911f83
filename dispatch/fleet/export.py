"""Writing the fleet as a TOML file that import reads again."""

from collections.abc import Mapping, Sequence

from dispatch.fleet.repository import FleetRepository


async def export_fleet(fleets: FleetRepository) -> str:
    """The whole fleet, ordered by key, so that two exports can be compared."""
    agencies = await fleets.agencies()
    codes = {row.id: code for code, row in agencies.items()}
    groups = {row.id: key for key, row in (await fleets.talkgroups()).items()}
    units = await fleets.units()
    call_signs = {row.id: sign for (_, sign), row in units.items()}
    officers = await fleets.officers()
    parts = [
        _table(
            "agency",
            {"code": row.code, "name": row.name, "country": row.country, "colour": row.colour},
        )
        for _, row in sorted(agencies.items())
    ]
    parts += [
        _table(
            "talkgroup",
            {
                "network": row.network,
                "number": row.number,
                "name": row.name,
                "agency": codes.get(row.agency_id) if row.agency_id else None,
            },
        )
        for _, row in sorted((await fleets.talkgroups()).items())
    ]
    parts += [
        _table(
            "unit",
            {
                "agency": codes[row.agency_id],
                "call_sign": row.call_sign,
                "kind": row.kind,
                "talkgroup": "/".join(map(str, groups[row.talkgroup_id]))
                if row.talkgroup_id
                else None,
                "officers": officers.get(row.id, []),
            },
        )
        for row in sorted(units.values(), key=lambda u: (codes[u.agency_id], u.call_sign))
    ]
    parts += [
        _table(
            "radio",
            {
                "network": row.network,
                "number": row.number,
                "agency": codes.get(row.agency_id) if row.agency_id else None,
                "unit": call_signs.get(row.unit_id) if row.unit_id and row.agency_id else None,
                "alias": row.alias,
                "model": row.model,
            },
        )
        for _, row in sorted((await fleets.radios()).items())
    ]
    return "\n".join(parts)


def _table(kind: str, values: Mapping[str, str | int | Sequence[str] | None]) -> str:
    lines = [f"[[{kind}]]"]
    lines += [
        f"{key} = {toml_value(value)}" for key, value in values.items() if value not in (None, [])
    ]
    return "\n".join(lines) + "\n"


def toml_value(value: str | int | Sequence[str] | None) -> str:
    """One value as TOML writes it."""
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in escaped) + '"'
    if isinstance(value, int):
        return str(value)
    return f"[{', '.join(toml_value(item) for item in value or ())}]"
