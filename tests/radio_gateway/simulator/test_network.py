"""The simulated bases on real sockets and a real terminal, against the real adapters."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from radio_gateway.adapters.homebrew import HomebrewConfig, HomebrewMaster, RepeaterConfig
from radio_gateway.adapters.hytera import HyteraBase, HyteraConfig
from radio_gateway.adapters.kenwood import KenwoodBase, KenwoodConfig
from radio_gateway.domain.events import Event, LinkChanged, LinkState, PositionReported
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Adapter, Peer
from radio_gateway.links.clock import now
from radio_gateway.links.port import Frames
from radio_gateway.links.udp import UdpPort, open_udp
from radio_gateway.simulator.config import Base, SimulatorConfig
from radio_gateway.simulator.fleet import BASES
from radio_gateway.simulator.pty import PtyCable
from radio_gateway.simulator.run import run
from radio_gateway.simulator.stations.homebrew import HomebrewSettings
from radio_gateway.simulator.stations.hytera import HyteraSettings
from radio_gateway.simulator.stations.kenwood import KenwoodSettings

PATIENCE_S = 10.0


def base(name: str, settings: Any) -> Base:
    """One of the demo's bases."""
    return Base(next(one for one in BASES if one.name == name), settings)


class Gateway:
    """One adapter on its ports, as the gateway would run it."""

    def __init__(self, adapter: Adapter, endpoints: list[str]) -> None:
        self.adapter = adapter
        self.events: list[Event] = []
        self._changed = asyncio.Event()
        adapter.opened(now())
        self.ports: dict[str, UdpPort] = {
            name: open_udp(name, "127.0.0.1", 0, self._receive, now, per_source=10_000)
            for name in endpoints
        }

    async def until(self, what: Callable[[Event], bool]) -> Event:
        """Wait for an event, running the adapter's timers meanwhile."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                for event in self.events:
                    if what(event):
                        return event
                self._changed.clear()
                deadline = self.adapter.deadline()
                left_s = 1.0 if deadline is None else max(0.0, deadline - now().mono)
                try:
                    async with asyncio.timeout(left_s):
                        await self._changed.wait()
                except TimeoutError:
                    self.adapter.expire(now())
                    self._flush()

    def close(self) -> None:
        for port in self.ports.values():
            port.close()

    def _receive(self, frames: Frames, at: Moment) -> None:
        for data, peer in frames:
            self.adapter.feed(data, peer, at)
        self._flush()

    def _flush(self) -> None:
        self.events += self.adapter.events()
        for out in self.adapter.outgoing():
            self.ports[out.peer.endpoint].send(out.data, out.peer)
        self._changed.set()


@asynccontextmanager
async def simulation(config: SimulatorConfig) -> AsyncIterator[asyncio.Event]:
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(run(config, stop))
        try:
            yield stop
        finally:
            stop.set()


def is_position(event: Event) -> bool:
    return isinstance(event, PositionReported)


def is_up(event: Event) -> bool:
    return isinstance(event, LinkChanged) and event.state is LinkState.UP


async def test_a_hytera_repeater_connects_and_its_radios_report() -> None:
    endpoints = ["rrs1", "rrs2", "lp1", "lp2", "tmp1", "tmp2", "rcp1", "rcp2"]
    config = HyteraConfig(
        name="palanga", network="palanga", peers=frozenset({"127.0.0.1"}), dispatcher_id=9990999
    )
    gateway = Gateway(HyteraBase(config), endpoints)
    ports = {name: gateway.ports[name].port for name in endpoints}
    palanga = base("palanga-hytera", HyteraSettings("127.0.0.1", ports, 9990999))
    try:
        async with simulation(SimulatorConfig(bases=(palanga,), speed=20.0)):
            await gateway.until(is_up)
            await gateway.until(is_position)
    finally:
        gateway.close()


async def test_an_mmdvm_repeater_logs_in_talks_and_says_goodbye() -> None:
    salts = count(1)
    config = HomebrewConfig(
        name="liepaja",
        network="liepaja",
        repeaters=(RepeaterConfig(247101, "Karosta", "open sesame 12"),),
    )
    master = HomebrewMaster(config, salt=lambda: next(salts).to_bytes(4, "big"))
    gateway = Gateway(master, ["main"])
    port = gateway.ports["main"].port
    liepaja = base("liepaja-mmdvm", HomebrewSettings("127.0.0.1", port, 247101, "open sesame 12"))
    try:
        async with simulation(SimulatorConfig(bases=(liepaja,), speed=20.0)):
            await gateway.until(is_up)
            await gateway.until(is_position)
        await gateway.until(
            lambda event: isinstance(event, LinkChanged) and event.state is LinkState.DOWN
        )
    finally:
        gateway.close()


async def test_a_kenwood_base_speaks_on_its_terminal(tmp_path: Path) -> None:
    device = tmp_path / "klaipeda.tty"
    adapter = KenwoodBase(KenwoodConfig(name="klaipeda", network="klaipeda"))
    klaipeda = base("klaipeda-kenwood", KenwoodSettings(device))
    heard = asyncio.Event()
    events: list[Event] = []
    adapter.opened(now())
    async with (
        simulation(SimulatorConfig(bases=(klaipeda,), speed=20.0)),
        asyncio.timeout(PATIENCE_S),
    ):
        while not device.is_symlink():  # noqa: ASYNC110 - the link is the signal
            await asyncio.sleep(0)
        port = os.open(device, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)

        def read() -> None:
            adapter.feed(os.read(port, 4096), Peer("serial"), now())
            events.extend(adapter.events())
            if any(is_position(event) for event in events):
                heard.set()

        asyncio.get_running_loop().add_reader(port, read)
        await heard.wait()
        asyncio.get_running_loop().remove_reader(port)
        os.close(port)
    assert not device.is_symlink()


async def test_a_gateway_that_comes_later_is_found() -> None:
    def ignore(_: Frames, __: Moment) -> None:
        return

    probe = open_udp("lp1", "127.0.0.1", 0, ignore, now, per_source=1000)
    free = probe.port
    probe.close()
    palanga = base("palanga-hytera", HyteraSettings("127.0.0.1", {"lp1": free}, 9990999))
    async with simulation(SimulatorConfig(bases=(palanga,))):
        for _ in range(50):
            await asyncio.sleep(0)
        heard: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

        def receive(frames: Frames, _: Moment) -> None:
            if not heard.done():
                heard.set_result(frames[0][0])

        port = open_udp("lp1", "127.0.0.1", free, receive, now, per_source=1000)
        try:
            async with asyncio.timeout(PATIENCE_S):
                assert (await heard)[:2] == b"2B"  # an HSTRP packet
        finally:
            port.close()


async def test_a_cable_without_a_gateway_keeps_little(tmp_path: Path) -> None:
    device = tmp_path / "port"
    cable = PtyCable(device, lambda _: None)
    try:
        async with asyncio.timeout(PATIENCE_S):
            sent = 0
            while not cable.dropped:  # the kernel brings octets across in its own time
                cable.send(b"x" * 100)
                sent += 100
                await asyncio.sleep(0)
            cable.send(b"fresh")
            port = os.open(device, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
            heard = b""
            while not heard.endswith(b"fresh"):
                with contextlib.suppress(BlockingIOError):
                    heard += os.read(port, 65536)
                await asyncio.sleep(0)
            os.close(port)
        assert len(heard) < sent
    finally:
        cable.close()
    assert not device.exists()


async def test_a_cable_replaces_an_old_link_but_no_file(tmp_path: Path) -> None:
    device = tmp_path / "port"
    device.symlink_to("/nowhere")
    PtyCable(device, lambda _: None).close()
    device.write_text("precious")
    with pytest.raises(OSError, match="is no link"):
        PtyCable(device, lambda _: None)
    assert device.read_text() == "precious"


async def test_a_signal_ends_it_cleanly(tmp_path: Path) -> None:
    device = tmp_path / "klaipeda.tty"
    program = (
        "import asyncio, sys; from pathlib import Path;"
        "from radio_gateway.simulator.run import run;"
        "from radio_gateway.simulator.config import parse_config;"
        "base = {'name': 'klaipeda-kenwood', 'kind': 'kenwood', 'device': sys.argv[1]};"
        "asyncio.run(run(parse_config({'base': [base]}, 'here', Path())))"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, str(device))
    async with asyncio.timeout(PATIENCE_S):
        while not device.is_symlink():  # noqa: ASYNC110 - the link is the signal
            await asyncio.sleep(0)
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0
    assert not device.is_symlink()
