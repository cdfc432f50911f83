"""From events to the spool: durable ones are committed before their radio hears `received`."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from radio_gateway.domain.events import SHEDDABLE, Event, TalkerAliasHeard, is_urgent
from radio_gateway.domain.ports import GatewayBus
from radio_gateway.domain.wire import EventEnvelope
from radio_gateway.links.clock import Clock
from radio_gateway.sending import BATCH, Sender
from radio_gateway.shedding import LooseQueue
from radio_gateway.spool import Spool, SpoolError
from radio_gateway.spool.ids import new_id
from radio_gateway.spool.numbers import Span

log = logging.getLogger(__name__)

RETRY_S: Final = 5.0
"Without a receipt for this long an event is published again."
WAITING: Final = 50_000
"Durable events held while the spool takes none; further ones are lost and counted."
CROWDED: Final = 0.8
"Fill of the spool from which only durable events are taken, and no details of calls."
ROOMY: Final = 0.7
"Fill of the spool below which all is taken again."


class NotStoredError(Exception):
    """A turn's events were given up; its acknowledgements must not be sent."""


@dataclass(slots=True)
class _Turn:
    """What one turn of an adapter waits for."""

    stored: asyncio.Future[None]
    open: int

    def settle(self) -> None:
        self.open -= 1
        if self.open == 0 and not self.stored.done():
            self.stored.set_result(None)


@dataclass(slots=True)
class _Draft:
    id: str
    event: Event
    turn: _Turn
    told: bool = False
    "Published before it was stored: an emergency while the spool is in trouble."


@dataclass(frozen=True, slots=True)
class OutboxStatus:
    """For health pages."""

    depth: int
    "Durable events without receipt."
    oldest_heard_at: datetime | None
    size: int
    "Octets of the spool in use."
    limit: int
    unstored: int
    "Durable events that the spool has not taken yet."
    lost: int
    "Durable events given up because the spool took none for too long."
    resent: int
    shed: dict[str, int]
    "What was given up under overload, by kind."
    fault: str | None
    "What the spool's trouble is."
    shedding_since: datetime | None = None
    epoch: str = ""
    gone: tuple[Span, ...] = ()
    "Numbers that dispatch asked for lately and that the spool does not hold."


