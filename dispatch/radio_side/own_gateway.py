"""The gateway within the server's own process, joined by a bus in memory."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final

from dispatch.health import Check
from radio_gateway.config import GatewaySettings
from radio_gateway.domain.ports import Bus
from radio_gateway.spool import SpoolError
from radio_gateway.supervisor import Gateway, GatewayStatus

log = logging.getLogger(__name__)

READY_S: Final = 5.0
"Longest wait for the links' first attempt to open."
STOP_S: Final = 15.0
"Longest wait for the gateway to end calls and hand over what it has."
RETRY_S: Final = 5.0
WATCH_S: Final = 5.0


class OwnGateway:
    """Keeps one gateway going, and knows how it is."""

    def __init__(self, settings: GatewaySettings, bus: Bus) -> None:
        self._gateway = Gateway(settings, bus)
        self._stop = asyncio.Event()
        self._fault: str | None = None
        self.status: GatewayStatus | None = None
        "As of the last few seconds."

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Receive and send within the block; its end hands over what was received."""
        gateway = asyncio.create_task(self._keep(), name="gateway")
        watch = asyncio.create_task(self._watch(), name="gateway watch")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(READY_S):
                await self._gateway.ready.wait()
        try:
            yield
        finally:
            self._stop.set()
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)
            await _ended(gateway, STOP_S)

    @property
    def fault(self) -> str | None:
        """Why it does not work at the moment."""
        if self._fault is None and self.status is not None and self.status.outbox is not None:
            return self.status.outbox.fault
        return self._fault

    async def check(self) -> Check:
        """Whether it works."""
        return Check(ok=self.fault is None, reason=self.fault or "running")

    async def links_check(self) -> Check:
        """Whether all its ports are open."""
        links = () if self.status is None else self.status.links
        down = [f"{link.name}: {link.reason}" for link in links if not link.open]
        return Check(ok=not down, reason="; ".join(down) or f"{len(links)} ports are open")

    def numbers(self) -> Mapping[str, float]:
        """Counters, for /metrics."""
        status = self.status
        if status is None:
            return {}
        ports = [port for link in status.links for port in link.ports]
        numbers: dict[str, float] = {
            "sardze_gateway_links": len(status.links),
            "sardze_gateway_links_open": sum(link.open for link in status.links),
            "sardze_gateway_frames_received": sum(port.received for port in ports),
            "sardze_gateway_frames_sent": sum(port.sent for port in ports),
            "sardze_gateway_kernel_drops": sum(port.kernel_drops for port in ports),
        }
        if status.outbox is not None:
            numbers["sardze_spool_depth"] = status.outbox.depth
            numbers["sardze_spool_octets"] = status.outbox.size
            numbers["sardze_events_lost"] = status.outbox.lost
            numbers["sardze_events_shed"] = sum(status.outbox.shed.values())
        return numbers

    async def _keep(self) -> None:
        """Run the gateway until the stop; a spool in trouble is tried again."""
        while not self._stop.is_set():
            try:
                await self._gateway.run(self._stop)
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
        await self._gateway.ready.wait()
        while True:
            try:
                self.status = await self._gateway.status()
            except SpoolError as error:
                log.warning("%s", error)
            await asyncio.sleep(WATCH_S)


async def _ended(task: asyncio.Task[None], seconds: float) -> None:
    """Wait for a task to end by itself, then insist."""
    _, unfinished = await asyncio.wait({task}, timeout=seconds)
    if unfinished:
        log.warning("%s did not end in %.0f s; it is cut off", task.get_name(), seconds)
        task.cancel()
        await asyncio.wait({task})
