"""Both sides of a bus over a real broker, and values to send."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

import aiomqtt

from radio_gateway.backoff import Backoff
from radio_gateway.bus.broker import Broker
from radio_gateway.bus.mqtt_dispatch import DispatchMqttBus, Role, dispatch_bus
from radio_gateway.bus.mqtt_gateway import GatewayMqttBus, gateway_bus
from radio_gateway.domain.commands import RadioCheck
from radio_gateway.domain.events import (
    EmergencyRaised,
    EmergencySource,
    PositionReported,
    PositionSource,
    StatusReceived,
)
from radio_gateway.domain.geo import GeoPoint
from radio_gateway.domain.ids import RadioId
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.report import GatewayReport
from radio_gateway.domain.wire import CommandEnvelope, EventEnvelope
from tests.fakes.broker import Mosquitto

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
MOMENT = Moment(0.0, AT)
RADIO = RadioId("liepaja", 101)
PATIENCE_S = 30.0
ITEM = TypeVar("ITEM")


def now() -> datetime:
    """The tests' own clock stands still."""
    return AT


def status(number: int, gateway: str = "coast") -> EventEnvelope:
    """A durable event with its number as key."""
    event = StatusReceived(link="east", at=MOMENT, radio=RADIO, status=number % 100)
    return EventEnvelope(str(number), gateway, number, event, "spool-1")


def position(number: int, gateway: str = "coast") -> EventEnvelope:
    """An event that may be shed."""
    event = PositionReported(
        link="east",
        at=MOMENT,
        radio=RADIO,
        point=GeoPoint(56.5, 21.0),
        source=PositionSource.TRIGGERED,
    )
    return EventEnvelope(f"p{number}", gateway, None, event)


def emergency(number: int, gateway: str = "coast", raw: bytes = b"") -> EventEnvelope:
    event = EmergencyRaised(
        link="east", at=MOMENT, radio=RADIO, source=EmergencySource.ALARM, raw=raw
    )
    return EventEnvelope(str(number), gateway, number, event, "spool-1")


def check(key: str, gateway: str = "coast", expires_at: datetime | None = None) -> CommandEnvelope:
    return CommandEnvelope(
        f"envelope-{key}", gateway, RadioCheck(command=key, radio=RADIO), expires_at
    )


def report(gateway: str = "coast", version: str = "1") -> GatewayReport:
    return GatewayReport(gateway, AT, AT, version, online=True)


def impatient() -> Backoff:
    """Tries again at once, as a test wants it."""
    return Backoff(first=0.02, longest=0.1)


def broker_at(where: Mosquitto | Broker, **more: Any) -> Broker:
    """Where a bus of ours finds the broker."""
    return where if isinstance(where, Broker) else Broker("127.0.0.1", where.port, **more)


@asynccontextmanager
async def gateway_at(
    where: Mosquitto | Broker, name: str = "coast", **more: Any
) -> AsyncIterator[GatewayMqttBus]:
    """A gateway's side, connected."""
    broker = broker_at(where, **more)
    async with gateway_bus(broker, report(name), now, backoff=impatient()) as bus:
        await connected(bus)
        yield bus


@asynccontextmanager
async def dispatch_at(
    where: Mosquitto | Broker, role: Role = Role.WRITER
) -> AsyncIterator[DispatchMqttBus]:
    """Dispatch's side, connected."""
    async with dispatch_bus(broker_at(where), role, now, backoff=impatient()) as bus:
        await connected(bus)
        yield bus


@asynccontextmanager
async def stranger(mosquitto: Mosquitto, **login: Any) -> AsyncIterator[aiomqtt.Client]:
    """Somebody else's client: no code of ours."""
    protocol = aiomqtt.ProtocolVersion.V5
    async with aiomqtt.Client("127.0.0.1", mosquitto.port, protocol=protocol, **login) as client:
        yield client


async def connected(bus: GatewayMqttBus | DispatchMqttBus, wanted: bool = True) -> None:
    """Wait until the bus is in contact with its broker, or out of it."""
    async with asyncio.timeout(PATIENCE_S):
        async for contact in bus.contacts():
            if contact.connected is wanted:
                return


async def first(items: AsyncIterator[ITEM]) -> ITEM:
    """The next item; fails when none comes."""
    async with asyncio.timeout(PATIENCE_S):
        return await anext(items)


async def numbers(batches: AsyncIterator[Sequence[EventEnvelope]], last: str) -> list[str]:
    """Keys of the events as they come, up to the one with this key."""
    found: list[str] = []
    async with asyncio.timeout(PATIENCE_S):
        async for batch in batches:
            found += [one.id for one in batch]
            if last in found:
                break
    return found
