"""The spool as the event loop sees it: a thread that commits whatever came in meanwhile."""

import asyncio
import logging
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from radio_gateway.domain.events import Event, is_urgent
from radio_gateway.domain.wire import EventEnvelope, dump_event
from radio_gateway.spool.errors import SpoolError, SpoolFullError, SpoolMissingError
from radio_gateway.spool.file import Found, Row, SpoolFile, SpoolStats
from radio_gateway.spool.ids import new_id
from radio_gateway.spool.numbers import Span

log = logging.getLogger(__name__)

GROUP: Final = 1000
"Most events in one commit."


@dataclass(slots=True)
class _Append:
    rows: Sequence[Row]
    done: asyncio.Future[tuple[str, list[int]]]
    "Epoch and numbers."


@dataclass(slots=True)
class _Call:
    function: Callable[[], Any]
    done: asyncio.Future[Any]


class Spool:
    """Durable outbox. While one commit runs, the next group gathers: no timer delays anything.

    Appends that hold only emergencies go before all else, in a commit of their own. A file that
    fails is opened again before the next attempt; one that was removed or replaced is made anew,
    and what it held is carried over under the numbers of a new epoch.
    """

    def __init__(
        self, path: Path, limit: int, gateway: str, loop: asyncio.AbstractEventLoop
    ) -> None:
        """Open the file, for which this may block; `limit` is in octets.

        Raises:
            SpoolError: the file cannot be used; says why and what to do.
        """
        self._path = path
        self._limit = limit
        self._gateway = gateway
        self._loop = loop
        self._file = _open(path, limit)
        self._urgent: deque[_Append] = deque()
        self._appends: deque[_Append] = deque()
        self._calls: deque[_Call] = deque()
        self._work = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="spool", daemon=True)
        self._thread.start()

    @property
    def epoch(self) -> str:
        """Names the file that gives the numbers; changes when it has to be made anew."""
        return self._file.epoch

    @property
    def fill(self) -> float:
        """Part of the room in use, of the limit or of the disk, as last looked at."""
        return self._file.fill

    async def append(
        self, events: Sequence[Event], ids: Sequence[str] | None = None
    ) -> list[EventEnvelope]:
        """Store events; returns after COMMIT, with `seq` rising by one over all of them.

        `ids` repeats the keys of an earlier attempt, so that storing again has no second effect.

        Raises:
            SpoolFullError: no room; emergencies may use the reserve.
            SpoolError: the disk failed, or the spool is closed.
        """
        if not events:
            return []
        keys = ids if ids is not None else [new_id(event.at.utc) for event in events]
        rows = [self._row(key, event) for key, event in zip(keys, events, strict=True)]
        job = _Append(rows, self._loop.create_future())
        self._put(self._urgent if all(row.urgent for row in rows) else self._appends, job)
        epoch, numbers = await job.done
        return [
            EventEnvelope(row.id, self._gateway, seq, event, epoch)
            for row, seq, event in zip(rows, numbers, events, strict=True)
        ]

    async def acknowledge(self, ids: Iterable[str]) -> int:
        """Forget events that dispatch has committed; tells how many were still known."""
        keys = tuple(ids)
        return int(await self._call(lambda: self._file.acknowledge(keys)))

    async def pending(
        self, *, urgent: bool, after_seq: int = 0, limit: int = 500
    ) -> list[EventEnvelope]:
        """Events without receipt, emergencies or all others, in order of `seq`."""
        envelopes: list[EventEnvelope] = await self._call(
            lambda: self._file.pending(urgent=urgent, after_seq=after_seq, limit=limit)
        )
        return envelopes

    async def find(self, span: Span, limit: int = 500) -> Found:
        """The first `limit` events of a span of numbers, and which numbers are held no more."""
        found: Found = await self._call(lambda: self._file.find(span, limit))
        return found

    async def take_command(self, key: str, at: datetime, forget_before: datetime) -> bool:
        """Remember a command's key on disk; False when it was taken before."""
        return bool(await self._call(lambda: self._file.take_command(key, at, forget_before)))

    async def stats(self) -> SpoolStats:
        """Depth, age and size."""
        stats: SpoolStats = await self._call(lambda: self._file.stats())
        return stats

    async def close(self) -> None:
        """Finish what was asked for, then close the file."""
        with self._work:
            self._closing = True
            self._work.notify()
        await asyncio.to_thread(self._thread.join)

    def _row(self, key: str, event: Event) -> Row:
        data = dump_event(EventEnvelope(key, self._gateway, None, event))
        return Row(key, is_urgent(event), event.at.utc, data)

    async def _call(self, function: Callable[[], Any]) -> Any:
        job = _Call(function, self._loop.create_future())
        self._put(self._calls, job)
        return await job.done

    def _put(self, queue: deque[Any], job: object) -> None:
        with self._work:
            if self._closing:
                raise SpoolError("the spool is closed")
            queue.append(job)
            self._work.notify()

    def _run(self) -> None:
        """Body of the thread; the only place that touches the file."""
        while True:
            with self._work:
                self._work.wait_for(
                    lambda: self._urgent or self._appends or self._calls or self._closing
                )
                group = self._next_group()
                call = self._calls.popleft() if self._calls and not self._urgent else None
                if not group and call is None:
                    break
            if group:
                self._commit(group)
            if call is not None:
                self._answer(call.done, call.function)
        self._file.close()

    def _next_group(self) -> list[_Append]:
        if self._urgent:
            return [self._urgent.popleft()]
        group: list[_Append] = []
        size = 0
        while self._appends and (not group or size + len(self._appends[0].rows) <= GROUP):
            job = self._appends.popleft()
            group.append(job)
            size += len(job.rows)
        return group

    def _commit(self, group: Sequence[_Append]) -> None:
        try:
            stored = self._append([row for job in group for row in job.rows])
        except Exception as error:  # noqa: BLE001  # raised where the result is awaited
            if len(group) > 1:  # one bad append must not fail its neighbours
                for job in group:
                    self._commit([job])
            else:
                self._tell(group[0].done.set_exception, group[0].done, error)
            return
        start = 0
        for job in group:
            end = start + len(job.rows)
            self._tell(job.done.set_result, job.done, (self._file.epoch, stored[start:end]))
            start = end

    def _append(self, rows: Sequence[Row]) -> list[int]:
        self._revive()
        try:
            return self._file.append(rows)
        except SpoolFullError:
            raise
        except SpoolMissingError as error:
            self._make_anew(error)
        except SpoolError:
            self._file.close()
            self._revive()
        return self._file.append(rows)

    def _revive(self) -> None:
        """Open a file again that failed; raises SpoolError while that cannot be done."""
        if self._file.closed:
            self._file = _open(self._path, self._limit)

    def _make_anew(self, reason: SpoolMissingError) -> None:
        """Carry what the lost file holds, which is open still, into one at the old place."""
        fresh = _open(self._path, self._limit)
        try:
            count = fresh.carry_over(self._file)
        except BaseException:
            fresh.close()
            raise
        self._file.close()
        self._file = fresh
        log.error("%s; made anew with the %d events that it held", reason, count)

    def _answer(self, done: asyncio.Future[Any], function: Callable[[], Any]) -> None:
        try:
            self._revive()
            result = function()
        except Exception as error:  # noqa: BLE001  # raised where the result is awaited
            self._tell(done.set_exception, done, error)
        else:
            self._tell(done.set_result, done, result)

    def _tell(self, setter: Callable[[Any], None], done: asyncio.Future[Any], value: Any) -> None:
        def set_unless_given_up() -> None:
            if not done.done():
                setter(value)

        self._loop.call_soon_threadsafe(set_unless_given_up)


@asynccontextmanager
async def open_spool(path: Path, gateway: str, limit: int) -> AsyncIterator[Spool]:
    """Open a gateway's spool until the block ends; `limit` is in octets.

    Raises:
        SpoolError: the file cannot be used; says why and what to do.
    """
    spool = await asyncio.to_thread(Spool, path, limit, gateway, asyncio.get_running_loop())
    try:
        yield spool
    finally:
        await spool.close()


def _open(path: Path, limit: int) -> SpoolFile:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SpoolError(f"spool {path}: {error.strerror}") from error
    return SpoolFile(path, limit)
