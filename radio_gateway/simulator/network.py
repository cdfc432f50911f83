"""The simulated bases on real sockets and pseudo terminals."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final, assert_never

from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Peer
from radio_gateway.links.clock import Clock
from radio_gateway.links.port import Frames
from radio_gateway.links.udp import UdpPort, open_udp
from radio_gateway.simulator.assembly import build_world
from radio_gateway.simulator.config import (
    BaseConfig,
    HomebrewBaseConfig,
    HyteraBaseConfig,
    KenwoodBaseConfig,
    SimulatorConfig,
)
from radio_gateway.simulator.pty import PtyCable
from radio_gateway.simulator.stations.base import MAIN, SERIAL

log = logging.getLogger(__name__)

PER_SOURCE: Final = 5000
"Datagrams per second that a base takes from its gateway."
LONGEST_SLEEP_S: Final = 1.0
"The world is looked at this often even when nothing is due."

_Send = Callable[[bytes], None]


class SimulatedNetwork:
    """Brings octets between the world and the gateway. A gateway that is away is no fault:
    repeaters connect again when it is back.
    """

    def __init__(self, config: SimulatorConfig, clock: Clock) -> None:
        """Open all sockets and terminals; the bases are on the air from now.

        Raises:
            LinkError: a socket cannot be had.
            OSError: a terminal cannot be had.
        """
        self._clock = clock
        self._woken = asyncio.Event()
        self._ports: list[UdpPort] = []
        self._cables: list[PtyCable] = []
        self._senders: dict[tuple[str, str], _Send] = {}
        self._unwired: set[tuple[str, str]] = set()
        self._world = build_world(config, clock())
        try:
            for base in config.bases:
                self._wire(base)
        except BaseException:
            self._close_ports()
            raise

    async def run(self, stop: asyncio.Event) -> None:
        """Let the day go on until `stop` is set, then say goodbye."""
        stopping = asyncio.create_task(stop.wait(), name="simulator stop")
        stopping.add_done_callback(lambda _: self._woken.set())
        try:
            while not stop.is_set():
                self._woken.clear()
                self._turn()
                await self._sleep()
        finally:
            stopping.cancel()
            self._world.close(self._clock())
            self._carry()
            self._close_ports()

    async def _sleep(self) -> None:
        due = self._world.deadline()
        left_s = LONGEST_SLEEP_S if due is None else due - self._clock().mono
        try:
            async with asyncio.timeout(min(max(left_s, 0.0), LONGEST_SLEEP_S)):
                await self._woken.wait()
        except TimeoutError:
            return

    def _turn(self) -> None:
        self._world.advance(self._clock())
        self._carry()

    def _carry(self) -> None:
        for base, station in self._world.stations.items():
            for endpoint, data in station.outgoing():
                send = self._senders.get((base, endpoint))
                if send is not None:
                    send(data)
                elif (base, endpoint) not in self._unwired:
                    self._unwired.add((base, endpoint))
                    log.info("%s: no port for %s, its data goes nowhere", base, endpoint)

    def _take(self, base: str, endpoint: str, data: bytes, at: Moment) -> None:
        self._world.stations[base].feed(endpoint, data, at)
        self._woken.set()

    def _wire(self, base: BaseConfig) -> None:
        match base:
            case HomebrewBaseConfig():
                gateway = Peer(MAIN, base.gateway_host, base.gateway_port)
                self._open_socket(base.name, MAIN, base.bind_host, gateway)
            case HyteraBaseConfig():
                for endpoint, port in base.ports.items():
                    gateway = Peer(endpoint, base.gateway_host, port)
                    self._open_socket(base.name, endpoint, base.bind_host, gateway)
            case KenwoodBaseConfig():
                cable = PtyCable(
                    base.device, lambda data: self._take(base.name, SERIAL, data, self._clock())
                )
                self._cables.append(cable)
                self._senders[base.name, SERIAL] = cable.send
            case _:
                assert_never(base)

    def _open_socket(self, base: str, endpoint: str, host: str, gateway: Peer) -> None:
        def receive(frames: Frames, at: Moment) -> None:
            for data, sender in frames:
                if (sender.host, sender.port) == (gateway.host, gateway.port):
                    self._take(base, endpoint, data, at)

        port = open_udp(endpoint, host, 0, receive, self._clock, per_source=PER_SOURCE)
        self._ports.append(port)
        self._senders[base, endpoint] = lambda data: port.send(data, gateway)

    def _close_ports(self) -> None:
        for port in self._ports:
            port.close()
        for cable in self._cables:
            cable.close()
