"""All SQL of emergencies."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple, TypeAlias

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from dispatch.agencies.models import Agency
from dispatch.db.bulk import Bulk, next_ids, stored_time
from dispatch.emergencies.models import Action, Emergency, EmergencyAction, EmergencyState
from dispatch.ingest.models import Ingested
from dispatch.live.scope import Scope
from dispatch.radios.models import Radio
from dispatch.talkgroups.models import Talkgroup
from dispatch.units.models import Unit

Record: TypeAlias = dict[str, Any]
"Columns of an emergency by name."

_TIMES: Final = ("raised_at", "last_heard_at", "told_at", "position_heard_at", "cleared_at")
_REPEATED: Final = {
    "id": "int",
    **dict.fromkeys(_TIMES, "timestamptz"),
    "repeats": "int",
    "lat": "float8",
    "lon": "float8",
    "error_m": "float8",
}
"Columns that a repetition changes, and PostgreSQL's types."
_NEW: Final = {
    **_REPEATED,
    "radio_id": "int",
    "unit_id": "int",
    "agency_id": "int",
    "talkgroup_id": "int",
    "source": "text",
    "state": "text",
    "version": "int",
    "after_close": "bool",
    "raised_seq": "bigint",
    "raw": "text",
}
"All columns that an alarm fills, and PostgreSQL's types."
_ADD: Final = Bulk(
    f"INSERT INTO emergency ({', '.join(_NEW)}) {{rows}}", tuple(_NEW.values()), exact=True
)
_SET: Final = ", ".join(f"{name} = new.{name}" for name in _REPEATED if name != "id")
_CHANGE: Final = Bulk(
    f"WITH new ({', '.join(_REPEATED)}) AS ({{rows}}) UPDATE emergency SET {_SET} "  # noqa: S608
    "FROM new WHERE emergency.id = new.id",
    tuple(_REPEATED.values()),
)
_NOTE: Final = Bulk(
    "INSERT INTO emergency_action (emergency_id, action, at, user_name, note) {rows}",
    ("int", "text", "timestamptz", "text", "text"),
    exact=True,
)


class Step(NamedTuple):
    """One line of a history."""

    action: str
    at: datetime
    user: str | None
    note: str | None


class EmergencyRepository:
    """Emergencies within one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def save(self) -> None:
        """Write what changed in rows of this session."""
        await self._session.flush()

    async def note(
        self, emergency_id: int, action: str, at: datetime, user: str | None, note: str | None
    ) -> None:
        """Add a line to the history."""
        self._session.add(
            EmergencyAction(
                emergency_id=emergency_id, action=action, at=at, user_name=user, note=note
            )
        )
        await self._session.flush()

    async def open_of(self, radio_id: int) -> Emergency | None:
        """The radio's open emergency as it is stored now; there is at most one."""
        query = (
            select(Emergency)
            .where(
                col(Emergency.radio_id) == radio_id, col(Emergency.state) != EmergencyState.CLOSED
            )
            .execution_options(populate_existing=True)
        )
        return (await self._session.execute(query)).scalar_one_or_none()

    async def mark_shown(self, emergency_id: int, at: datetime, scope: Scope) -> bool:
        """Note that a console shows an alarm; whether it is the first to."""
        query = (
            update(Emergency)
            .where(
                col(Emergency.id) == emergency_id,
                col(Emergency.shown_at).is_(None),
                _visible(scope),
            )
            .values(shown_at=at)
            .returning(col(Emergency.id))
        )
        return (await self._session.execute(query)).scalar_one_or_none() is not None

    async def unshown(self) -> Sequence[int]:
        """Alarms that nobody took charge of and no console has said to show."""
        query = (
            select(col(Emergency.id))
            .where(
                col(Emergency.state) == EmergencyState.RAISED,
                col(Emergency.shown_at).is_(None),
                col(Emergency.raised_seq).is_not(None),
            )
            .order_by(col(Emergency.id))
        )
        return (await self._session.execute(query)).scalars().all()

    async def get(self, emergency_id: int, scope: Scope) -> Emergency | None:
        """One emergency as it is stored now, if the scope shows it."""
        query = (
            select(Emergency)
            .where(col(Emergency.id) == emergency_id, _visible(scope))
            .execution_options(populate_existing=True)
        )
        return (await self._session.execute(query)).scalar_one_or_none()

    async def step(
        self, emergency_id: int, version: int, state: EmergencyState, values: dict[str, Any]
    ) -> bool:
        """Compare-and-set: change version `version` in `state` to the next; False: too late."""
        query = (
            update(Emergency)
            .where(
                col(Emergency.id) == emergency_id,
                col(Emergency.version) == version,
                col(Emergency.state) == state,
            )
            .values(version=version + 1, **values)
            .returning(col(Emergency.id))
            .execution_options(synchronize_session=False)
        )
        return (await self._session.execute(query)).scalar_one_or_none() is not None

    async def history(self, ids: Sequence[int]) -> dict[int, list[Step]]:
        """Histories by emergency, oldest first."""
        found: dict[int, list[Step]] = {}
        if ids:
            line = _LINE.c
            query = (
                select(line.emergency_id, line.action, line.at, line.user_name, line.note)
                .where(line.emergency_id.in_(ids))
                .order_by(line.at, line.id)
            )
            # plain rows: a radio repeats its alarm for hours, and all is told each time
            for row in await self._session.execute(query):
                found.setdefault(row[0], []).append(Step(*row[1:]))
        return found

    async def open(self, scope: Scope) -> Sequence[Emergency]:
        """All that are not closed, oldest first."""
        query = (
            select(Emergency)
            .where(
                _visible(scope),
                col(Emergency.state) != EmergencyState.CLOSED,
            )
            .order_by(col(Emergency.raised_at), col(Emergency.id))
        )
        return (await self._session.execute(query)).scalars().all()

    async def search(
        self,
        scope: Scope,
        state: EmergencyState | None,
        since: datetime | None,
        until: datetime | None,
        before: tuple[datetime, int] | None,
        limit: int,
    ) -> Sequence[Emergency]:
        """Emergencies, newest first; since <= raised_at < until."""
        query = (
            select(Emergency)
            .where(_visible(scope))
            .order_by(col(Emergency.raised_at).desc(), col(Emergency.id).desc())
            .limit(limit)
        )
        if state is not None:
            query = query.where(col(Emergency.state) == state)
        if since is not None:
            query = query.where(col(Emergency.raised_at) >= since)
        if until is not None:
            query = query.where(col(Emergency.raised_at) < until)
        if before is not None:
            at, row_id = before
            query = query.where(
                or_(
                    col(Emergency.raised_at) < at,
                    and_(col(Emergency.raised_at) == at, col(Emergency.id) < row_id),
                )
            )
        return (await self._session.execute(query)).scalars().all()

    async def unanswered(self) -> Sequence[Any]:
        """Alarms that nobody took charge of: `id`, `raised_at` and `level` of each, oldest first.

        Asked every second: plain rows, since objects with their histories would cost more than
        all that is stored meanwhile when hundreds are open.
        """
        level = (
            select(func.count())
            .where(
                col(EmergencyAction.emergency_id) == col(Emergency.id),
                col(EmergencyAction.action) == Action.ESCALATED,
            )
            .correlate(Emergency)
            .scalar_subquery()
        )
        query = (
            select(col(Emergency.id), col(Emergency.raised_at), level.label("level"))
            .where(col(Emergency.state) == EmergencyState.RAISED)
            .order_by(col(Emergency.raised_at), col(Emergency.id))
        )
        return (await self._session.execute(query)).all()

    async def callers(self, ids: Sequence[int]) -> dict[int, Any]:
        """Names for those who know neither radio nor unit: `radio`, `unit`, `agency`, by id."""
        query: Any = (
            select(
                col(Emergency.id),
                col(Radio.label).label("radio"),
                col(Unit.call_sign).label("unit"),
                col(Agency.name).label("agency"),
            )
            .join(Radio, col(Radio.id) == col(Emergency.radio_id))
            .outerjoin(Unit, col(Unit.id) == col(Emergency.unit_id))
            .outerjoin(Agency, col(Agency.id) == col(Emergency.agency_id))
            .where(col(Emergency.id).in_(ids))
        )
        return {row.id: row for row in (await self._session.execute(query)).all()}

    async def ingested(self, ids: Sequence[str]) -> Sequence[str]:
        """Which of these events are stored."""
        query = select(col(Ingested.event_id)).where(col(Ingested.event_id).in_(ids))
        return (await self._session.execute(query)).scalars().all()

    async def bearers(self) -> Sequence[Any]:
        """Every radio: `network`, `number`, `id`, `label`, `unit_id`, `call_sign`, `agency_id`."""
        query = select(
            col(Radio.network),
            col(Radio.number),
            col(Radio.id),
            col(Radio.label),
            col(Radio.unit_id),
            col(Unit.call_sign),
            col(Radio.agency_id),
        ).outerjoin(Unit, col(Unit.id) == col(Radio.unit_id))
        return (await self._session.execute(query)).all()

    async def talkgroup_agencies(self) -> Sequence[Any]:
        """Every talkgroup: `network`, `number`, `agency_id`."""
        query = select(col(Talkgroup.network), col(Talkgroup.number), col(Talkgroup.agency_id))
        return (await self._session.execute(query)).all()


