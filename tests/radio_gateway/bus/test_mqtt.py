"""The bus over a real broker: everything goes round, to the right side and in order."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from radio_gateway.bus.errors import BusClosedError, BusError
from radio_gateway.bus.mqtt_dispatch import Role
from radio_gateway.domain.wire import Receipt
from tests.fakes.broker import Mosquitto, running_broker
from tests.radio_gateway.bus.world import (
    AT,
    check,
    connected,
    dispatch_at,
    emergency,
    first,
    gateway_at,
    numbers,
    position,
    report,
    status,
    stranger,
)


@pytest.fixture
def broker() -> Iterator[Mosquitto]:
    with running_broker() as started:
        yield started


async def test_events_go_up_in_their_order_and_in_few_messages(broker: Mosquitto) -> None:
    async with dispatch_at(broker) as dispatch, gateway_at(broker) as gateway:
        sent = [status(number) for number in range(1, 251)]
        await gateway.publish(sent)
        await gateway.publish([])
        batches = dispatch.events()
        async with asyncio.timeout(10):
            sizes = [len(await anext(batches)) for _ in range(3)]
        assert sizes == [100, 100, 50]
        await gateway.publish([*sent[:2], status(301)])
        assert await numbers(batches, "301") == ["1", "2", "301"]


async def test_events_stay_here_until_somebody_reads_them(broker: Mosquitto) -> None:
    """A broker that forgot everything throws away what comes before dispatch has subscribed."""
    async with gateway_at(broker) as gateway:
        with pytest.raises(BusError, match="no dispatch has subscribed"):
            await gateway.publish([position(number) for number in range(1, 4)])
        async with dispatch_at(broker) as dispatch:
            sent = [position(number) for number in range(4, 7)]
            await gateway.publish(sent)
            assert await first(dispatch.events()) == sent


async def test_positions_fill_their_messages_although_presence_comes_between(
    broker: Mosquitto,
) -> None:
    async with dispatch_at(broker) as dispatch, gateway_at(broker) as gateway:
        await gateway.publish([position(1), status(1), position(2)])
        batches = dispatch.events()
        assert [one.id for one in await first(batches)] == ["1"]
        assert await first(batches) == [position(1), position(2)]


async def test_receipts_and_commands_reach_their_gateway_only(broker: Mosquitto) -> None:
    receipt = Receipt("coast", ("a", "b"), "spool-1", ((3, 4), (9, 9)))
    async with (
        dispatch_at(broker) as dispatch,
        gateway_at(broker) as coast,
        gateway_at(broker, "port") as port,
    ):
        await dispatch.acknowledge(receipt)
        await dispatch.acknowledge(Receipt("port", ("c",)))
        await dispatch.send(check("for port", "port"))
        await dispatch.send(check("for coast"))
        assert await first(coast.receipts("coast")) == receipt
        assert await first(port.receipts("port")) == Receipt("port", ("c",))
        assert (await first(coast.commands("coast"))).command.command == "for coast"
        assert (await first(port.commands("port"))).command.command == "for port"
        with pytest.raises(ValueError, match="bus of gateway port"):
            port.commands("coast")


async def test_a_long_receipt_comes_in_several_messages(broker: Mosquitto) -> None:
    ids = tuple(f"{number:040}" for number in range(3000))
    async with dispatch_at(broker) as dispatch, gateway_at(broker) as gateway:
        await dispatch.acknowledge(Receipt("coast", ids, "e", ((1, 2),)))
        receipts = gateway.receipts("coast")
        got: list[str] = []
        wanted: list[tuple[int, int]] = []
        while len(got) < len(ids):
            piece = await first(receipts)
            got += piece.ids
            wanted += piece.wanted
        assert tuple(got) == ids
        assert wanted == [(1, 2)]


async def test_a_command_for_all_waits_for_a_gateway_that_is_away(broker: Mosquitto) -> None:
    async with dispatch_at(broker) as dispatch:
        with pytest.raises(BusError, match="no gateway has reported"):
            await dispatch.send(check("1", "*"))
        async with gateway_at(broker):
            await first(dispatch.reports())
        async with asyncio.timeout(10):
            while dispatch.gateways["coast"].online:
                await first(dispatch.reports())
        later = AT + timedelta(seconds=60)
        await dispatch.send(check("1", "*", later))
        async with gateway_at(broker) as back:
            assert await first(back.commands("coast")) == check("1", "*", later)


async def test_the_broker_is_told_when_a_command_expires(broker: Mosquitto) -> None:
    async with dispatch_at(broker) as dispatch, stranger(broker) as reader:
        await reader.subscribe("sardze/v1/coast/command/+", 1)
        await dispatch.send(check("1", "coast", AT + timedelta(seconds=59.5)))
        await dispatch.send(check("2", "coast", AT - timedelta(seconds=1)))
        await dispatch.send(check("3", "coast"))
        expiries = []
        for _ in range(3):
            message = await first(reader.messages)
            expiries.append(getattr(message.properties, "MessageExpiryInterval", None))
        assert expiries == [60, 1, None]


async def test_the_newest_report_is_kept_and_the_end_is_told(broker: Mosquitto) -> None:
    async with gateway_at(broker) as gateway:
        await gateway.report(report(version="2"))
        async with dispatch_at(broker) as dispatch:
            reports = dispatch.reports()
            assert await first(reports) == report(version="2")
            await gateway.report(report(version="3"))
            assert await first(reports) == report(version="3")
            await gateway.close()
            assert await first(reports) == replace(report(version="3"), online=False)
        with pytest.raises(BusClosedError):
            await gateway.publish([status(1)])


async def test_passing_values_reach_all_servers_even_large_ones(broker: Mosquitto) -> None:
    large = bytes(range(256)) * 1000
    async with (
        dispatch_at(broker) as writer,
        dispatch_at(broker, Role.FOLLOWER) as one,
        dispatch_at(broker, Role.FOLLOWER) as other,
    ):
        await writer.pass_on("positions", b'[{"radio":1}]')
        await writer.pass_on("positions", large)
        for server in (one, other):
            values = server.passing()
            assert await first(values) == ("positions", b'[{"radio":1}]')
            assert await first(values) == ("positions", large)
        with pytest.raises(ValueError, match="no name"):
            await writer.pass_on("two words", b"")


async def test_a_second_writer_takes_the_session_and_the_first_gives_way(
    broker: Mosquitto,
) -> None:
    async with (
        gateway_at(broker) as gateway,
        dispatch_at(broker) as old,
        dispatch_at(broker) as new,
    ):
        async with asyncio.timeout(10):
            assert [batch async for batch in old.events()] == []
        assert old.taken_over
        assert "another server" in old.contact.reason
        with pytest.raises(BusClosedError, match="another server"):
            await old.acknowledge(Receipt("coast", ("1",)))
        await gateway.publish([status(1)])
        assert await numbers(new.events(), "1") == ["1"]
        assert new.contact.connected
        assert not new.taken_over


async def test_without_a_broker_publishing_says_so_and_reports_wait(broker: Mosquitto) -> None:
    async with gateway_at(broker) as gateway:
        broker.stop()
        await connected(gateway, wanted=False)
        with pytest.raises(BusError, match=r"broker 127\.0\.0\.1:\d+ is away: "):
            await gateway.publish([status(1)])
        await gateway.report(report(version="while away"))
        broker.wipe()
        broker.start()
        async with dispatch_at(broker) as dispatch:
            assert await first(dispatch.reports()) == report(version="while away")


async def test_a_follower_hears_alarms_and_nothing_else_of_the_events(broker: Mosquitto) -> None:
    async with dispatch_at(broker, Role.FOLLOWER) as follower, gateway_at(broker) as gateway:
        await connected(follower)
        with pytest.raises(BusError, match="no dispatch has subscribed"):  # who would store it
            await gateway.publish([status(1), position(2), emergency(3), status(4), emergency(5)])
        heard = follower.events()
        async with asyncio.timeout(10):
            assert await anext(heard) == [emergency(3)]
            assert await anext(heard) == [emergency(5)]
