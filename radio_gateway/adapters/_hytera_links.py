"""The wire side of a Hytera base: sessions per port, plain datagrams, state and counters.

A repeater speaks HSTRP on every port, a radio plain HDAP; each datagram tells which, and is
answered in the same form, to the address it came from, on the port it came to.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import Final, NamedTuple, TypeAlias

from radio_gateway.adapters._hytera_config import DEFAULT_PORTS, Emit, HyteraConfig, Recent
from radio_gateway.adapters._hytera_control import ENDPOINT, SET_UP, control_session
from radio_gateway.adapters._hytera_voice import Voices
from radio_gateway.domain.events import LinkChanged, LinkHealth, LinkState
from radio_gateway.domain.ids import Timeslot
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Outgoing, Peer
from radio_gateway.protocols.errors import MalformedError, NotReadyError
from radio_gateway.protocols.hytera.hdap import RELIABLE, Service
from radio_gateway.protocols.hytera.hrnp import START
from radio_gateway.protocols.hytera.hrnp_session import HrnpSession, Voice
from radio_gateway.protocols.hytera.hstrp import MAGIC
from radio_gateway.protocols.hytera.session import (
    Delivered,
    HandedOver,
    HstrpSession,
    NotTaken,
    StateChanged,
)

log = logging.getLogger(__name__)

HEALTH_EVERY_S: Final = 5.0
MAX_DATAGRAM: Final = 2048
_SLOTS: Final = frozenset(Timeslot)

Done: TypeAlias = Callable[[str | None, Moment], None]
"Told once what became of a message: None handed over, else why not."
Lost: TypeAlias = Callable[[str, str, Moment], None]
"Told that a host went silent or closed: (host, reason, when)."


@dataclass(frozen=True, slots=True)
class Route:
    """Through which host and timeslot a radio is reached."""

    host: str
    slot: int | None


route_by: Final = lru_cache(maxsize=256)(Route)
"The one `Route` of each host and slot."


class Heard(NamedTuple):
    """One HDAP message and how it came."""

    octets: bytes
    route: Route
    peer: Peer
    plain: bool
    "Without a session around it; the answer goes the same way."


_PLAIN_FIRST: Final = frozenset(
    bytes((service | reliable,)) for service in Service for reliable in (0, RELIABLE)
)
_CONTROL_FIRST: Final = bytes((START,))


@dataclass(slots=True)
class _Port:
    session: HstrpSession | HrnpSession
    peer: Peer


class HyteraLinks:
    """All sessions of one base; sends and receives HDAP octets."""

    def __init__(self, config: HyteraConfig, emit: Emit, lost: Lost) -> None:
        self.state = LinkState.DOWN
        self._config = config
        self._emit = emit
        self._lost = lost
        self._ports: dict[tuple[str, str], _Port] = {}
        self._plain: dict[tuple[str, str], Peer] = {}
        self._plain_heard_at: dict[str, float] = {}
        self._outgoing: list[Outgoing] = []
        self._keys = count()
        self._done: dict[int, Done] = {}
        self._voices = Voices(config.name)
        self._since: Moment | None = None
        self._last_payload: Moment | None = None
        self._health_at: float | None = None
        self._frames = self._malformed = self._refused = self._unlogged = 0
        self._refusals_logged = Recent(60.0, limit=256)
        self._malformed_logged = Recent(1.0, limit=256)

    def opened(self, at: Moment) -> None:
        self._health_at = at.mono + HEALTH_EVERY_S
        self._become(LinkState.CONNECTING, "ports open, waiting for the base", at)
        if self._config.control_port is not None:
            for host in sorted(self._config.peers):
                peer = Peer(ENDPOINT, host, self._config.control_port)
                port = self._ports[ENDPOINT, host] = _Port(control_session(), peer)
                port.session.expire(at.mono)
                self._drain(port)

    def closed(self, reason: str, at: Moment) -> None:
        """Forget all sessions; what was not handed over is not."""
        hosts = self.hosts()
        for port in self._ports.values():
            port.session.close(reason)
            self._settle(port, at)
        self._ports.clear()
        self._plain.clear()
        self._plain_heard_at.clear()
        self._outgoing.clear()
        self._health_at = None
        for host in hosts:
            self._lost(host, reason, at)
        if self.state is not LinkState.DOWN:
            self._become(LinkState.DOWN, reason, at)

    def refuse(self, host: str, at: Moment) -> None:
        """Count a datagram of somebody else."""
        self._refused += 1
        if not self._refusals_logged.seen(host, at.mono):
            log.warning("%s: refused a datagram from %s", self._config.name, host)

    def malformed(self, host: str, error: MalformedError, at: Moment) -> None:
        """Count a bad datagram; logged at most once a second per sender."""
        self._malformed += 1
        if self._malformed_logged.seen(host, at.mono):
            self._unlogged += 1
            return
        log.warning(
            "%s: dropped a datagram of %s: %s (%d more not logged)",
            self._config.name,
            host,
            error,
            self._unlogged,
        )
        self._unlogged = 0

    def take(self, frame: bytes, peer: Peer, at: Moment) -> list[Heard]:
        """Read one datagram of an allowed host; returns the messages for the adapter.

        Raises:
            MalformedError: no HSTRP, HDAP or voice, too long, or on a port that we do not know.
        """
        self._frames += 1
        endpoint = self._config.endpoints.get(peer.endpoint)
        if endpoint is None:
            raise MalformedError("datagram on a port without a service", frame)
        if len(frame) > MAX_DATAGRAM:
            raise MalformedError(f"datagram over {MAX_DATAGRAM} octets", frame)
        if frame[:1] in _PLAIN_FIRST:
            return [Heard(frame, route_by(peer.host, endpoint.slot), peer, plain=True)]
        if frame[:2] == MAGIC:
            return self._take_session(frame, peer, endpoint.slot, at)
        if frame[:1] == _CONTROL_FIRST and (peer.endpoint, peer.host) in self._ports:
            return self._take_session(frame, peer, endpoint.slot, at)
        if self._voices.take(frame, peer.host, at):
            return []
        raise MalformedError("neither HSTRP nor HDAP", frame)

    def accepted(self, heard: Heard, at: Moment) -> None:
        """A message was readable: its sender is alive, and where answers go to is known."""
        if self._last_payload is None:  # health does not wait
            self._health_at = at.mono
        self._last_payload = at
        host = heard.peer.host
        if not heard.plain:
            return
        self._plain[heard.peer.endpoint, host] = heard.peer
        new = host not in self._plain_heard_at
        self._plain_heard_at[host] = at.mono
        if new:
            log.info("%s: %s speaks plain HDAP", self._config.name, host)
            self._judge(f"{host} heard", at)

    def hosts(self) -> list[str]:
        """Hosts that can be sent to now, in order of their address."""
        up = {host for (_, host), port in self._ports.items() if port.session.up}
        return sorted(up | self._plain_heard_at.keys())

    def default_route(self, host: str) -> Route:
        """For radios and talkgroups that were not heard yet."""
        plain = host in self._plain_heard_at or self._controlled(host)
        return Route(host, None if plain else self._config.default_slot)

    def endpoint(self, service: Service, slot: int | None) -> str | None:
        """Name of the port that carries a service; None: this link has none."""
        for name, endpoint in self._config.endpoints.items():
            if endpoint == (service, slot):
                controls = name != ENDPOINT or self._config.control_port is not None
                return name if controls else None
        return None

    def reply(self, heard: Heard, octets: bytes, at: Moment, *, acknowledges: bool = False) -> None:
        """Answer on the port and to the address that a message came from."""
        port = self._ports.get((heard.peer.endpoint, heard.peer.host))
        if heard.plain:
            self._outgoing.append(Outgoing(octets, heard.peer, acknowledges))
        elif port is not None and port.session.up:
            port.session.send(octets, next(self._keys), at.mono, acknowledges=acknowledges)
            self._drain(port)

    def send(self, service: Service, route: Route, octets: bytes, done: Done, at: Moment) -> None:
        """Send a message of our own; `done` tells what became of it, possibly at once.

        Raises:
            NotReadyError: the base has no such port, or is not connected on it.
        """
        name = self.endpoint(service, route.slot)
        if name is None:
            raise NotReadyError(f"this link has no {service.name} port")
        port = self._ports.get((ENDPOINT if self._config.serial else name, route.host))
        if port is not None and port.session.up:
            key = next(self._keys)
            self._done[key] = done
            port.session.send(octets, key, at.mono)
            self._drain(port)
            return
        peer = self._plain_peer(name, route.host)
        if peer is None:
            raise NotReadyError(f"the base is not connected on port {name}")
        self._outgoing.append(Outgoing(octets, peer))
        done(None, at)

    def expire(self, at: Moment) -> None:
        for port in list(self._ports.values()):
            port.session.expire(at.mono)
            self._drain(port)
            self._settle(port, at)
        for host in [
            h for h, heard in self._plain_heard_at.items() if at.mono >= heard + self._quiet_s
        ]:
            del self._plain_heard_at[host]
            self._host_lost(host, "nothing heard for two registration periods", at)
        if self._health_at is not None and at.mono >= self._health_at:
            self._health_at = at.mono + HEALTH_EVERY_S
            self._emit(self._health(at))

    def deadline(self) -> float | None:
        due = [self._health_at, *(port.session.deadline() for port in self._ports.values())]
        due += [heard + self._quiet_s for heard in self._plain_heard_at.values()]
        return min((each for each in due if each is not None), default=None)

    def outgoing(self) -> list[Outgoing]:
        outgoing, self._outgoing = self._outgoing, []
        return outgoing

    @property
    def _quiet_s(self) -> float:
        return 2.0 * self._config.registration_period_s

    def _controlled(self, host: str) -> bool:
        """Whether this is a radio that we connect to."""
        port = self._ports.get((ENDPOINT, host))
        return port is not None and isinstance(port.session, HrnpSession)

    def _take_session(self, frame: bytes, peer: Peer, slot: int | None, at: Moment) -> list[Heard]:
        key = (peer.endpoint, peer.host)
        port = self._ports.get(key) or _Port(HstrpSession(), peer)
        heard: list[Delivered] = []
        try:
            port.session.feed(frame, at.mono)
        finally:
            if port.session.up or key in self._ports:
                port.peer = peer
                self._ports[key] = port
            self._drain(port)
            heard = self._settle(port, at)
        return [
            Heard(
                each.payload,
                route_by(peer.host, each.slot if each.slot in _SLOTS else slot),
                peer,
                plain=False,
            )
            for each in heard
        ]

    def _plain_peer(self, name: str, host: str) -> Peer | None:
        """Where a radio takes messages of this service: as heard, else its usual port."""
        if host not in self._plain_heard_at or name == ENDPOINT:
            return None
        usual = DEFAULT_PORTS["radio"].get(name)
        heard = self._plain.get((name, host))
        return heard or (Peer(name, host, usual) if usual else None)

    def _drain(self, port: _Port) -> None:
        for data, acknowledges in port.session.outgoing():
            self._outgoing.append(Outgoing(data, port.peer, acknowledges))

    def _settle(self, port: _Port, at: Moment) -> list[Delivered]:
        """Pass on what happened in a session; returns the messages."""
        heard = []
        for event in port.session.events():
            match event:
                case Delivered():
                    heard.append(event)
                case HandedOver(key):
                    self._tell(key, None, at)
                case NotTaken(key, reason):
                    self._tell(key, reason, at)
                case StateChanged():
                    self._session_changed(port.session, event.reason, at)
                case Voice(packet):
                    self._voices.heard(packet, port.peer.host, at)
        return heard

    def _tell(self, key: int, fault: str | None, at: Moment) -> None:
        done = self._done.pop(key, None)
        if done is not None:
            done(fault, at)

    def _session_changed(
        self, session: HstrpSession | HrnpSession, reason: str, at: Moment
    ) -> None:
        for port in self._ports.values():
            if port.session is session:
                if session.up and isinstance(session, HrnpSession):
                    for octets in SET_UP:
                        session.send(octets, next(self._keys), at.mono)
                    self._drain(port)
                host = port.peer.host
                log.info("%s: %s of %s: %s", self._config.name, port.peer.endpoint, host, reason)
                if session.up:
                    self._judge(f"{host}: {reason}", at)
                elif host not in self.hosts():
                    self._host_lost(host, reason, at)

    def _host_lost(self, host: str, reason: str, at: Moment) -> None:
        log.warning("%s: %s is lost: %s", self._config.name, host, reason)
        self._lost(host, reason, at)
        self._judge(f"{host}: {reason}", at)

    def _judge(self, reason: str, at: Moment) -> None:
        """Up while any host is; down after the last one was lost."""
        state = LinkState.UP if self.hosts() else LinkState.DOWN
        if state is not self.state:
            self._become(state, reason, at)

    def _become(self, state: LinkState, reason: str, at: Moment) -> None:
        self.state = state
        self._since = at
        config = self._config
        self._emit(
            LinkChanged(link=config.name, at=at, state=state, reason=reason, site=config.site)
        )

    def _health(self, at: Moment) -> LinkHealth:
        return LinkHealth(
            link=self._config.name,
            at=at,
            state=self.state,
            site=self._config.site,
            since=(self._since or at).utc,
            last_payload_at=None if self._last_payload is None else self._last_payload.utc,
            frames=self._frames,
            malformed=self._malformed,
            refused=self._refused,
        )
