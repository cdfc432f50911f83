"""A database as full as one of a year's service: positions, calls and texts in bulk SQL.

Words: `patrulis` stands in half of the calls and texts, `krustojums` in one of a hundred,
`senais` in a third of the oldest tenth and nowhere else, `zilonis` in five rows of all.
"""

# ruff: noqa: S608  statements made of this file's own words and numbers

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from sqlalchemy import text

from dispatch.agencies.models import Agency
from dispatch.db.database import Database
from dispatch.positions.days import existing_days, make_days
from dispatch.positions.packing import pack_days
from dispatch.radios.models import Radio
from dispatch.talkgroups.models import Talkgroup
from dispatch.units.models import Unit

UNITS: Final = 1000
GROUPS: Final = 50
PERIOD_S: Final = 30
START: Final = datetime(2026, 11, 1, tzinfo=UTC)
CHUNK: Final = 500_000
SOUTH: Final = 55.5
WEST: Final = 20.5
SIDE: Final = 1.0
"Degrees: where the units are."


@dataclass(frozen=True, slots=True)
class Amount:
    """How many rows there are."""

    positions: int
    logged: int
    "Calls, and as many texts."

    @property
    def end(self) -> datetime:
        """When the last position was heard."""
        return START + timedelta(seconds=PERIOD_S * (self.positions // UNITS))

    @property
    def days(self) -> Sequence[date]:
        """UTC days that hold positions."""
        span = (self.end - START).days + 1
        return [(START + timedelta(days=n)).date() for n in range(span)]


async def add_fleet(database: Database) -> None:
    """Three agencies, 50 talkgroups, 1 000 units with a radio each; the third agency is tiny."""
    async with database.write() as session:
        for n in (1, 2, 3):
            session.add(Agency(id=n, code=f"a{n}", name=f"Agency {n}", country="LV"))
        await session.flush()
        for n in range(1, GROUPS + 1):
            session.add(Talkgroup(id=n, network="n", number=n, name=f"grupa {n}", agency_id=None))
        for n in range(1, UNITS + 1):
            session.add(Unit(id=n, agency_id=_agency(n), call_sign=f"patrulis {n}"))
        await session.flush()
        for n in range(1, UNITS + 1):
            one = Radio(id=n, network="n", number=n, label=f"23{n:05}")
            one.unit_id, one.agency_id = n, _agency(n)
            session.add(one)


async def fill(database: Database, amount: Amount) -> dict[str, int]:
    """Put everything in; octets on the disk by table, with its indexes."""
    if not database.is_sqlite:
        async with database.write() as session:
            missing = set(amount.days) - await existing_days(session)
            await make_days(session, sorted(missing))
    sql = _SQLITE if database.is_sqlite else _POSTGRES
    count = {
        "position": amount.positions,
        "call_record": amount.logged,
        "message": amount.logged,
    }
    octets: dict[str, int] = {}
    for table, rows in count.items():
        before = await _size(database)
        # whole rounds of all units in each transaction, in the order of time as radios report
        for first in range(0, rows, CHUNK):
            last = min(first + CHUNK, rows)
            async with database.write() as session:
                statement = sql[table].format(first=first, last=last - 1, rows=rows)
                await session.execute(text(statement.replace(":", r"\:")))
        if table == "position":
            await pack_days(database, amount.end)  # as the server does with days that are over
        octets[table] = await _size(database) - before
    async with database.write() as session:
        for statement in sql["rest"].format(first=0, last=UNITS - 1, rows=0).split(";"):
            await session.execute(text(statement.replace(":", r"\:")))
    await _settle(database)
    return octets


def _agency(unit: int) -> int:
    return 3 if unit == UNITS else 1 + unit % 2


async def _size(database: Database) -> int:
    query = (
        "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
        if database.is_sqlite
        else "SELECT pg_database_size(current_database())"
    )
    async with database.read() as session:
        return int((await session.execute(text(query))).scalar_one())


async def _settle(database: Database) -> None:
    """What PostgreSQL has after its first night: statistics, and no pending entries."""
    if not database.is_sqlite:
        async with database.outside() as connection:
            await connection.execute(text("VACUUM ANALYZE"))


_WORDS: Final = """
    '23' || substr('0000' || (i % 1000 + 1), -5) || ' grupa ' || (i * 7 % 50 + 1)
    || CASE WHEN i % 2 = 0 THEN ' patrulis' ELSE ' kaspars' END
    || CASE WHEN i % 100 = 7 THEN ' krustojums' ELSE '' END
    || CASE WHEN i < {rows} / 10 AND i % 3 = 0 THEN ' senais' ELSE '' END
    || CASE WHEN i % ({rows} / 5) = 11 THEN ' zilonis' ELSE '' END
"""
_AGENCY: Final = "CASE WHEN i % 1000 = 999 THEN 3 ELSE 1 + (i + 1) % 2 END"
_KIND: Final = "CASE WHEN i % 100 = 3 THEN 'private' WHEN i % 1000 = 5 THEN 'all' ELSE 'group' END"
_STATE: Final = (
    "CASE WHEN i % 500 = 9 THEN 'failed' WHEN i % 2 = 0 THEN 'received' ELSE 'delivered' END"
)

_CALL: Final = f"""
    INSERT INTO call_record (id, "call", gateway, link, kind, radio_id, unit_id, talkgroup_id,
        agency_id, started_at, ended_at, duration_s, end_reason, slot, late_entry, emergency,
        encrypted, rssi_dbm, talker_alias, words)
    SELECT i + 1, 'gw/' || i, 'gw', 'rimi', {_KIND}, i % 1000 + 1, i % 1000 + 1,
        CASE WHEN i % 100 = 3 THEN NULL ELSE i * 7 % 50 + 1 END, {_AGENCY}, <at>, <at>, 3.5,
        'terminator', 1, <no>, i % 10000 = 77, <no>, -71.5, 'Kaspars', <words>
    FROM <numbers>
"""
_TEXT: Final = f"""
    INSERT INTO message (id, direction, text, radio_id, unit_id, agency_id, state, state_at,
        created_at, words)
    SELECT i + 1, 'in', <plain>, i % 1000 + 1, i % 1000 + 1, {_AGENCY}, {_STATE}, <at>, <at>,
        <words>
    FROM <numbers>
"""


def _for_postgres(statement: str) -> str:
    words = _WORDS.replace(
        "substr('0000' || (i % 1000 + 1), -5)", "to_char(i % 1000 + 1, 'FM00000')"
    )
    at = f"timestamptz '{START.isoformat()}' + i * interval '2.6 s'"
    return (
        statement.replace("<words>", f"array_to_tsvector(string_to_array({words}, ' '))")
        .replace("<plain>", words)
        .replace("<at>", at)
        .replace("<no>", "false")
        .replace("<numbers>", "generate_series({first}::bigint, {last}) AS i")
    )


def _for_sqlite(statement: str) -> str:
    base = START.timestamp()
    at = f"strftime('%Y-%m-%d %H:%M:%f000', {base} + i * 2.6, 'unixepoch')"
    return (
        "WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {last}) "
        + statement.replace("<words>", _WORDS)
        .replace("<plain>", _WORDS)
        .replace("<at>", at)
        .replace("<no>", "0")
        .replace("<numbers>", "n")
    )


_POSITION: Final = """
    INSERT INTO position (heard_at, fixed_at, radio_id, unit_id, lat_e7, lon_e7, speed_kmh,
        bearing_deg, source, stale, verified)
    SELECT <at>, <at>, i % 1000 + 1, i % 1000 + 1, <lat>, <lon>, 31.5, 270.0, 2, <no>, <yes>
    FROM <numbers>
"""
_REST: Final = """
    INSERT INTO latest_position
        (lat_e7, lon_e7, heard_at, radio_id, unit_id, source, stale, verified)
    SELECT 560000000, 210000000, <end>, i + 1, i + 1, 2, <no>, <yes> FROM <numbers>;
    INSERT INTO carriage (unit_id, radio_id, first_at, last_at)
    SELECT i + 1, i + 1, <begin>, <end> FROM <numbers>
"""
_END: Final = START + timedelta(days=30)


def _position_for_postgres() -> str:
    at = (
        f"timestamptz '{START.isoformat()}' "
        "+ (i / 1000) * interval '30 s' + (i % 1000) * interval '30 ms'"
    )
    return (
        _POSITION.replace("<at>", at)
        .replace("<lat>", f"{int(SOUTH * 1e7)} + (random() * {SIDE * 1e7})::int")
        .replace("<lon>", f"{int(WEST * 1e7)} + (random() * {SIDE * 1e7})::int")
        .replace("<no>", "false")
        .replace("<yes>", "true")
        .replace("<numbers>", "generate_series({first}::bigint, {last}) AS i")
    )


def _position_for_sqlite() -> str:
    at = f"{int(START.timestamp()) * 1_000_000} + (i / 1000) * 30000000 + (i % 1000) * 30000"
    return (
        "WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {last}) "
        + _POSITION.replace("<at>", at)
        .replace("<lat>", f"{int(SOUTH * 1e7)} + abs(random() % {int(SIDE * 1e7)})")
        .replace("<lon>", f"{int(WEST * 1e7)} + abs(random() % {int(SIDE * 1e7)})")
        .replace("<no>", "0")
        .replace("<yes>", "1")
        .replace("<numbers>", "n")
    )


_POSTGRES: Final = {
    "position": _position_for_postgres(),
    "call_record": _for_postgres(_CALL),
    "message": _for_postgres(_TEXT),
    "rest": _REST.replace("<begin>", f"timestamptz '{START.isoformat()}'")
    .replace("<end>", f"timestamptz '{_END.isoformat()}'")
    .replace("<no>", "false")
    .replace("<yes>", "true")
    .replace("<numbers>", "generate_series(0, 999) AS i"),
}
_SQLITE: Final = {
    "position": _position_for_sqlite(),
    "call_record": _for_sqlite(_CALL),
    "message": _for_sqlite(_TEXT),
    "rest": _REST.replace("<begin>", str(int(START.timestamp()) * 1_000_000))
    .replace("<end>", str(int(_END.timestamp()) * 1_000_000))
    .replace("<no>", "0")
    .replace("<yes>", "1")
    .replace("<numbers>", "(SELECT id - 1 AS i FROM radio)"),
}
