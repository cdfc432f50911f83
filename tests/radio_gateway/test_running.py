"""`radio-gateway run` over a real broker: events out, signals, states, the service manager."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from radio_gateway.bus.mqtt_dispatch import DispatchMqttBus
from radio_gateway.domain.events import LinkChanged, LinkState
from radio_gateway.domain.wire import Receipt
from radio_gateway.systemd import notify, watchdog_s
from tests.fakes.broker import Mosquitto, running_broker
from tests.radio_gateway.bus.world import PATIENCE_S, dispatch_at, first
from tests.radio_gateway.test_cli import CONFIG, ROOT, call


@pytest.fixture
def broker() -> Iterator[Mosquitto]:
    with running_broker() as started:
        yield started


@pytest.fixture
def config(tmp_path: Path, broker: Mosquitto) -> Path:
    path = tmp_path / "gateway.toml"
    path.write_text(f'{CONFIG}\n[mqtt]\nhost = "127.0.0.1"\nport = {broker.port}\n')
    return path


class Log:
    """What a process says, line by line."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.lines: list[str] = []

    async def until(self, words: str) -> str:
        """The next line with these words."""
        assert self.process.stderr is not None
        async with asyncio.timeout(PATIENCE_S):
            while True:
                line = (await self.process.stderr.readline()).decode()
                assert line, f"it ended: {self.lines}"
                self.lines.append(line)
                if words in line:
                    return line


@asynccontextmanager
async def running(config: Path, **environment: str) -> AsyncIterator[Log]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "radio_gateway.cli",
        "run",
        "--config",
        str(config),
        cwd=ROOT,
        env=os.environ | environment,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield Log(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def states(dispatch: DispatchMqttBus) -> AsyncIterator[LinkState]:
    """States of the gateway's link, each with its receipt."""
    async for batch in dispatch.events():
        for one in batch:
            if isinstance(one.event, LinkChanged):
                await dispatch.acknowledge(Receipt("coast", (one.id,)))
                yield one.event.state


async def test_events_come_over_the_broker_and_the_end_is_told(
    broker: Mosquitto, config: Path
) -> None:
    async with dispatch_at(broker) as dispatch, running(config) as log:
        reports = dispatch.reports()
        assert (await first(reports)).online
        await log.until(f"broker 127.0.0.1:{broker.port}: connected")
        link = states(dispatch)
        assert await first(link) is LinkState.CONNECTING
        log.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(PATIENCE_S):
            while await anext(link) is not LinkState.DOWN:
                pass
            while (await anext(reports)).online:
                pass
            assert await log.process.wait() == 0


async def test_a_broker_that_comes_later_gets_all_of_it(broker: Mosquitto, config: Path) -> None:
    broker.stop()
    async with running(config) as log:
        assert "Connection refused" in await log.until("away since ")
        broker.start()
        await log.until(": back after ")
        async with dispatch_at(broker) as dispatch:
            assert await first(states(dispatch)) is LinkState.CONNECTING


async def test_a_gateway_that_is_killed_is_told_by_its_will(
    broker: Mosquitto, config: Path
) -> None:
    async with dispatch_at(broker) as dispatch, running(config) as log:
        reports = dispatch.reports()
        assert (await first(reports)).online
        log.process.kill()
        async with asyncio.timeout(PATIENCE_S):
            while (await anext(reports)).online:
                pass


async def test_the_service_manager_hears_ready_alive_and_stopping(
    broker: Mosquitto, config: Path, tmp_path: Path
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.setblocking(False)
        heard: set[bytes] = set()

        async def until(message: bytes) -> None:
            async with asyncio.timeout(PATIENCE_S):
                while message not in heard:
                    heard.add(await asyncio.get_running_loop().sock_recv(manager, 100))

        address = str(tmp_path / "notify")
        async with running(config, NOTIFY_SOCKET=address, WATCHDOG_USEC="200000") as log:
            await until(b"READY=1")
            await until(b"WATCHDOG=1")
            log.process.send_signal(signal.SIGINT)
            await until(b"STOPPING=1")


def test_nobody_is_notified_who_did_not_ask() -> None:
    notify("READY=1", {})
    notify("READY=1", {"NOTIFY_SOCKET": "/nonexistent/socket"})
    notify("READY=1", {"NOTIFY_SOCKET": "@sardze-nobody-listens"})
    assert watchdog_s({}) is None
    assert watchdog_s({"WATCHDOG_USEC": "soon"}) is None
    assert watchdog_s({"WATCHDOG_USEC": "5000000", "WATCHDOG_PID": "1"}) is None
    assert watchdog_s({"WATCHDOG_USEC": "5000000", "WATCHDOG_PID": str(os.getpid())}) == 5.0


def test_without_a_broker_one_line_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "gateway.toml"
    path.write_text(CONFIG)
    status, out, errors = call("run", "-c", path)
    assert (status, out) == (1, [])
    (line,) = errors
    assert line.startswith(f"{path}: mqtt: missing, expected a table [mqtt] with the host")
    assert "--print" in line


def test_a_certificate_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "gateway.toml"
    path.write_text(f'{CONFIG}\n[mqtt]\nhost = "b"\n[mqtt.tls]\nca_file = "no.pem"\n')
    for command in (("run", "-c", path), ("check-config", path)):
        status, _, errors = call(*command)
        assert status == 1
        assert errors[-1] == (
            f"{path}: mqtt.tls.ca_file: found no.pem, expected a PEM file that can be read "
            "(No such file or directory)"
        )
