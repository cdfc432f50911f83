"""What the gateway says of itself: at once when something changes, and every few seconds."""

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from radio_gateway.bus.errors import BusError
from radio_gateway.config import GatewaySettings, LinkEntry
from radio_gateway.domain.events import LinkHealth
from radio_gateway.domain.ports import GatewayBus
from radio_gateway.domain.report import GatewayReport, LinkReport, PortReport, SpoolReport
from radio_gateway.link_runner import LinkRunner
from radio_gateway.link_status import LinkStatus, PortStatus
from radio_gateway.links.clock import Clock, JumpWatch
from radio_gateway.outbox import Outbox, OutboxStatus
from radio_gateway.spool import SpoolError
from radio_gateway.watchdog import Watchdog

log = logging.getLogger(__name__)

EVERY_S: Final = 2.0
SOONEST_S: Final = 0.1
"Changes that come closer together are told together."


class Reporter:
    """Gathers and tells; also logs what only counters show."""

    def __init__(
        self, settings: GatewaySettings, links: Sequence[LinkRunner], bus: GatewayBus, clock: Clock
    ) -> None:
        self._settings = settings
        self._links = links
        self._bus = bus
        self._clock = clock
        self._started_at = clock().utc
        self._jumps = JumpWatch(clock)
        self._health: dict[tuple[str, str | None], LinkHealth] = {}
        self._spool: SpoolReport | None = None
        self._spool_fault: str | None = None
        self._drops: dict[tuple[str, str], int] = {}
        self._changed = asyncio.Event()

    def change(self) -> None:
        """Something changed that dispatch should know at once."""
        self._changed.set()

    def heard(self, health: LinkHealth) -> None:
        """An adapter's counters of a link, or of one site behind it."""
        self._health[health.link, health.site] = health

    async def run(self, outbox: Outbox, watchdog: Watchdog) -> None:
        """Report until cancelled; a bus or a spool in trouble is tried again."""
        while True:
            self._changed.clear()
            if self._jumps.look():
                log.warning("the clock of this machine jumped by %.1f s", self._jumps.size_s)
            await self._report(outbox, watchdog)
            await asyncio.sleep(SOONEST_S)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(EVERY_S - SOONEST_S):
                    await self._changed.wait()

    async def _report(self, outbox: Outbox, watchdog: Watchdog) -> None:
        try:
            self._spool = spool_report(await outbox.status())
        except SpoolError as error:
            if str(error) != self._spool_fault:
                log.warning("the spool does not tell how it is: %s", error)
            self._spool_fault = str(error)
            if self._spool is not None:  # as it was before, and why nothing newer is known
                self._spool = replace(self._spool, fault=str(error))
        else:
            self._spool_fault = None
        statuses = [link.status() for link in self._links]
        for status in statuses:
            for port in status.ports:
                self._note_drops(status.name, port)
        report = GatewayReport(
            gateway=self._settings.id,
            at=self._clock().utc,
            started_at=self._started_at,
            version=program_version(),
            online=True,
            links=tuple(
                self._link_report(link, status)
                for link, status in zip(self._links, statuses, strict=True)
            ),
            spool=self._spool,
            loop_lag_s=round(watchdog.take_lag(), 3),
            clock_jump_s=round(self._jumps.size_s, 3),
            clock_jump_at=self._jumps.at,
        )
        try:
            await self._bus.report(report)
        except BusError as error:
            log.debug("the report was not taken: %s", error)

    def _link_report(self, link: LinkRunner, status: LinkStatus) -> LinkReport:
        counted = [health for (name, _), health in self._health.items() if name == link.name]
        return link_report(
            link.entry,
            status,
            frames=sum(health.frames for health in counted),
            malformed=sum(health.malformed for health in counted),
        )

    def _note_drops(self, link: str, port: PortStatus) -> None:
        before = self._drops.get((link, port.endpoint), 0)
        self._drops[link, port.endpoint] = port.kernel_drops
        if port.kernel_drops > before:
            log.warning(
                "link %s: %d datagrams lost in the kernel on %s; this machine is too slow"
                " or net.core.rmem_max too small",
                link,
                port.kernel_drops - before,
                port.address,
            )


def first_report(settings: GatewaySettings, at: datetime) -> GatewayReport:
    """What can be said before the start: the links as configured, none of them open."""
    return GatewayReport(
        gateway=settings.id,
        at=at,
        started_at=at,
        version=program_version(),
        online=True,
        links=tuple(
            link_report(entry, LinkStatus(entry.name, open=False, reason="not opened yet"))
            for entry in settings.links
        ),
    )


def link_report(
    entry: LinkEntry, status: LinkStatus, frames: int = 0, malformed: int = 0
) -> LinkReport:
    """A link as configured, and how it is."""
    capabilities = entry.kind.capabilities
    return LinkReport(
        name=entry.name,
        kind=entry.settings.kind,
        title=capabilities.title,
        network=entry.settings.network,
        site=getattr(entry.settings, "site", None),
        abilities=tuple(sorted(capabilities.abilities)),
        text_limit=capabilities.text_limit,
        open=status.open,
        reason=status.reason,
        frames=frames,
        malformed=malformed,
        faults=status.faults,
        ports=tuple(_port_report(port) for port in status.ports),
    )


def spool_report(status: OutboxStatus) -> SpoolReport:
    """How the spool is, in the words of the bus."""
    return SpoolReport(
        depth=status.depth,
        oldest_heard_at=status.oldest_heard_at,
        size=status.size,
        limit=status.limit,
        unstored=status.unstored,
        lost=status.lost,
        resent=status.resent,
        shed=status.shed,
        fault=status.fault,
        shedding_since=status.shedding_since,
        epoch=status.epoch,
        gone=status.gone,
    )


def program_version() -> str:
    """The installed version; `unknown` where nothing is installed."""
    try:
        return version("sardze")
    except PackageNotFoundError:
        return "unknown"


def _port_report(port: PortStatus) -> PortReport:
    return PortReport(
        endpoint=port.endpoint,
        address=port.address,
        received=port.received,
        sent=port.sent,
        oversized=port.oversized,
        throttled=port.throttled,
        unsent=port.unsent,
        kernel_drops=port.kernel_drops,
        buffer=port.buffer,
        buffer_wanted=port.buffer_wanted,
    )
