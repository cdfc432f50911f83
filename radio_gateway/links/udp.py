"""UDP sockets: one per endpoint of a link, read in bounded batches.

The standard library's datagram transport takes one datagram per loop turn and loses data beyond
40 000 a second; draining the socket from `add_reader` takes more than 150 000.
"""

import asyncio
import errno
import logging
import socket
import struct
from collections.abc import Sequence
from functools import lru_cache
from ipaddress import ip_address
from typing import Any, Final, TypeAlias

from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Peer
from radio_gateway.links.clock import Clock
from radio_gateway.links.errors import LinkError
from radio_gateway.links.port import PortCounters, Receive
from radio_gateway.links.throttle import MAX_SOURCES, SourceThrottle

log = logging.getLogger(__name__)

BATCH: Final = 256
"Datagrams read per wake, so that a flood on one socket does not starve timers and others."
GATHER_S: Final = 0.002
"""Datagrams that follow one another more closely than this are read together. The time between
two reads belongs to everybody else: storing takes many turns of the loop, reading one."""
MAX_DATAGRAM: Final = 2048
"Octets; no radio protocol sends more."
WANTED_BUFFER: Final = 4 * 1024 * 1024
"Octets of kernel queue: about 10 000 small datagrams, or one second of the busiest network."
_Address: TypeAlias = tuple[Any, ...]
"Host and port; with IPv6 two numbers more."
_SO_MEMINFO: Final = 55
_SO_RCVBUFFORCE = 33
_MEMINFO: Final = struct.Struct("9I")
_REMEDIES: Final = {
    errno.EADDRINUSE: "another program uses this port; stop it or choose another port",
    errno.EADDRNOTAVAIL: "no network interface has this address; check `host`",
    errno.EACCES: "ports below 1024 need more rights; choose a higher port",
}
_warned: set[tuple[int, int]] = set()
"Short buffers, as given and as wanted, that were told: once is enough for all sockets."


class UdpPort:
    """One bound socket, driven by the running event loop."""

    def __init__(
        self,
        bound: socket.socket,
        endpoint: str,
        receive: Receive,
        clock: Clock,
        throttle: SourceThrottle,
    ) -> None:
        self.endpoint = endpoint
        self.counters = PortCounters()
        self.buffer: int | None = _given(bound)
        self.buffer_wanted: int | None = WANTED_BUFFER
        self._socket = bound
        self._receive = receive
        self._clock = clock
        self._throttle = throttle
        self._peer_of = lru_cache(maxsize=MAX_SOURCES)(self._peer)
        self._loop = asyncio.get_running_loop()
        self._read_at = 0.0
        self._gathering: asyncio.TimerHandle | None = None
        self._loop.add_reader(bound.fileno(), self._readable)

    @property
    def port(self) -> int:
        """The number that was bound; tells which one was given for port 0."""
        return int(self._socket.getsockname()[1])

    def send(self, data: bytes, peer: Peer) -> None:
        """Send one datagram to the peer's address; a full or refusing network counts it."""
        try:
            self._socket.sendto(data, (peer.host, peer.port))
        except (OSError, OverflowError) as error:
            self.counters.unsent += 1
            log.debug("%s: not sent to %s: %s", self.endpoint, peer.host, error)
        else:
            self.counters.sent += 1

    def kernel_drops(self) -> int:
        """Datagrams lost before they reached us; 0 where the system does not tell."""
        try:
            info = self._socket.getsockopt(socket.SOL_SOCKET, _SO_MEMINFO, _MEMINFO.size)
        except OSError:
            return 0
        return int(_MEMINFO.unpack(info)[8]) if len(info) == _MEMINFO.size else 0

    def close(self) -> None:
        """Stop reading and give the port back."""
        if self._gathering is not None:
            self._gathering.cancel()
        if self._socket.fileno() >= 0:
            self._loop.remove_reader(self._socket.fileno())
            self._socket.close()

    def _readable(self) -> None:
        """Read at once what comes alone; wait a moment for more where datagrams come in a row.

        A turn of the event loop, with all that follows from it, costs ten times a datagram.
        """
        at = self._clock()
        close, self._read_at = at.mono - self._read_at < GATHER_S, at.mono
        found = self._drain(at)
        if close and self._socket.fileno() >= 0:
            self._loop.remove_reader(self._socket.fileno())
            self._gather(found)

    def _gathered(self) -> None:
        """Read what came meanwhile, and so on until nothing did."""
        at = self._clock()
        self._read_at, self._gathering = at.mono, None
        found = self._drain(at)
        if self._socket.fileno() < 0:
            return
        if found:
            self._gather(found)
        else:
            self._loop.add_reader(self._socket.fileno(), self._readable)

    def _gather(self, found: int) -> None:
        """Read again in a moment; at once if the last read took all that it may: more is there."""
        delay_s = GATHER_S if found < BATCH else 0.0
        self._gathering = self._loop.call_later(delay_s, self._gathered)

    def _drain(self, at: Moment) -> int:
        """Read at most a batch and hand it on; how many datagrams there were."""
        read: list[tuple[bytes, _Address]] = []
        receive = self._socket.recvfrom
        for _ in range(BATCH):
            try:
                read.append(receive(MAX_DATAGRAM + 1))
            except (BlockingIOError, InterruptedError):
                break
            except OSError as error:  # an ICMP answer to something that we sent
                log.debug("%s: %s", self.endpoint, error)
        if read:
            self.counters.received += len(read)
            frames = self._sorted(read, at.mono)
            if frames:
                self._receive(frames, at)
        return len(read)

    def _sorted(
        self, read: Sequence[tuple[bytes, _Address]], now: float
    ) -> list[tuple[bytes, Peer]]:
        """What passes of the datagrams of one wake, at least one.

        The throttle is asked once per host. The datagrams of a sender often come in a row.
        """
        frames: list[tuple[bytes, Peer]] = []
        left: dict[str, int] = {}
        oversized, last = 0, read[0][1]
        host, peer = last[0], self._peer_of(last)
        room = self._throttle.room(host, now)
        for data, address in read:
            if address != last:
                left[host] = room
                last, host, peer = address, address[0], self._peer_of(address)
                room = left[host] if host in left else self._throttle.room(host, now)
            room -= 1
            if room < 0:
                continue
            if len(data) <= MAX_DATAGRAM:
                frames.append((data, peer))
            else:
                oversized += 1
        left[host] = room
        for host, room in left.items():
            self._throttle.leave(host, max(room, 0))
        self.counters.oversized += oversized
        self.counters.throttled += len(read) - len(frames) - oversized
        return frames

    def _peer(self, address: _Address) -> Peer:
        return Peer(self.endpoint, address[0], address[1])


