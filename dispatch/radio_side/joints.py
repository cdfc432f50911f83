"""The two ways to be joined to gateways: a bus in memory, or a broker."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from datetime import datetime
from typing import Protocol

from dispatch.background import Background
from dispatch.health import Check, Health
from dispatch.live.hub import Hub
from dispatch.radio_side.own_gateway import OwnGateway
from dispatch.radio_side.passing import NAME, Relay, take_values
from radio_gateway.bus.broker import Broker, Contact
from radio_gateway.bus.memory import MemoryBus
from radio_gateway.bus.mqtt_dispatch import DispatchMqttBus, Role
from radio_gateway.config import GatewaySettings
from radio_gateway.domain.ports import DispatchBus
from radio_gateway.domain.wire import EventEnvelope


class Joint(Protocol):
    """How one process is joined to its gateways."""

    @property
    def bus(self) -> DispatchBus:
        """For orders and reports, whoever writes."""
        ...

    def writer_bus(self) -> AbstractAsyncContextManager[DispatchBus]:
        """For events and receipts, as long as this process writes."""
        ...

    def running(
        self, tasks: Background, writing: Callable[[], bool]
    ) -> AbstractAsyncContextManager[None]:
        """Joined within the block."""
        ...

    def watch(self, health: Health) -> None:
        """Tell how it goes."""
        ...

    def numbers(self) -> Mapping[str, float]:
        """For /metrics."""
        ...


class MemoryJoint:
    """The gateway in this very process; None: there are no base stations at all."""

    def __init__(self, settings: GatewaySettings | None) -> None:
        self.bus = MemoryBus()
        self.gateway = None if settings is None else OwnGateway(settings, self.bus)

    def writer_bus(self) -> AbstractAsyncContextManager[DispatchBus]:
        """The same bus."""
        return nullcontext(self.bus)

    @asynccontextmanager
    async def running(self, tasks: Background, writing: Callable[[], bool]) -> AsyncIterator[None]:  # noqa: ARG002  the other joint's business
        """Run the gateway within the block; what it received is taken before the block ends."""
        try:
            async with nullcontext() if self.gateway is None else self.gateway.running():
                yield
        finally:
            await self.bus.close()

    def watch(self, health: Health) -> None:
        """Tell how the gateway and its links are."""
        if self.gateway is not None:
            health.needed["gateway"] = self.gateway.check
            health.informing["links"] = self.gateway.links_check

    def numbers(self) -> Mapping[str, float]:
        """Counters of the gateway."""
        return {} if self.gateway is None else self.gateway.numbers()


class BrokerJoint:
    """Gateways elsewhere, behind a broker."""

    def __init__(
        self,
        broker: Broker,
        hub: Hub,
        heard: Callable[[Sequence[EventEnvelope]], None],
        now: Callable[[], datetime],
    ) -> None:
        """`heard` is told of alarms that another process is to store."""
        self._broker = broker
        self._hub = hub
        self._heard = heard
        self._now = now
        self._relay = Relay()
        self.bus = DispatchMqttBus(broker, Role.FOLLOWER, now)

    @property
    def contact(self) -> Contact:
        """Whether the broker is there."""
        return self.bus.contact

    @asynccontextmanager
    async def writer_bus(self) -> AsyncIterator[DispatchBus]:
        """A second session, which events come to; it passes values on to other servers."""
        tasks = Background()
        bus = DispatchMqttBus(self._broker, Role.WRITER, self._now)
        tasks.start("broker, as the writer", bus.run)
        tasks.start("passing values", lambda: self._relay.run(bus))
        self._hub.relay = self._relay.put
        try:
            yield bus
        finally:
            self._hub.relay = None
            await bus.close()
            await tasks.stop()

    @asynccontextmanager
    async def running(self, tasks: Background, writing: Callable[[], bool]) -> AsyncIterator[None]:
        """In contact with the broker within the block, as soon as there is one."""
        tasks.start("broker", self.bus.run)
        tasks.start("values of the writer", lambda: self._take_values(writing))
        tasks.start("alarms beside the writer", lambda: self._take_alarms(writing))
        try:
            yield
        finally:
            await self.bus.close()

    def watch(self, health: Health) -> None:
        """Tell whether the broker is there: consoles and orders go on without it."""
        health.informing["broker"] = self._check

    def numbers(self) -> Mapping[str, float]:
        """Whether the broker is there."""
        return {"sardze_broker_connected": float(self.contact.connected)}

    async def _check(self) -> Check:
        return Check(ok=self.contact.connected, reason=self.contact.reason)

    async def _take_alarms(self, writing: Callable[[], bool]) -> None:
        async for envelopes in self.bus.events():
            if not writing():
                self._heard(envelopes)

    async def _take_values(self, writing: Callable[[], bool]) -> None:
        async for name, data in self.bus.passing():
            if name == NAME and not writing():
                take_values(self._hub, data)