class HeardRepository:
    """What radios' alarms change, many in one statement; within the writer's transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def open_of(self, radio_ids: Collection[int]) -> dict[int, Record]:
        """These radios' open emergencies, by radio; there is at most one of each."""
        query = select(_EMERGENCY).where(
            _EMERGENCY.c.radio_id.in_(list(radio_ids)),
            _EMERGENCY.c.state != EmergencyState.CLOSED,
        )
        found = (await self._session.execute(query)).mappings()
        return {row["radio_id"]: dict(row) for row in found}

    async def closed_at(self, radio_ids: Collection[int]) -> dict[int, datetime]:
        """When the last emergency of each of these radios was closed."""
        if not radio_ids:
            return {}
        query = (
            select(_EMERGENCY.c.radio_id, func.max(_EMERGENCY.c.closed_at))
            .where(_EMERGENCY.c.radio_id.in_(list(radio_ids)), _EMERGENCY.c.closed_at.is_not(None))
            .group_by(_EMERGENCY.c.radio_id)
        )
        return {row[0]: row[1] for row in await self._session.execute(query)}

    async def new_ids(self, count: int) -> list[int]:
        """Ids for so many new emergencies."""
        return await next_ids(self._session, "emergency", count)

    async def add(self, records: Sequence[Record]) -> None:
        """Store new emergencies."""
        await _ADD.run(self._session, [self._row(one, _NEW) for one in records])

    async def change(self, records: Sequence[Record]) -> None:
        """Write what repetitions changed."""
        await _CHANGE.run(self._session, [self._row(one, _REPEATED) for one in records])

    async def note(self, lines: Sequence[tuple[int, Step]]) -> None:
        """Add lines to histories, by id of the emergency."""
        stored = stored_time(self._session)
        await _NOTE.run(
            self._session,
            [(id_, line.action, stored(line.at), line.user, line.note) for id_, line in lines],
        )

    def _row(self, record: Record, names: Mapping[str, str]) -> tuple[Any, ...]:
        stored = stored_time(self._session)
        row = {**record, **{name: stored(record[name]) for name in _TIMES}}
        return tuple(map(row.__getitem__, names))


def _visible(scope: Scope) -> ColumnElement[bool]:
    """Alarms of the scope's agencies, and of others once they are escalated to everybody."""
    escalated = exists().where(
        col(EmergencyAction.emergency_id) == col(Emergency.id),
        col(EmergencyAction.action) == Action.ESCALATED,
    )
    return or_(scope.where(col(Emergency.agency_id)), escalated)


_EMERGENCY = Emergency.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_LINE = EmergencyAction.__table__  # type: ignore[attr-defined]
