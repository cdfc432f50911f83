"""The simulated bases on real sockets and pseudo terminals."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Peer
from radio_gateway.links.clock import Clock
from radio_gateway.links.port import Frames
from radio_gateway.links.udp import UdpPort, open_udp
from radio_gateway.simulator.assembly import build_world
from radio_gateway.simulator.config import Base, SimulatorConfig
from radio_gateway.simulator.pty import PtyCable
from radio_gateway.simulator.stations.kind import SerialWire, UdpWire

log = logging.getLogger(__name__)

PER_SOURCE: Final = 5000
"Datagrams per second that a base takes from its gateway."
LONGEST_SLEEP_S: Final = 1.0
"The world is looked at this often even when nothing is due."

_Send = Callable[[Peer, bytes], None]


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
        self.world = build_world(config, clock())
        "Who is on the air; the next turn brings what is done to them to the gateway."
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
            self.world.close(self._clock())
            self._carry()
            self._close_ports()

    async def _sleep(self) -> None:
        due = self.world.deadline()
        left_s = LONGEST_SLEEP_S if due is None else due - self._clock().mono
        try:
            async with asyncio.timeout(min(max(left_s, 0.0), LONGEST_SLEEP_S)):
                await self._woken.wait()
        except TimeoutError:
            return

    def _turn(self) -> None:
        self.world.advance(self._clock())
        self._carry()

    def _carry(self) -> None:
        for base, station in self.world.stations.items():
            for peer, data in station.outgoing():
                send = self._senders.get((base, peer.endpoint))
                if send is not None:
                    send(peer, data)
                elif (base, peer.endpoint) not in self._unwired:
                    self._unwired.add((base, peer.endpoint))
                    log.info("%s: no port for %s, its data goes nowhere", base, peer.endpoint)

    def _take(self, base: str, peer: Peer, data: bytes, at: Moment) -> None:
        self.world.stations[base].feed(peer, data, at)
        self._woken.set()

    def _wire(self, base: Base) -> None:
        radios = [radio for radio in self.world.fleet.radios if radio.base == base.name]
        for wire in base.kind.wires(base.settings, radios):
            match wire:
                case UdpWire():
                    self._open_socket(base.name, wire)
                case SerialWire():
                    self._plug_in(base.name, wire)

    def _plug_in(self, base: str, wire: SerialWire) -> None:
        peer = Peer(wire.endpoint)
        cable = PtyCable(wire.device, lambda data: self._take(base, peer, data, self._clock()))
        self._cables.append(cable)
        self._senders[base, wire.endpoint] = lambda _, data: cable.send(data)

    def _open_socket(self, base: str, wire: UdpWire) -> None:
        def receive(frames: Frames, at: Moment) -> None:
            for data, sender in frames:
                if sender.host == wire.gateway_host and wire.gateway_port in (None, sender.port):
                    self._take(base, sender, data, at)

        def send(peer: Peer, data: bytes) -> None:
            if not peer.host and wire.gateway_port is not None:
                peer = Peer(wire.endpoint, wire.gateway_host, wire.gateway_port)
            port.send(data, peer)

        port = open_udp(
            wire.endpoint, wire.host, wire.port, receive, self._clock, per_source=PER_SOURCE
        )
        self._ports.append(port)
        self._senders[base, wire.endpoint] = send

    def _close_ports(self) -> None:
        for port in self._ports:
            port.close()
        for cable in self._cables:
            cable.close()
