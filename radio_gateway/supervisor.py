"""The gateway as a whole: opens links, stores and publishes events, routes commands.

async with asyncio.TaskGroup() as tasks:
    gateway = Gateway(load_file(path), bus)
    tasks.create_task(gateway.run(stop))
"""

import asyncio
import logging
import secrets
from collections import OrderedDict
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from radio_gateway.adapters.kinds.base import Entropy
from radio_gateway.config import GatewaySettings
from radio_gateway.domain.commands import Command
from radio_gateway.domain.events import Event, LinkHealth, TextFailure
from radio_gateway.domain.ports import GatewayBus
from radio_gateway.domain.wire import CommandEnvelope
from radio_gateway.link_runner import LinkRunner
from radio_gateway.link_status import LinkStatus
from radio_gateway.links import clock as system
from radio_gateway.links.clock import Clock
from radio_gateway.outbox import RETRY_S, Outbox, OutboxStatus
from radio_gateway.recording import service as recorder
from radio_gateway.recording.ring import FrameRing, Record
from radio_gateway.reporting import Reporter
from radio_gateway.routing import Refusal, Router, answer
from radio_gateway.spool import Spool, SpoolError, open_spool
from radio_gateway.watchdog import Watchdog, watching

log = logging.getLogger(__name__)

CLOSING_S: Final = 5.0
"Seconds that links and bus have to finish when the gateway stops."
COMMANDS_KEPT: Final = timedelta(days=7)
"A command's key is remembered for this long; repeating it has no effect."


@dataclass(frozen=True, slots=True)
class GatewayStatus:
    """For health pages: every link, the spool, what was shed."""

    gateway: str
    links: tuple[LinkStatus, ...]
    outbox: OutboxStatus | None
    "None: not running."


