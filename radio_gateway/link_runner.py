"""One link: opens its ports, drives its adapter, and starts again when either fails."""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from radio_gateway.adapters.kinds.base import Endpoint, Entropy, UdpEndpoint
from radio_gateway.backoff import Backoff
from radio_gateway.config import LinkEntry
from radio_gateway.domain.commands import Command
from radio_gateway.domain.events import Event, LinkChanged, LinkState, TextFailure
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Adapter, Capabilities, Outgoing
from radio_gateway.link_status import LinkStatus, PortStatus
from radio_gateway.links.clock import Clock
from radio_gateway.links.errors import LinkError
from radio_gateway.links.port import Frames, Port
from radio_gateway.links.serial import LineSettings, open_serial
from radio_gateway.links.udp import UdpPort, open_udp
from radio_gateway.recording.ring import FrameRing, Place, Record
from radio_gateway.routing import answer

log = logging.getLogger(__name__)

Take: TypeAlias = Callable[[list[Event]], asyncio.Future[None] | None]
"Takes a turn's events; the future is done once the durable ones are committed."

STEADY_S = 60.0
"A link that worked for this long starts with the shortest pause when it fails."
FIRST_PAUSE_S: Final = 0.25
LONGEST_PAUSE_S: Final = 5.0
"Between two attempts to open the ports: a cable that is put back works again within ten seconds."
MAX_HELD: Final = 60_000
"Turns whose answers wait for the spool; those of further ones are not sent at all."
_SHOWN_OCTETS = 64


@dataclass(slots=True)
class _Held:
    """Frames that acknowledge, kept until everything before them is on disk."""

    stored: asyncio.Future[None] | None
    frames: list[Outgoing]

    @property
    def ready(self) -> bool:
        return self.stored is None or self.stored.done()

    @property
    def failed(self) -> bool:
        return self.stored is not None and self.stored.exception() is not None


