"""Alarms that nobody answers: first everybody is told, then a program is run."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import orjson

from dispatch import clock
from dispatch.db.types import storable
from dispatch.emergencies.hook import Hook
from dispatch.emergencies.models import Action, Emergency, EmergencyState
from dispatch.emergencies.repository import EmergencyRepository
from dispatch.emergencies.views import tell, views
from dispatch.live.scope import EVERYTHING
from dispatch.shared import Shared

log = logging.getLogger(__name__)

EVERYBODY: Final = 1
"Level from which on all agencies know."


@dataclass(slots=True)
class _Waiting:
    since: float
    "By the steady clock."
    level: int


class Escalation:
    """Looks at unanswered alarms about once a second; one per installation.

    Times are kept by the steady clock. Those of alarms from before this process come from the
    database, so that a restart lets nobody wait anew. Nothing here ever closes an alarm.
    """

    def __init__(self, shared: Shared, monotonic: Callable[[], float] = clock.monotonic) -> None:
        self._shared = shared
        self._plan = shared.alarm
        self._monotonic = monotonic
        self.hook = Hook(self._plan.hook)
        shared.board.add("alarm hook", self.hook.findings)
        self._waiting: dict[int, _Waiting] | None = None
        self._calls: dict[int, asyncio.Task[str]] = {}
        self._answers: dict[int, str] = {}
        "What the program said, until it is stored."

    async def tick(self) -> None:
        """Escalate what is due."""
        waiting = await self._look()
        now = self._monotonic()
        due = [
            id_
            for id_, one in waiting.items()
            if one.level < EVERYBODY and now - one.since >= self._plan.escalate_after_s
        ]
        if due:
            await self._store(dict.fromkeys(due, "everybody"), only_raised=True)
        for id_, one in waiting.items():
            late = now - one.since >= self._plan.hook_after_s
            if late and one.level == EVERYBODY and id_ not in self._calls | self._answers:
                await self._call(id_, now - one.since)
        self._gather()
        if self._answers:
            await self._store(
                {id_: f"hook: {answer}" for id_, answer in self._answers.items()},
                only_raised=False,
            )
            self._answers.clear()

    async def stop(self) -> None:
        """End programs that still run."""
        for task in self._calls.values():
            task.cancel()
        await asyncio.gather(*self._calls.values(), return_exceptions=True)

    async def _look(self) -> dict[int, _Waiting]:
        async with self._shared.database.read() as session:
            rows = await EmergencyRepository(session).unanswered()
        mono, now = self._monotonic(), self._shared.now()
        before, first = self._waiting or {}, self._waiting is None
        found: dict[int, _Waiting] = {}
        for row in rows:
            one = before.get(row.id)
            if one is None:
                age = (now - row.raised_at).total_seconds() if first else 0.0
                one = _Waiting(mono - max(age, 0.0), row.level)
            one.level = row.level
            found[row.id] = one
        self._waiting = found
        return found

    def _gather(self) -> None:
        """Take the answers of programs that have ended."""
        for id_, task in list(self._calls.items()):
            if task.done():
                del self._calls[id_]
                error = None if task.cancelled() else task.exception()
                if task.cancelled() or error is not None:
                    log.error("alarm hook for emergency %d: a fault of ours", id_, exc_info=error)
                    self._answers[id_] = "failed, see the log"
                else:
                    self._answers[id_] = task.result()

    async def _store(self, notes: dict[int, str], *, only_raised: bool) -> None:
        shared, now = self._shared, self._shared.now()
        async with shared.database.write() as session:
            repository = EmergencyRepository(session)
            for id_, note in notes.items():
                row = await repository.get(id_, EVERYTHING)
                if row is None or (only_raised and row.state != EmergencyState.RAISED):
                    continue
                await repository.note(id_, Action.ESCALATED, now, None, storable(note)[:300])
                await tell(session, shared, "emergency.escalated", row)
                log.error("emergency %d is unanswered: %s", id_, note)

    async def _call(self, emergency_id: int, waited_s: float) -> None:
        if self.hook:
            work = self.hook.run(await self._document(emergency_id, waited_s))
            self._calls[emergency_id] = asyncio.create_task(work, name="alarm hook")

    async def _document(self, emergency_id: int, waited_s: float) -> bytes:
        """What the program reads: the emergency as the API shows it, and how long it waited."""
        async with self._shared.database.read() as session:
            row = await EmergencyRepository(session).get(emergency_id, EVERYTHING)
            rows: Sequence[Emergency] = [] if row is None else [row]
            found = await views(session, rows)
        shown = [view.model_dump(mode="json") for view in found]
        return orjson.dumps({"waited_s": round(waited_s, 1), "emergency": shown[0]})
