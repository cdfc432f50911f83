"""`radio-gateway run`: one gateway over a broker, or printing its events, until a signal."""

import asyncio
import signal
import sys
from importlib.metadata import PackageNotFoundError, version

from radio_gateway.bus.memory import MemoryBus
from radio_gateway.bus.mqtt_gateway import gateway_bus
from radio_gateway.config import GatewaySettings
from radio_gateway.config_mqtt import MqttSettings
from radio_gateway.domain.report import GatewayReport
from radio_gateway.domain.wire import Receipt, dump_event
from radio_gateway.links import clock
from radio_gateway.supervisor import Gateway
from radio_gateway.systemd import keep_watchdog, notify


async def serve(settings: GatewaySettings, mqtt: MqttSettings) -> None:
    """Run the gateway over its broker until SIGTERM or SIGINT, then hand over and say good-bye.

    The links work from the start, broker or not: what they hear waits in the spool.

    Raises:
        ConfigError: a file of `[mqtt.tls]` cannot be used.
        SpoolError: the spool cannot be used.
    """
    broker = mqtt.broker(settings.source)
    stop = _stop_on_signal()
    at = clock.now().utc
    report = GatewayReport(settings.id, at, at, program_version(), online=True)
    async with gateway_bus(broker, report, lambda: clock.now().utc) as bus:
        await _run(Gateway(settings, bus, sole=False), stop)


async def print_events(settings: GatewaySettings) -> None:
    """Run the gateway and print events as JSON lines; what is printed counts as received.

    Raises:
        SpoolError: the spool cannot be used.
    """
    stop = _stop_on_signal()
    bus = MemoryBus()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_print(bus, stop), name="print")
        await _run(Gateway(settings, bus), stop)
        await bus.close()


def program_version() -> str:
    """Of the installed distribution; empty for a checkout that is not installed."""
    try:
        return version("sardze")
    except PackageNotFoundError:
        return ""


async def _run(gateway: Gateway, stop: asyncio.Event) -> None:
    async with asyncio.TaskGroup() as tasks:
        helpers = [
            tasks.create_task(keep_watchdog(), name="watchdog"),
            tasks.create_task(_tell_manager(gateway, stop), name="service manager"),
        ]
        try:
            await gateway.run(stop)
        finally:
            for task in helpers:
                task.cancel()


async def _tell_manager(gateway: Gateway, stop: asyncio.Event) -> None:
    await gateway.ready.wait()
    notify("READY=1")
    await stop.wait()
    notify("STOPPING=1")


async def _print(bus: MemoryBus, stop: asyncio.Event) -> None:
    async for batch in bus.events():
        try:
            sys.stdout.write("".join(dump_event(item).decode() + "\n" for item in batch))
            sys.stdout.flush()
        except BrokenPipeError:  # nobody reads: without receipts all of it stays in the spool
            stop.set()
            continue
        ids = tuple(item.id for item in batch if item.seq is not None)
        if ids and not stop.is_set():
            await bus.acknowledge(Receipt(batch[0].gateway, ids))


def _stop_on_signal() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return stop