class Outbox:
    """Takes turns of events; `run` stores and publishes them until cancelled."""

    def __init__(
        self, spool: Spool, bus: GatewayBus, gateway: str, clock: Clock, *, retry_s: float = RETRY_S
    ) -> None:
        self._spool = spool
        self._gateway = gateway
        self._clock = clock
        self._retry_s = retry_s
        self._urgent: deque[_Draft] = deque()
        self._durable: deque[_Draft] = deque()
        self._storing = 0
        self._loose = LooseQueue()
        self._sender = Sender(spool, bus, gateway, clock, self._loose, retry_s)
        self._sender.on_progress = self._progress
        self._sender.on_change = lambda: self.on_change()
        self._new_urgent = asyncio.Event()
        self._new_durable = asyncio.Event()
        self._moved = asyncio.Event()
        self._lost = 0
        self._fault: str | None = None
        self._crowded = False
        self._shedding_since: datetime | None = None
        self._shed_before = 0
        self.on_change: Callable[[], None] = lambda: None
        "Called when the spool's fault, its fill or shedding begins or ends."

    def submit(self, events: Sequence[Event]) -> asyncio.Future[None] | None:
        """Take one turn's events, oldest first.

        Returns a future that is done once the durable ones are committed; None when there are
        none. It raises NotStoredError when they had to be given up.
        """
        durable: list[Event] = []
        loose, put, gateway = False, self._loose.put, self._gateway
        for event in events:
            if isinstance(event, SHEDDABLE):
                if self._crowded:
                    self._loose.refuse(event)
                else:
                    loose = True
                    put(EventEnvelope(new_id(event.at.utc), gateway, None, event))
            elif isinstance(event, TalkerAliasHeard) and self._spares_detail:
                self._loose.refuse(event)  # the call's end carries it too
            else:
                durable.append(event)
        if loose:
            self._sender.loose_arrived()
        if self._loose.shedding and self._shedding_since is None:
            self._note_shedding()
        if not durable:
            return None
        turn = _Turn(asyncio.get_running_loop().create_future(), len(durable))
        for event in durable:
            self._draft(_Draft(new_id(event.at.utc), event, turn))
        return turn.stored

    async def run(self) -> None:
        """Store, publish, take receipts and publish again, until cancelled."""
        self._note_fill()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._store(self._urgent, self._new_urgent), name="store urgent")
            tasks.create_task(self._store(self._durable, self._new_durable), name="store")
            tasks.create_task(self._sender.run(), name="sender")

    async def drain(self) -> None:
        """Wait until all that was submitted is stored and handed to the bus."""
        while not self.idle:
            self._moved.clear()
            await self._moved.wait()

    @property
    def idle(self) -> bool:
        """Whether nothing waits for the spool or for the bus."""
        return not (self._urgent or self._durable or self._storing) and self._sender.idle

    async def status(self) -> OutboxStatus:
        """Counters and depth of the spool."""
        stats = await self._spool.stats()
        self._note_fill()  # others may have filled the disk
        return OutboxStatus(
            depth=stats.depth,
            oldest_heard_at=stats.oldest_heard_at,
            size=stats.size,
            limit=stats.limit,
            unstored=len(self._urgent) + len(self._durable) + self._storing,
            lost=self._lost,
            resent=self._sender.resent,
            shed=dict(self._loose.shed),
            fault=self._fault,
            shedding_since=self._shedding_since,
            epoch=self._spool.epoch,
            gone=self._sender.gone,
        )

    @property
    def _spares_detail(self) -> bool:
        return self._crowded or len(self._durable) > WAITING // 2

    def _progress(self) -> None:
        self._moved.set()
        self._note_fill()

    def _note_fill(self) -> None:
        fill = self._spool.fill
        crowded = fill >= (ROOMY if self._crowded else CROWDED)
        if crowded != self._crowded:
            self._crowded = crowded
            if crowded:
                log.error("the spool is %.0f %% full: positions are no longer taken", 100 * fill)
            else:
                log.warning("the spool is %.0f %% full: positions are taken again", 100 * fill)
            self.on_change()
        self._note_shedding()

    def _note_shedding(self) -> None:
        """Log the beginning and the end once each."""
        shedding = self._crowded or self._loose.shedding
        if shedding == (self._shedding_since is not None):
            return
        total = self._loose.shed.total()
        if shedding:
            self._shedding_since = self._clock().utc
            self._shed_before = total
            log.warning("overload: what may be lost is shed (positions: the newest per radio stay)")
        else:
            self._shedding_since = None
            log.warning("overload is over: %d events were shed", total - self._shed_before)
        self.on_change()

    def _draft(self, draft: _Draft) -> None:
        if is_urgent(draft.event):
            self._urgent.append(draft)
            self._new_urgent.set()
        elif len(self._durable) < WAITING:
            self._durable.append(draft)
            self._new_durable.set()
        else:
            self._lost += 1
            if self._lost % 1000 == 1:
                log.error("%d events lost: the spool takes none (%s)", self._lost, self._fault)
            self._give_up(draft)

    def _give_up(self, draft: _Draft) -> None:
        if not draft.turn.stored.done():
            draft.turn.stored.set_exception(NotStoredError("the spool did not take all of it"))
            draft.turn.stored.exception()  # seen: not every turn has somebody who waits

    async def _store(self, waiting: deque[_Draft], arrived: asyncio.Event) -> None:
        """Commit what waits, group by group; a failing spool is tried again and again."""
        pause = 0.1
        while True:
            await arrived.wait()
            arrived.clear()
            while waiting:
                group = [waiting.popleft() for _ in range(min(len(waiting), BATCH))]
                self._storing += len(group)
                while not await self._commit(group):
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, self._retry_s)
                pause = 0.1
                self._storing -= len(group)
                self._progress()

    async def _commit(self, group: Sequence[_Draft]) -> bool:
        try:
            stored = await self._spool.append(
                [draft.event for draft in group], [draft.id for draft in group]
            )
        except SpoolError as error:
            if str(error) != self._fault:
                self._fault = str(error)
                log.error("nothing is acknowledged: %s", error)  # noqa: TRY400  # no bug of ours
                self.on_change()
            self._tell_unstored(group)
            return False
        except (TypeError, ValueError):
            return await self._commit_singly(group)
        if self._fault is not None:
            log.warning("the spool takes events again")
            self._fault = None
            self.on_change()
        for draft, envelope in zip(group, stored, strict=True):
            draft.turn.settle()
            self._sender.stored(envelope)
        return True

    async def _commit_singly(self, group: Sequence[_Draft]) -> bool:
        """One event of an adapter cannot be written as JSON: find it and leave it out."""
        if len(group) == 1:
            log.error("event lost: it cannot be written: %r", group[0].event)
            self._lost += 1
            self._give_up(group[0])
            return True
        while group and await self._commit(group[:1]):
            group = group[1:]
        for draft in group:  # the spool failed meanwhile: again, in order, later
            self._draft(draft)
        return True

    def _tell_unstored(self, group: Sequence[_Draft]) -> None:
        """Show emergencies at once although they are not stored; the stored copy follows."""
        for draft in group:
            if is_urgent(draft.event) and not draft.told:
                draft.told = True
                self._sender.unstored(EventEnvelope(draft.id, self._gateway, None, draft.event))