def open_udp(
    endpoint: str,
    host: str,
    port: int,
    receive: Receive,
    clock: Clock,
    *,
    per_source: int,
) -> UdpPort:
    """Bind one socket and start reading it.

    `host` is the IPv4 or IPv6 address of the interface to listen on; `port` 0 takes any free
    one; `per_source` is how many datagrams per second one address may send unthrottled.

    Raises:
        LinkError: the address or port cannot be had; says why and what to do.
    """
    where = f"UDP port {port} on {host}"
    try:
        family = socket.AF_INET6 if ip_address(host).version == 6 else socket.AF_INET
    except ValueError:
        raise LinkError(f"{where}: `host` must be an IP address") from None
    bound = socket.socket(family, socket.SOCK_DGRAM)
    try:
        bound.setblocking(False)
        _widen(bound, where)
        bound.bind((host, port))
    except (OSError, OverflowError) as error:
        bound.close()
        code = error.errno if isinstance(error, OSError) else None
        remedy = _REMEDIES.get(code or 0, str(error))
        raise LinkError(f"{where}: {remedy}") from error
    return UdpPort(bound, endpoint, receive, clock, SourceThrottle(per_source))


def _widen(bound: socket.socket, where: str) -> None:
    """Ask for a long kernel queue; the default one holds 256 datagrams."""
    try:
        bound.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, WANTED_BUFFER)
    except OSError:  # that needs CAP_NET_ADMIN; others get what net.core.rmem_max allows
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, WANTED_BUFFER)
    given = _given(bound)
    if given < WANTED_BUFFER and (given, WANTED_BUFFER) not in _warned:
        _warned.add((given, WANTED_BUFFER))
        log.warning(
            "%s: receive buffer of %d KiB instead of %d; set it with:"
            " sysctl -w net.core.rmem_max=%d",
            where,
            given // 1024,
            WANTED_BUFFER // 1024,
            WANTED_BUFFER,
        )


def _given(bound: socket.socket) -> int:
    return bound.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) // 2  # Linux doubles it
