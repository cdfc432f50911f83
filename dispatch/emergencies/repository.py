"""All SQL of emergencies."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from dispatch.agencies.models import Agency
from dispatch.emergencies.models import Action, Emergency, EmergencyAction, EmergencyState
from dispatch.ingest.models import Ingested
from dispatch.live.scope import Scope
from dispatch.radios.models import Radio
from dispatch.talkgroups.models import Talkgroup
from dispatch.units.models import Unit


class EmergencyRepository:
    """Emergencies within one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, row: Emergency) -> Emergency:
        """Store an alarm; its id is set."""
        self._session.add(row)
        await self._session.flush()
        return row

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
        """The radio's open emergency; there is at most one."""
        query = select(Emergency).where(
            col(Emergency.radio_id) == radio_id, col(Emergency.state) != EmergencyState.CLOSED
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

    async def last_closed_at(self, radio_id: int) -> datetime | None:
        """When the radio's last emergency was closed."""
        query = (
            select(col(Emergency.closed_at))
            .where(col(Emergency.radio_id) == radio_id, col(Emergency.closed_at).is_not(None))
            .order_by(col(Emergency.closed_at).desc())
            .limit(1)
        )
        return (await self._session.execute(query)).scalar_one_or_none()

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

    async def history(self, ids: Sequence[int]) -> dict[int, list[EmergencyAction]]:
        """Histories by emergency, oldest first."""
        query = (
            select(EmergencyAction)
            .where(col(EmergencyAction.emergency_id).in_(ids))
            .order_by(col(EmergencyAction.at), col(EmergencyAction.id))
        )
        found: dict[int, list[EmergencyAction]] = {}
        for line in (await self._session.execute(query)).scalars():
            found.setdefault(line.emergency_id, []).append(line)
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

    async def unanswered(self) -> Sequence[Emergency]:
        """Alarms that nobody took charge of, oldest first."""
        query = (
            select(Emergency)
            .where(col(Emergency.state) == EmergencyState.RAISED)
            .order_by(col(Emergency.raised_at), col(Emergency.id))
        )
        return (await self._session.execute(query)).scalars().all()

    async def callers(self, rows: Sequence[Emergency]) -> dict[int, Any]:
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
            .where(col(Emergency.id).in_([row.id for row in rows]))
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


def _visible(scope: Scope) -> ColumnElement[bool]:
    """Alarms of the scope's agencies, and of others once they are escalated to everybody."""
    escalated = exists().where(
        col(EmergencyAction.emergency_id) == col(Emergency.id),
        col(EmergencyAction.action) == Action.ESCALATED,
    )
    return or_(scope.where(col(Emergency.agency_id)), escalated)
