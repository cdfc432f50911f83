"""All SQL of call records."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from dispatch.calls.filters import CallFilter
from dispatch.calls.models import CallRecord
from dispatch.db.upsert import insert_into
from dispatch.live.scope import Scope
from dispatch.radios.models import Radio
from dispatch.talkgroups.models import Talkgroup
from dispatch.units.models import Unit
from radio_gateway.domain.events import CallEndReason


class CallRepository:
    """Call records within one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def start(self, row: dict[str, Any]) -> CallRecord | None:
        """Store a beginning; None if the call is known already."""
        query = (
            insert_into(self._session, CallRecord)
            .values(row)
            .on_conflict_do_nothing(index_elements=["call"])
            .returning(CallRecord)
        )
        return (await self._session.execute(query)).scalar_one_or_none()

    async def end(self, row: dict[str, Any]) -> CallRecord | None:
        """Store an end, with or without its beginning; None if the end is known already.

        The gateway's own end replaces one that was only concluded, which has no duration.
        """
        query = insert_into(self._session, CallRecord).values(row)
        new = query.excluded
        kept = {"call", "gateway", "radio_id", "unit_id", "agency_id", "talker_alias"}
        changes: dict[str, Any] = {name: new[name] for name in row if name not in kept}
        changes["talker_alias"] = func.coalesce(new.talker_alias, CallRecord.talker_alias)
        ended = (
            query.on_conflict_do_update(
                index_elements=["call"],
                set_=changes,
                where=or_(col(CallRecord.ended_at).is_(None), col(CallRecord.duration_s).is_(None)),
            )
            .returning(CallRecord)
            .execution_options(populate_existing=True)
        )
        return (await self._session.execute(ended)).scalar_one_or_none()

    async def set_alias(self, call: str, alias: str) -> CallRecord | None:
        """Note who says to be talking; None if the call is unknown or had this alias."""
        query = (
            update(CallRecord)
            .where(
                col(CallRecord.call) == call,
                col(CallRecord.talker_alias).is_distinct_from(alias),
            )
            .values(talker_alias=alias)
            .returning(CallRecord)
            .execution_options(populate_existing=True, synchronize_session=False)
        )
        return (await self._session.execute(query)).scalar_one_or_none()

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
        query = (
            select(CallRecord)
            .where(scope.where(col(CallRecord.agency_id)), *_conditions(wanted))
            .order_by(col(CallRecord.started_at).desc(), col(CallRecord.id).desc())
            .limit(limit)
        )
        if before is not None:
            at, row_id = before
            query = query.where(
                or_(
                    col(CallRecord.started_at) < at,
                    and_(col(CallRecord.started_at) == at, col(CallRecord.id) < row_id),
                )
            )
        return (await self._session.execute(query)).scalars().all()

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


def _conditions(wanted: CallFilter) -> list[Any]:
    conditions: list[Any] = [
        col(getattr(CallRecord, name)) == value
        for name in ("talkgroup_id", "unit_id", "radio_id", "kind", "emergency")
        if (value := getattr(wanted, name)) is not None
    ]
    if wanted.since is not None:
        conditions.append(col(CallRecord.started_at) >= wanted.since)
    if wanted.until is not None:
        conditions.append(col(CallRecord.started_at) < wanted.until)
    if wanted.q:
        conditions.append(_mentions(wanted.q))
    return conditions


def _mentions(part: str) -> Any:
    def has(column: Any) -> Any:
        return column.icontains(part, autoescape=True)

    radios = select(col(Radio.id)).where(or_(has(col(Radio.label)), has(col(Radio.alias))))
    units = select(col(Unit.id)).where(has(col(Unit.call_sign)))
    groups = select(col(Talkgroup.id)).where(has(col(Talkgroup.name)))
    return or_(
        has(col(CallRecord.talker_alias)),
        col(CallRecord.radio_id).in_(radios),
        col(CallRecord.called_radio_id).in_(radios),
        col(CallRecord.unit_id).in_(units),
        col(CallRecord.talkgroup_id).in_(groups),
    )