class LinkRunner:
    """Owns one adapter and its ports; everything happens in the event loop's thread."""

    def __init__(
        self,
        entry: LinkEntry,
        take: Take,
        clock: Clock,
        entropy: Entropy,
        ring: FrameRing | None = None,
    ) -> None:
        self.entry = entry
        self._ring = ring
        self.open = False
        self.backoff = Backoff(FIRST_PAUSE_S, LONGEST_PAUSE_S)
        self._take = take
        self._clock = clock
        self._entropy = entropy
        self._adapter: Adapter = self._build()
        self._adapter_open = False
        self._ports: dict[str, Port] = {}
        self._held: deque[_Held] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._ended: asyncio.Future[None] | None = None
        self._stopping = asyncio.Event()
        self._told: tuple[LinkState, str] | None = None
        self._reason = "not opened yet"
        self._faults = 0
        self.on_change: Callable[[], None] = lambda: None
        "Called when the ports were opened or closed, or the adapter failed."

    @property
    def name(self) -> str:
        return self.entry.name

    @property
    def capabilities(self) -> Capabilities:
        return self.entry.kind.capabilities

    def serves(self, network: str) -> bool:
        return self.entry.serves(network)

    async def run(self) -> None:
        """Keep the link open until `stop`; a fault ends neither this nor any other link."""
        if self._adapter_open:  # an earlier run was cut off in the middle
            self._adapter = self._build()
            self._adapter_open = False
        while not self._stopping.is_set():
            opened_at = self._clock().mono
            try:
                await self._serve()
            except LinkError as error:
                self._down(str(error))
            except Exception as error:
                log.exception("link %s: fault in its adapter, starting it again", self.name)
                self._faults += 1
                self._down(f"fault in the adapter ({type(error).__name__}), starting again")
                self._adapter = self._build()
            if self._clock().mono - opened_at > STEADY_S:
                self.backoff.reset()
            await self._pause()

    def stop(self) -> None:
        """End running calls as truncated, close the ports and let `run` return."""
        self._stopping.set()
        if self._ended is not None and not self._ended.done():
            self._ended.set_result(None)

    def command(self, command: Command) -> None:
        """Hand a command to the adapter; without open ports it fails at once."""
        at = self._clock()
        if not self.open:
            self._take([self._failure(command, at, f"link {self.name} is down")])
            return
        try:
            self._adapter.command(command, at)
            self._turn(at)
        except Exception as error:  # noqa: BLE001  # logged where the link is started again
            self._take([self._failure(command, at, "fault in the adapter")])
            self._fail(error)

    def _failure(self, command: Command, at: Moment, detail: str) -> Event:
        return answer(command, self.name, at, detail, TextFailure.LINK_DOWN)

    def status(self) -> LinkStatus:
        """State and counters of the ports."""
        ports = tuple(self._port_status(endpoint) for endpoint in self.entry.endpoints)
        known = tuple(port for port in ports if port is not None)
        return LinkStatus(self.name, self.open, self._reason, known, self._faults)

    def bound_port(self, endpoint: str) -> int:
        """The UDP port that an endpoint got; 0 while it is closed."""
        port = self._ports.get(endpoint)
        return port.port if isinstance(port, UdpPort) else 0

    def recording(self) -> list[Record]:
        """The newest frames of the link, oldest first; none when nothing is recorded."""
        return [] if self._ring is None else self._ring.records(self._places())

    @property
    def _working(self) -> bool:
        """False once a fault was noted and the link is about to start again."""
        return self.open and self._ended is not None and not self._ended.done()

    def _build(self) -> Adapter:
        adapter: Adapter = self.entry.kind.build(self.entry.settings, self._entropy)
        return adapter

    async def _serve(self) -> None:
        self._ended = asyncio.get_running_loop().create_future()
        try:
            for endpoint in self.entry.endpoints:
                self._ports[endpoint.name] = self._open(endpoint)
            self.open = True
            self._adapter_open = True
            self._step(LinkState.UP, f"listening on {self._where()}", self._adapter.opened)
            await self._ended
            self._down("stopping")
            await self._release_last()
        finally:
            self._shut()

    def _open(self, endpoint: Endpoint) -> Port:
        if isinstance(endpoint, UdpEndpoint):
            return open_udp(
                endpoint.name,
                endpoint.host,
                endpoint.port,
                self._receive,
                self._clock,
                per_source=endpoint.per_source,
            )
        line = LineSettings(endpoint.baud, endpoint.parity, endpoint.stop_bits, endpoint.rts_cts)
        return open_serial(
            endpoint.name, endpoint.device, line, self._receive, self._lose, self._clock
        )

    def _receive(self, frames: Frames, at: Moment) -> None:
        if not self._working:
            return
        if self._ring is not None:
            self._ring.received(frames, at)
        data = b""
        try:
            for data, peer in frames:
                self._adapter.feed(data, peer, at)
            self._turn(at)
        except Exception as error:  # noqa: BLE001  # logged where the link is started again
            log.error("link %s: at %s", self.name, data[:_SHOWN_OCTETS].hex(" "))  # noqa: TRY400
            self._fail(error)

    def _expire(self) -> None:
        if not self._working:
            return
        at = self._clock()
        try:
            self._adapter.expire(at)
            self._turn(at)
        except Exception as error:  # noqa: BLE001  # logged where the link is started again
            self._fail(error)

    def _lose(self, reason: str) -> None:
        self._fail(LinkError(reason))

    def _fail(self, error: Exception) -> None:
        if self._ended is not None and not self._ended.done():
            self._ended.set_exception(error)

    def _turn(self, at: Moment, events: list[Event] | None = None) -> None:
        """Hand on what the adapter made of the last input, then wait for its next timer."""
        events = self._adapter.events() if events is None else events
        frames = self._adapter.outgoing()
        stored = self._take(events) if events else None
        if stored is not None:
            stored.add_done_callback(self._release)
        answers = []
        for frame in frames:
            if frame.acknowledges:
                answers.append(frame)
            else:
                self._send(frame)
        if len(self._held) >= MAX_HELD:
            answers.clear()  # the radio repeats what is not answered
        if stored is not None or answers:
            self._held.append(_Held(stored, answers))
            self._release()
        self._schedule(at)

    def _release(self, _: object = None) -> None:
        """Send acknowledgements in order, each once all events before it are committed."""
        while self._held and self._held[0].ready:
            held = self._held.popleft()
            if not held.failed:
                for frame in held.frames:
                    self._send(frame)

    async def _release_last(self) -> None:
        waiting = [held.stored for held in self._held if held.stored is not None]
        if waiting:
            await asyncio.wait(waiting, timeout=2.0)
            self._release()

    def _send(self, frame: Outgoing) -> None:
        port = self._ports.get(frame.peer.endpoint)
        if port is not None:
            if self._ring is not None:
                self._ring.sent(frame.data, frame.peer, self._clock())
            port.send(frame.data, frame.peer)

    def _schedule(self, at: Moment) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        deadline = self._adapter.deadline()
        if deadline is not None and self.open:
            delay = max(0.001, deadline - at.mono)
            self._timer = asyncio.get_running_loop().call_later(delay, self._expire)

    def _down(self, reason: str) -> None:
        """Tell adapter and dispatch that the ports are gone."""

        def close(at: Moment) -> None:
            if self._adapter_open:
                self._adapter_open = False
                self._adapter.closed(reason, at)

        try:
            self._step(LinkState.DOWN, reason, close)
        except Exception:
            log.exception("link %s: fault in its adapter while closing", self.name)

    def _step(self, state: LinkState, reason: str, act: Callable[[Moment], None]) -> None:
        """Open or close the adapter; announce the change where the adapter does not."""
        at = self._clock()
        act(at)
        events = self._adapter.events()
        self._reason = reason
        site = getattr(self.entry.settings, "site", None)
        silent = not any(isinstance(event, LinkChanged) and event.site == site for event in events)
        if silent and self._told != (state, reason):
            change = LinkChanged(link=self.name, at=at, state=state, reason=reason, site=site)
            events.append(change)
        if self._told != (state, reason):
            trouble = state is LinkState.DOWN and not self._stopping.is_set()
            level = logging.WARNING if trouble else logging.INFO
            log.log(level, "link %s: %s: %s", self.name, state, reason)
        self._told = (state, reason)
        self._turn(at, events)
        self.on_change()

    def _shut(self) -> None:
        self.open = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for port in self._ports.values():
            port.close()
        self._ports.clear()
        self.on_change()
        self._held.clear()

    async def _pause(self) -> None:
        if self._stopping.is_set():
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.backoff.pause()):
                await self._stopping.wait()

    def _where(self) -> str:
        return ", ".join(self._address(endpoint) for endpoint in self.entry.endpoints)

    def _address(self, endpoint: Endpoint) -> str:
        if isinstance(endpoint, UdpEndpoint):
            return f"UDP {endpoint.host}:{self.bound_port(endpoint.name) or endpoint.port}"
        return endpoint.device

    def _places(self) -> dict[str, Place]:
        kind = self.entry.settings.kind
        return {
            each.name: Place(self.name, each.name, kind, each.host, self.bound_port(each.name))
            if isinstance(each, UdpEndpoint)
            else Place(self.name, each.name, kind)
            for each in self.entry.endpoints
        }

    def _port_status(self, endpoint: Endpoint) -> PortStatus | None:
        port = self._ports.get(endpoint.name)
        if port is None:
            return None
        count = port.counters
        return PortStatus(
            endpoint.name,
            self._address(endpoint),
            count.received,
            count.sent,
            count.oversized,
            count.throttled,
            count.unsent,
            port.kernel_drops(),
            port.buffer,
            port.buffer_wanted,
        )
