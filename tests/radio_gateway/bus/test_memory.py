"""The in-process bus: order, back-pressure and a clean end."""

import asyncio
from datetime import UTC, datetime

import pytest

from radio_gateway.bus.errors import BusClosedError
from radio_gateway.bus.memory import BATCHES, MemoryBus
from radio_gateway.domain.commands import RadioCheck
from radio_gateway.domain.events import StatusReceived
from radio_gateway.domain.ids import RadioId
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.report import GatewayReport
from radio_gateway.domain.wire import CommandEnvelope, EventEnvelope, Receipt
from tests.radio_gateway.support import eventually

AT = Moment(0.0, datetime(2026, 3, 1, tzinfo=UTC))
RADIO = RadioId("liepaja", 101)


def envelope(number: int) -> EventEnvelope:
    event = StatusReceived(link="east", at=AT, radio=RADIO, status=number)
    return EventEnvelope(str(number), "coast", number, event)


def command(gateway: str) -> CommandEnvelope:
    return CommandEnvelope("1", gateway, RadioCheck(command="k", radio=RADIO))


async def test_batches_arrive_in_order() -> None:
    bus = MemoryBus()
    await bus.publish([envelope(1), envelope(2)])
    await bus.publish([])
    await bus.publish([envelope(3)])
    await bus.close()
    batches = [[item.seq for item in batch] async for batch in bus.events()]
    assert batches == [[1, 2], [3]]


async def test_a_publisher_waits_for_a_slow_reader_and_loses_nothing() -> None:
    bus = MemoryBus()
    published = 0

    async def publish() -> None:
        nonlocal published
        for number in range(3 * BATCHES):
            await bus.publish([envelope(number)])
            published += 1
        await bus.close()

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(publish())
        await eventually(lambda: published >= BATCHES)
        for _ in range(20):
            await asyncio.sleep(0)
        assert published == BATCHES
        seen = [item.seq async for batch in bus.events() for item in batch]
    assert seen == list(range(3 * BATCHES))


async def test_receipts_and_commands_reach_their_gateway_only() -> None:
    bus = MemoryBus()
    await bus.acknowledge(Receipt("coast", ("1",)))
    await bus.acknowledge(Receipt("port", ("2",)))
    await bus.send(command("port"))
    port = bus.commands("port")
    assert (await anext(port)).gateway == "port"
    assert (await anext(bus.receipts("coast"))).ids == ("1",)
    assert (await anext(bus.receipts("port"))).ids == ("2",)


async def test_a_command_for_any_gateway_reaches_all_that_listen() -> None:
    bus = MemoryBus()
    readers = [bus.commands("coast"), bus.commands("port")]
    await bus.send(command("*"))
    assert [(await anext(reader)).id for reader in readers] == ["1", "1"]


async def test_closing_frees_waiting_readers_and_writers() -> None:
    bus = MemoryBus()
    for number in range(BATCHES):
        await bus.publish([envelope(number)])
    async with asyncio.timeout(5):
        writer = asyncio.create_task(bus.publish([envelope(99)]))
        reader = asyncio.create_task(anext(bus.receipts("coast"), None))
        await asyncio.sleep(0)
        await bus.close()
        with pytest.raises(BusClosedError):
            await writer
        assert await reader is None
    with pytest.raises(BusClosedError):
        await bus.send(command("coast"))


def report_of(gateway: str, second: int) -> GatewayReport:
    at = datetime(2026, 5, 4, 12, 0, second, tzinfo=UTC)
    return GatewayReport(gateway, at, at, "1", online=True)


async def test_an_unread_report_gives_way_to_a_newer_one() -> None:
    bus = MemoryBus()
    await bus.report(report_of("liepaja", 1))
    await bus.report(report_of("palanga", 2))
    await bus.report(report_of("liepaja", 3))
    await bus.close()
    found = [(one.gateway, one.at.second) async for one in bus.reports()]
    assert found == [("palanga", 2), ("liepaja", 3)]
