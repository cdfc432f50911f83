"""What has arrived of every gateway's numbered events, and what is missing in between.

A gateway numbers its durable events without a gap, but they come out of order: alarms overtake,
and a lost message comes again. Whatever is still missing after `PATIENCE_S` is asked for.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from sqlalchemy.ext.asyncio import AsyncSession

from dispatch import clock
from dispatch.db.database import after_commit
from dispatch.ingest.models import GatewayProgress
from dispatch.ingest.numbers import Hole, Numbers, Span
from dispatch.ingest.repository import IngestRepository
from radio_gateway.domain.report import GatewayReport
from radio_gateway.domain.wire import EventEnvelope, Receipt

PATIENCE_S: Final = 2.0
"A hole younger than this is taken for events that overtook others."
ASK_AGAIN_S: Final = 10.0
OVERDUE_S: Final = 60.0
"A hole older than this is shown to people."
ASKED_AT_ONCE: Final = 100
"Most holes in one receipt."
OTHER_SPOOL_S: Final = 60.0
"What is missing of a spool that its gateway no longer has is given up after this long."
_MAX_EPOCH: Final = 64
_SESSION_KEY: Final = "gaps"

_Key: TypeAlias = tuple[str, str]
"Gateway and epoch."


@dataclass(frozen=True, slots=True)
class OpenHole:
    """Numbers of one gateway's spool that did not come."""

    gateway: str
    epoch: str
    span: Span
    age_s: float

    @property
    def events(self) -> int:
        return self.span[1] - self.span[0] + 1


class Gaps:
    """Kept in memory by the one writer; every change is stored with the events themselves.

    Call `note` for each event in the transaction that stores it (or sets it aside), also when it
    was known already; send what `due` returns about once a second; take gateways' reports by
    `closes` and `close`. A writer that had stopped to be the one calls `forget` first.
    """

    def __init__(self, monotonic: Callable[[], float] = clock.monotonic) -> None:
        self._monotonic = monotonic
        self._known: dict[_Key, Numbers] = {}
        self._loaded = False

    def forget(self) -> None:
        """Read everything from the database again before the next use."""
        self._known.clear()
        self._loaded = False

    async def load(self, session: AsyncSession) -> None:
        """Read what was stored, unless that is done already."""
        if self._loaded:
            return
        now = self._monotonic()
        for row in await IngestRepository(session).progress():
            holes = tuple(Hole(first, last, now) for first, last in json.loads(row.holes))
            self._known[row.gateway, row.epoch] = Numbers(row.top, holes, row.gone)
        self._loaded = True

    async def note(
        self, session: AsyncSession, envelopes: Sequence[EventEnvelope], at: datetime
    ) -> None:
        """Mark these events as arrived, once the session's transaction is committed.

        `at`: the present, for the rows. Events without number or epoch are none of ours.
        """
        arrived: dict[_Key, list[int]] = {}
        for envelope in envelopes:
            if envelope.seq is not None and 0 < len(envelope.epoch) <= _MAX_EPOCH:
                arrived.setdefault((envelope.gateway, envelope.epoch), []).append(envelope.seq)
        if arrived:
            now = self._monotonic()
            await self._change(
                session, at, arrived, lambda key, old: old.arrived(arrived[key], now)
            )

    def due(self) -> list[Receipt]:
        """Receipts without ids that ask for what is missing; counts as asked."""
        now = self._monotonic()
        receipts = []
        for (gateway, epoch), numbers in self._known.items():
            wanted = [hole for hole in numbers.holes if _is_due(hole, now)][:ASKED_AT_ONCE]
            if wanted:
                self._known[gateway, epoch] = numbers.asked(wanted, now)
                spans = tuple((hole.first, hole.last) for hole in wanted)
                receipts.append(Receipt(gateway, (), epoch, spans))
        return receipts

    def closes(self, report: GatewayReport) -> bool:
        """Whether `close` would change anything."""
        return bool(self._given_up(report))

    async def close(self, session: AsyncSession, report: GatewayReport, at: datetime) -> None:
        """Give up what a gateway says that it does not have any more; it counts as gone."""
        given_up = self._given_up(report)
        if given_up:
            await self._change(session, at, given_up, lambda key, old: old.without(given_up[key]))

    def open_holes(self) -> list[OpenHole]:
        """What is missing for longer than `PATIENCE_S`, longest first."""
        now = self._monotonic()
        holes = [
            OpenHole(gateway, epoch, (hole.first, hole.last), now - hole.since)
            for (gateway, epoch), numbers in self._known.items()
            for hole in numbers.holes
            if now - hole.since > PATIENCE_S
        ]
        return sorted(holes, key=lambda hole: -hole.age_s)

    @property
    def overdue(self) -> int:
        """Events missing for more than `OVERDUE_S`."""
        return sum(hole.events for hole in self.open_holes() if hole.age_s > OVERDUE_S)

    @property
    def gone(self) -> dict[str, int]:
        """Events that will never come, by gateway, of all spools that are remembered."""
        counts: dict[str, int] = {}
        for (gateway, _), numbers in self._known.items():
            counts[gateway] = counts.get(gateway, 0) + numbers.gone
        return counts

    def _given_up(self, report: GatewayReport) -> dict[_Key, list[Span]]:
        """The numbers, in holes of ours, that this report says will not come."""
        spool = report.spool
        if spool is None or not spool.epoch:
            return {}
        now = self._monotonic()
        found: dict[_Key, list[Span]] = {}
        for (gateway, epoch), numbers in self._known.items():
            if gateway != report.gateway:
                continue
            if epoch == spool.epoch:
                spans = numbers.common(spool.gone)
            else:
                old = [hole for hole in numbers.holes if now - hole.since > OTHER_SPOOL_S]
                spans = [(hole.first, hole.last) for hole in old]
            if spans:
                found[gateway, epoch] = spans
        return found

    async def _change(
        self,
        session: AsyncSession,
        at: datetime,
        keys: Iterable[_Key],
        change: Callable[[_Key, Numbers], Numbers],
    ) -> None:
        await self.load(session)
        pending: dict[_Key, Numbers] | None = session.info.get(_SESSION_KEY)
        if pending is None:
            pending = session.info[_SESSION_KEY] = {}
            after_commit(session, lambda: self._known.update(session.info.pop(_SESSION_KEY)))
        rows = []
        for key in keys:
            old = pending.get(key) or self._known.get(key) or Numbers()
            new = change(key, old)
            if new != old:
                pending[key] = new
                rows.append(_row(key, new, at))
        if rows:
            await IngestRepository(session).save_progress(rows)


def _is_due(hole: Hole, now: float) -> bool:
    if hole.asked_at is None:
        return now - hole.since > PATIENCE_S
    return now - hole.asked_at > ASK_AGAIN_S


def _row(key: _Key, numbers: Numbers, at: datetime) -> GatewayProgress:
    holes = json.dumps([(hole.first, hole.last) for hole in numbers.holes], separators=(",", ":"))
    return GatewayProgress(
        gateway=key[0], epoch=key[1], top=numbers.top, holes=holes, gone=numbers.gone, at=at
    )


async def forget_progress(session: AsyncSession, before: datetime) -> None:
    """Forget the spools that nothing came from since."""
    await IngestRepository(session).forget_progress(before)
