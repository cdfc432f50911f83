"""What gateways report of themselves, for the whole process."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Final

from sqlalchemy.exc import InterfaceError, OperationalError

from dispatch.links.catalogue import traits_of
from dispatch.links.consumer import on_report
from dispatch.links.service import known_links
from dispatch.shared import Shared
from radio_gateway.domain.ports import DispatchBus
from radio_gateway.domain.report import GatewayReport

log = logging.getLogger(__name__)

RETRY_S: Final = 1.0


class GatewayReports:
    """Every process hears all reports; the one that writes also keeps what changes."""

    def __init__(self, shared: Shared, bus: DispatchBus) -> None:
        self._shared = shared
        self._bus = bus
        self._newest: dict[str, GatewayReport] = {}
        self._unkept: dict[str, GatewayReport] = {}
        self._wake = asyncio.Event()
        self._listeners: list[Callable[[GatewayReport], None]] = []

    @property
    def newest(self) -> Mapping[str, GatewayReport]:
        """By name of the gateway."""
        return self._newest

    def on_report(self, listener: Callable[[GatewayReport], None]) -> None:
        """Be told of every report."""
        self._listeners.append(listener)

    async def load(self) -> None:
        """Know the links of all gateways as they said last, before any of them speaks."""
        async with self._shared.database.read() as session:
            for gateway, links in (await known_links(session)).items():
                self._shared.catalogue.replace(gateway, links)

    async def run(self) -> None:
        """Take reports until the bus is closed."""
        async for report in self._bus.reports():
            self._take(report)

    async def keep(self, shared: Shared) -> None:
        """Store what changes until cancelled; `shared` is the writer's."""
        kept: dict[str, tuple[object, ...]] = {}
        self._unkept = dict(self._newest)
        self._wake.set()
        while True:
            await self._wake.wait()
            self._wake.clear()
            waiting, self._unkept = self._unkept, {}
            for name, report in waiting.items():
                says = _of_record(report)
                if kept.get(name) != says:
                    await self._store(shared, report)
                    kept[name] = says

    def _take(self, report: GatewayReport) -> None:
        self._newest[report.gateway] = report
        if report.links and self._shared.catalogue.replace(report.gateway, traits_of(report)):
            log.info("gateway %s has the links %s", report.gateway, ", ".join(traits_of(report)))
        for listener in self._listeners:
            listener(report)
        self._unkept[report.gateway] = report
        self._wake.set()

    async def _store(self, shared: Shared, report: GatewayReport) -> None:
        while True:
            try:
                async with shared.database.write() as session:
                    await on_report(session, shared, report)
            except (OperationalError, InterfaceError, OSError) as error:
                log.warning("report of gateway %s cannot be kept: %s", report.gateway, error)
                await asyncio.sleep(RETRY_S)
            else:
                return


def _of_record(report: GatewayReport) -> tuple[object, ...]:
    return report.online, report.version, traits_of(report)