class Gateway:
    """All links of one configuration; `run` works until it is told to stop."""

    def __init__(
        self,
        settings: GatewaySettings,
        bus: GatewayBus,
        *,
        sole: bool = True,
        clock: Clock = system.now,
        entropy: Entropy = secrets.token_bytes,
        retry_s: float = RETRY_S,
    ) -> None:
        """Build every adapter; nothing is opened before `run`.

        `sole`: no other gateway is on this bus, so commands for unknown networks are answered
        here. `retry_s`: seconds without receipt after which an event is published again.
        """
        self._settings = settings
        self._bus = bus
        self._sole = sole
        self._clock = clock
        self._retry_s = retry_s
        self._outbox: Outbox | None = None
        self._taken: OrderedDict[str, None] = OrderedDict()
        self.links = tuple(
            LinkRunner(entry, self._take, clock, entropy, self._ring()) for entry in settings.links
        )
        self._by_name = {link.name: link for link in self.links}
        self._router = Router(self.links)
        self._reporter = Reporter(settings, self.links, bus, clock)
        for link in self.links:
            link.on_change = self._reporter.change
        self.ready = asyncio.Event()
        "Set once every link was tried to open for the first time."

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set, then end calls, store and hand over what is left.

        Raises:
            SpoolError: the spool cannot be used.
        """
        settings = self._settings
        async with open_spool(settings.spool_path, settings.id, settings.spool_limit) as spool:
            outbox = Outbox(spool, self._bus, settings.id, self._clock, retry_s=self._retry_s)
            outbox.on_change = self._reporter.change
            self._outbox = outbox
            try:
                with watching(asyncio.get_running_loop()) as watchdog:
                    async with self._recorder():
                        await self._run(stop, spool, outbox, watchdog)
            finally:
                self._outbox = None

    def recording(self) -> dict[str, list[Record]]:
        """The newest frames of every link, by its name; empty when nothing is recorded."""
        return {link.name: link.recording() for link in self.links}

    async def status(self) -> GatewayStatus:
        """What the health page shows."""
        outbox = None if self._outbox is None else await self._outbox.status()
        links = tuple(link.status() for link in self.links)
        return GatewayStatus(self._settings.id, links, outbox)

    async def _run(
        self, stop: asyncio.Event, spool: Spool, outbox: Outbox, watchdog: Watchdog
    ) -> None:
        async with asyncio.TaskGroup() as tasks:
            helpers = [
                tasks.create_task(outbox.run(), name="outbox"),
                tasks.create_task(self._take_commands(spool), name="commands"),
                tasks.create_task(self._reporter.run(outbox, watchdog), name="reports"),
            ]
            links = [tasks.create_task(link.run(), name=f"link {link.name}") for link in self.links]
            log.info("gateway %s: %d links", self._settings.id, len(links))
            await asyncio.sleep(0)  # every link task makes its first attempt
            self.ready.set()
            await stop.wait()
            log.info("gateway %s: stopping", self._settings.id)
            for link in self.links:
                link.stop()
            await asyncio.wait(links, timeout=CLOSING_S)
            try:
                async with asyncio.timeout(CLOSING_S):
                    await outbox.drain()
            except TimeoutError:
                log.warning("dispatch takes no events; what it lacks stays in the spool")
            for task in (*links, *helpers):
                task.cancel()

    def _ring(self) -> FrameRing | None:
        limit = self._settings.recorder_limit
        return FrameRing(limit) if limit else None

    def _recorder(self) -> AbstractAsyncContextManager[None]:
        if not self._settings.recorder_limit:
            return nullcontext()
        return recorder.serving(self._settings.spool_path.parent, self.recording)

    def _take(self, events: list[Event]) -> asyncio.Future[None] | None:
        """Where every link's events go."""
        for event in events:
            self._router.heard(event)
            if isinstance(event, LinkHealth):
                self._reporter.heard(event)
        if self._outbox is None:  # a link that outlived the spool while closing
            return None
        return self._outbox.submit([event for event in events if self._router.is_final(event)])

    async def _take_commands(self, spool: Spool) -> None:
        async for envelope in self._bus.commands(self._settings.id):
            if not await self._is_new(envelope, spool):
                log.info("command %s came again; ignored", envelope.command.command)
                continue
            now = self._clock()
            if envelope.expires_at is not None and envelope.expires_at <= now.utc:
                late = "it expired before it could be sent"
                self._answer(envelope.command, late, TextFailure.EXPIRED)
            else:
                self._route(envelope)

    async def _is_new(self, envelope: CommandEnvelope, spool: Spool) -> bool:
        """Whether this command was never carried out here, not even before a restart."""
        key = envelope.command.command
        if key in self._taken:
            return False
        self._taken[key] = None
        if len(self._taken) > 10_000:
            self._taken.popitem(last=False)
        now = self._clock().utc
        try:
            return await spool.take_command(key, now, now - COMMANDS_KEPT)
        except SpoolError as error:
            log.warning("command %s is carried out unrecorded: %s", key, error)
            return True

    def _route(self, envelope: CommandEnvelope) -> None:
        command = envelope.command
        chosen = self._router.route(command)
        if not isinstance(chosen, Refusal):
            for destination in chosen:
                self._by_name[destination.name].command(command)
        elif chosen.served or self._sole or envelope.gateway == self._settings.id:
            log.warning("command %s refused: %s", command.command, chosen.reason)
            self._answer(command, chosen.reason, chosen.failure, chosen.link, refused=True)

    def _answer(
        self,
        command: Command,
        detail: str,
        failure: TextFailure,
        link: str | None = None,
        *,
        refused: bool = False,
    ) -> None:
        name = link if link is not None else self.links[0].name
        self._take([answer(command, name, self._clock(), detail, failure, refused=refused)])


async def run_gateway(settings: GatewaySettings, bus: GatewayBus, *, stop: asyncio.Event) -> None:
    """Run one gateway until `stop` is set; raises SpoolError when the spool cannot be used."""
    await Gateway(settings, bus).run(stop)
