"""All SQL of call records."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, func, literal, not_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from dispatch.calls.filters import CallFilter
from dispatch.calls.models import CallRecord
from dispatch.db.newest import NewestFirst, exactly
from dispatch.db.upsert import insert_into
from dispatch.db.words import Sought, indexed
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
            .values({**row, "words": await self._words(row)})
            .on_conflict_do_nothing(index_elements=["call"])
            .returning(CallRecord)
        )
        return (await self._session.execute(query)).scalar_one_or_none()

    async def end(self, row: dict[str, Any]) -> CallRecord | None:
        """Store an end, with or without its beginning; None if the end is known already.

        The gateway's own end replaces one that was only concluded, which has no duration.
        """
        row = {**row, "words": await self._words(row)}
        query = insert_into(self._session, CallRecord).values(row)
        new = query.excluded
        kept = {"call", "gateway", "radio_id", "unit_id", "agency_id", "talker_alias"}
        if row.get("talker_alias") is None:
            kept.add("words")  # those of the beginning may know an alias
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
        found = select(CallRecord).where(
            col(CallRecord.call) == call, col(CallRecord.talker_alias).is_distinct_from(alias)
        )
        row = (await self._session.execute(found)).scalar_one_or_none()
        if row is not None:
            row.talker_alias = alias
            row.words = await self._words(row.model_dump())
            await self._session.flush()
        return row

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
        where = _conditions(wanted)
        if wanted.unit_id is None and wanted.radio_id is None:
            either = scope.each(col(CallRecord.agency_id))
        else:
            either = (scope.where(col(CallRecord.agency_id)),)
        rows = NewestFirst(self._session, CallRecord, "started_at")
        if wanted.q:
            return await rows.search(Sought.of(wanted.q), where, either, before, limit)
        return await rows.page(where, either, before, limit)

    async def _words(self, row: dict[str, Any]) -> str:
        """What a search finds this call by: alias, conversation, and the names of this moment."""
        called = aliased(Radio)
        query = (
            select(
                col(Radio.label),
                col(Radio.alias),
                col(called.label),
                col(called.alias),
                col(Unit.call_sign),
                col(Talkgroup.name),
            )
            .select_from(Radio)
            .outerjoin(called, _is(called.id, row.get("called_radio_id")))
            .outerjoin(Unit, _is(Unit.id, row.get("unit_id")))
            .outerjoin(Talkgroup, _is(Talkgroup.id, row.get("talkgroup_id")))
            .where(col(Radio.id) == row["radio_id"])
        )
        names = (await self._session.execute(query)).one_or_none() or ()
        return indexed(row.get("talker_alias"), row.get("conversation"), *names)

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


def _is(row_id: Any, wanted: int | None) -> ColumnElement[bool]:
    return col(row_id) == literal(wanted, Integer)


def _conditions(wanted: CallFilter) -> list[Any]:
    conditions: list[Any] = [
        col(getattr(CallRecord, name)) == value
        for name in ("talkgroup_id", "unit_id", "radio_id")
        if (value := getattr(wanted, name)) is not None
    ]
    if wanted.kind is not None:
        conditions.append(exactly(col(CallRecord.kind), wanted.kind))
    if wanted.emergency is not None:
        # bare, as in the condition of its index
        emergency = col(CallRecord.emergency)
        conditions.append(emergency if wanted.emergency else not_(emergency))
    if wanted.since is not None:
        conditions.append(col(CallRecord.started_at) >= wanted.since)
    if wanted.until is not None:
        conditions.append(col(CallRecord.started_at) < wanted.until)
    return conditions
