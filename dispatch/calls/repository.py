"""All SQL of call records."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, not_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from dispatch.calls.filters import CallFilter
from dispatch.calls.models import CallRecord
from dispatch.calls.names import Named, Names
from dispatch.db.bulk import Bulk, Row, is_sqlite, next_ids, stored_time
from dispatch.db.newest import NewestFirst, exactly, unindexed
from dispatch.db.words import Sought, lexemes
from dispatch.live.scope import Scope
from radio_gateway.domain.events import CallEndReason, CallKind

_TYPES: Final = {
    "id": "bigint",
    "call": "text",
    "gateway": "text",
    "radio_id": "int",
    "unit_id": "int",
    "agency_id": "int",
    "link": "text",
    "site": "text",
    "kind": "text",
    "talkgroup_id": "int",
    "called_radio_id": "int",
    "started_at": "timestamptz",
    "ended_at": "timestamptz",
    "duration_s": "float8",
    "end_reason": "text",
    "slot": "int",
    "colour_code": "int",
    "late_entry": "bool",
    "emergency": "bool",
    "encrypted": "bool",
    "conversation": "text",
    "ber_percent": "float8",
    "rssi_dbm": "float8",
    "loss_percent": "float8",
    "receptions": "text",
    "talker_alias": "text",
    "words": "tsvector",
}
"PostgreSQL's types of all columns."
_COLUMNS: Final = tuple(_TYPES)
_CHANGED: Final = tuple(
    name for name in _COLUMNS if name not in {"call", "gateway", "radio_id", "unit_id", "agency_id"}
)
_ADD: Final = Bulk(
    f"INSERT INTO call_record ({', '.join(_COLUMNS)}) {{rows}}",
    tuple(_TYPES.values()),
    exact=True,
)
_SET: Final = ", ".join(f"{name} = new.{name}" for name in _CHANGED if name != "id")
_CHANGE: Final = Bulk(
    f"WITH new ({', '.join(_CHANGED)}) AS ({{rows}}) UPDATE call_record SET {_SET} "  # noqa: S608
    "FROM new WHERE call_record.id = new.id",
    tuple(_TYPES[name] for name in _CHANGED),
)
_NAMES: Final = Bulk(
    "WITH wanted (what, id) AS ({rows}) "
    "SELECT what, radio.id, label, alias FROM wanted JOIN radio ON radio.id = wanted.id "
    "WHERE what = 0 UNION ALL "
    "SELECT what, unit.id, call_sign, NULL FROM wanted JOIN unit ON unit.id = wanted.id "
    "WHERE what = 1 UNION ALL "
    "SELECT what, talkgroup.id, name, NULL FROM wanted JOIN talkgroup "
    "ON talkgroup.id = wanted.id WHERE what = 2",
    ("int", "int"),
)
"0: radios, 1: units, 2: talkgroups."


class CallRepository:
    """Call records within one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def known(self, calls: Collection[str]) -> dict[str, dict[str, Any]]:
        """Records of these calls, columns by name."""
        query = select(_CALL).where(_CALL.c.call.in_(list(calls)))
        found = (await self._session.execute(query)).mappings().all()
        return {row["call"]: dict(row) for row in found}

    async def new_ids(self, count: int) -> list[int]:
        """Ids for so many new records."""
        return await next_ids(self._session, "call_record", count)

    async def names(self, wanted: Named) -> Names:
        """What these radios, units and talkgroups are called now."""
        names = Names()
        if not wanted.radios:
            return names
        rows: list[Row] = [(what, key) for what, keys in enumerate(wanted) for key in keys]
        for what, key, name, alias in await _NAMES.run(self._session, rows):
            if what == 0:
                names.radios[key] = name, alias
            elif what == 1:
                names.units[key] = name
            else:
                names.talkgroups[key] = name
        return names

    async def add(self, records: Sequence[Mapping[str, Any]]) -> None:
        """Store new records; each has all columns."""
        await _ADD.run(self._session, self._rows(records, _COLUMNS))

    async def change(self, records: Sequence[Mapping[str, Any]]) -> None:
        """Write records again; who talked, and which gateway heard it, stay."""
        await _CHANGE.run(self._session, self._rows(records, _CHANGED))

    async def cut_off(
        self,
        before: datetime,
        at: datetime,
        gateway: str | None = None,
        link: str | None = None,
        site: str | None = None,
    ) -> Sequence[CallRecord]:
        """Close calls that began before `before` and still run, as truncated at `at`."""
        running = [col(CallRecord.ended_at).is_(None), col(CallRecord.started_at) < before]
        if gateway is not None:
            running += [col(CallRecord.gateway) == gateway, col(CallRecord.link) == link]
        if site is not None:
            running.append(col(CallRecord.site) == site)
        query = (
            update(CallRecord)
            .where(*running)
            .values(ended_at=at, end_reason=CallEndReason.TRUNCATED.value)
            .returning(CallRecord)
            .execution_options(populate_existing=True, synchronize_session=False)
        )
        return (await self._session.execute(query)).scalars().all()

    async def search(
        self,
        wanted: CallFilter,
        scope: Scope,
        before: tuple[datetime, int] | None,
        limit: int,
    ) -> Sequence[CallRecord]:
        """Calls, newest first; `before`: started_at and id of the last one already shown."""
        where, either = _conditions(wanted, scope)
        rows = NewestFirst(self._session, CallRecord, "started_at")
        if wanted.q:
            return await rows.search(Sought.of(wanted.q), where, either, before, limit)
        return await rows.page(where, either, before, limit)

    async def running_or_since(
        self, since: datetime, scope: Scope, limit: int
    ) -> Sequence[CallRecord]:
        """Calls that run or began lately, newest first."""
        query = (
            select(CallRecord)
            .where(
                scope.where(col(CallRecord.agency_id)),
                or_(col(CallRecord.ended_at).is_(None), col(CallRecord.started_at) >= since),
            )
            .order_by(col(CallRecord.started_at).desc(), col(CallRecord.id).desc())
            .limit(limit)
        )
        return (await self._session.execute(query)).scalars().all()

    def _rows(self, records: Sequence[Mapping[str, Any]], names: Sequence[str]) -> list[Row]:
        """As the driver takes them."""
        stored, sqlite = stored_time(self._session), is_sqlite(self._session)
        rows: list[Row] = []
        for record in records:
            row = {**record, "started_at": stored(record["started_at"])}
            row["ended_at"] = stored(record["ended_at"])
            if not sqlite:
                row["words"] = lexemes(record["words"])
            rows.append(tuple(map(row.__getitem__, names)))
        return rows


