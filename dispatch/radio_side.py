"""The gateway within the server's own process, joined by a bus in memory."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final

from dispatch.background import Background
from dispatch.health import Check, Health
from dispatch.ingest.chores import Chores
from dispatch.ingest.service import Ingest
from dispatch.metrics import Metrics
from dispatch.shared import Shared
from radio_gateway.bus.memory import MemoryBus
from radio_gateway.config import GatewaySettings
from radio_gateway.spool import SpoolError
from radio_gateway.supervisor import Gateway, GatewayStatus

log = logging.getLogger(__name__)

READY_S: Final = 5.0
"Longest wait for the links' first attempt to open."
STOP_S: Final = 15.0
"Longest wait for the gateway to end calls and hand over what it has."
RETRY_S: Final = 5.0
WATCH_S: Final = 5.0


class RadioSide:
    """Gateway, bus, ingest and timers of one server."""

    def __init__(self, settings: GatewaySettings | None, shared: Shared) -> None:
        """Build all; `settings` is None for a server without base stations."""
        self._shared = shared
        self.bus = MemoryBus()
        self.ingest = Ingest(shared, self.bus)
        self._chores = Chores(shared)
        self._gateway = None if settings is None else Gateway(settings, self.bus)
        self._stop = asyncio.Event()
        self._fault: str | None = None
        self._status: GatewayStatus | None = None

    @asynccontextmanager
    async def running(self, tasks: Background) -> AsyncIterator[None]:
        """Receive and send within the block; what was received is stored before it ends."""
        tasks.start("ingest", self.ingest.run)
        gateway: asyncio.Task[None] | None = None
        if self._gateway is not None:
            gateway = asyncio.create_task(self._keep_gateway(self._gateway), name="gateway")
            tasks.start("gateway watch", self._watch)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(READY_S):
                    await self._gateway.ready.wait()
        # commands go out once a gateway listens
        await self._chores.start()
        tasks.start("commands", lambda: self._shared.outbox.run(self.bus))
        tasks.start("timers", self._chores.run)
        try:
            yield
        finally:
            self._stop.set()
            if gateway is not None:
                await _ended(gateway, STOP_S)
            await self.bus.close()

    def watch(self, health: Health, metrics: Metrics) -> None:
        """Tell how it goes."""
        health.needed["ingest"] = self._ingest_check
        if self._gateway is not None:
            health.needed["gateway"] = self._gateway_check
            health.informing["links"] = self._links_check
        metrics.watch(self._numbers, "State of the radio side.")

    async def _keep_gateway(self, gateway: Gateway) -> None:
        """Run the gateway until the stop; a spool in trouble is tried again."""
        while not self._stop.is_set():
            try:
                await gateway.run(self._stop)
            except* SpoolError as group:
                self._fault = str(group.exceptions[0])
                log.error("the gateway waits for its spool: %s", self._fault)  # noqa: TRY400
            except* Exception as group:
                self._fault = f"{type(group.exceptions[0]).__name__}, see the log"
                log.exception("the gateway failed; it starts again")
            else:
                self._fault = None
                continue
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(RETRY_S):
                    await self._stop.wait()

    async def _watch(self) -> None:
        assert self._gateway is not None  # noqa: S101 - started only with one
        await self._gateway.ready.wait()
        while True:
            try:
                self._status = await self._gateway.status()
            except SpoolError as error:
                log.warning("%s", error)
            await asyncio.sleep(WATCH_S)

    async def _ingest_check(self) -> Check:
        trouble = self.ingest.trouble
        return Check(ok=trouble is None, reason=trouble or f"{self.ingest.waiting} events wait")

    async def _gateway_check(self) -> Check:
        fault = self._fault
        if fault is None and self._status is not None and self._status.outbox is not None:
            fault = self._status.outbox.fault
        return Check(ok=fault is None, reason=fault or "running")

    async def _links_check(self) -> Check:
        links = () if self._status is None else self._status.links
        down = [f"{link.name}: {link.reason}" for link in links if not link.open]
        return Check(ok=not down, reason="; ".join(down) or f"{len(links)} ports are open")

    def _numbers(self) -> Mapping[str, float]:
        numbers: dict[str, float] = {
            "sardze_ingest_stored": self.ingest.stored,
            "sardze_ingest_rejected": self.ingest.rejected,
            "sardze_ingest_waiting": self.ingest.waiting,
            "sardze_commands_waiting": self._shared.outbox.waiting,
            "sardze_emergencies_unshown": self._chores.alarms.overdue,
        }
        status = self._status
        if status is not None:
            numbers["sardze_gateway_links"] = len(status.links)
            numbers["sardze_gateway_links_open"] = sum(link.open for link in status.links)
            ports = [port for link in status.links for port in link.ports]
            numbers["sardze_gateway_frames_received"] = sum(port.received for port in ports)
            numbers["sardze_gateway_frames_sent"] = sum(port.sent for port in ports)
            numbers["sardze_gateway_kernel_drops"] = sum(port.kernel_drops for port in ports)
            if status.outbox is not None:
                numbers["sardze_spool_depth"] = status.outbox.depth
                numbers["sardze_spool_octets"] = status.outbox.size
                numbers["sardze_events_lost"] = status.outbox.lost
                numbers["sardze_events_shed"] = sum(status.outbox.shed.values())
        return numbers


async def _ended(task: asyncio.Task[None], seconds: float) -> None:
    """Wait for a task to end by itself, then insist."""
    _, unfinished = await asyncio.wait({task}, timeout=seconds)
    if unfinished:
        log.warning("%s did not end in %.0f s; it is cut off", task.get_name(), seconds)
        task.cancel()
        await asyncio.wait({task})