def _conditions(wanted: CallFilter, scope: Scope) -> tuple[list[Any], Sequence[Any]]:
    """What all calls of a page fulfil, and the agencies: each of them an index's own part."""
    by = unindexed if wanted.emergency else col  # calls in emergency are the fewest
    equal = {
        name: value
        for name in ("talkgroup_id", "unit_id", "radio_id")
        if (value := getattr(wanted, name)) is not None
    }
    conditions: list[Any] = [by(getattr(CallRecord, name)) == equal[name] for name in equal]
    if wanted.kind is not None:
        conditions += _of_kind(wanted.kind, bool(equal) or scope.agencies is not None)
    if wanted.emergency is not None:
        # bare, as in the condition of its index
        emergency = col(CallRecord.emergency)
        conditions.append(emergency if wanted.emergency else not_(emergency))
    if wanted.since is not None:
        conditions.append(col(CallRecord.started_at) >= wanted.since)
    if wanted.until is not None:
        conditions.append(col(CallRecord.started_at) < wanted.until)
    agency = by(CallRecord.agency_id)
    if "unit_id" in equal or "radio_id" in equal:
        return conditions, (scope.where(agency),)
    return conditions, scope.each(agency)


def _of_kind(kind: str, narrowed: bool) -> list[ColumnElement[bool]]:
    """`narrowed`: there are other conditions, which few calls of such a kind fulfil too."""
    column = unindexed(CallRecord.kind) if narrowed else col(CallRecord.kind)
    if kind == CallKind.GROUP:
        return [exactly(column, kind)]
    # as in the condition of its indexes: SQLite draws no conclusion
    return [exactly(column, kind), not_(exactly(col(CallRecord.kind), CallKind.GROUP.value))]


_CALL = CallRecord.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
