"""The wire side of a MOTOTRBO system: who may speak, where datagrams go, state and counters."""

import logging
from functools import lru_cache
from typing import Final

from radio_gateway.adapters._mototrbo_config import Emit, MototrboConfig, Service
from radio_gateway.adapters._recent import Recent
from radio_gateway.domain.events import LinkChanged, LinkHealth, LinkState
from radio_gateway.domain.ids import RadioId, TalkgroupId
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Outgoing, Peer
from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.mototrbo.addressing import Side

log = logging.getLogger(__name__)

HEALTH_EVERY_S: Final = 5.0
_REMEMBERED: Final = 8192


class MototrboLinks:
    """The sockets of one system; up while radios are heard through it."""

    def __init__(self, config: MototrboConfig, emit: Emit) -> None:
        self.state = LinkState.DOWN
        self._config = config
        self._emit = emit
        self._outgoing: list[Outgoing] = []
        self._since: Moment | None = None
        self._last_payload: Moment | None = None
        self._health_at: float | None = None
        self._frames = self._malformed = self._refused = self._unlogged = 0
        self._refusals_logged = Recent(60.0, limit=256)
        self._malformed_logged = Recent(1.0, limit=256)
        self._owner = lru_cache(maxsize=_REMEMBERED)(self._owner_of)

    @property
    def open(self) -> bool:
        """Whether datagrams can be sent."""
        return self._health_at is not None

    def opened(self, at: Moment) -> None:
        self._health_at = at.mono + HEALTH_EVERY_S
        self._become(LinkState.CONNECTING, "ports open, waiting for a radio", at)

    def closed(self, reason: str, at: Moment) -> None:
        self._outgoing.clear()
        self._health_at = None
        if self.state is not LinkState.DOWN:
            self._become(LinkState.DOWN, reason, at)

    def admit(self, peer: Peer) -> RadioId | None:
        """The radio that sends from this address and port; None: nobody who may."""
        if self._config.radio_ports.get(peer.endpoint) != peer.port:
            return None
        return self._owner(peer.host)

    def refuse(self, peer: Peer, at: Moment) -> None:
        """Count a datagram of somebody else."""
        self._refused += 1
        if not self._refusals_logged.seen(peer.host, at.mono):
            name = self._config.name
            log.warning("%s: refused a datagram from %s:%d", name, peer.host, peer.port)

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

    def counted(self) -> None:
        """A datagram of a radio came."""
        self._frames += 1

    def accepted(self, radio: RadioId, at: Moment) -> None:
        """It was readable: the way to the radios works."""
        if self._last_payload is None:  # health does not wait
            self._health_at = at.mono
        self._last_payload = at
        if self.state is not LinkState.UP:
            self._become(LinkState.UP, f"radio {radio.number} heard", at)

    def reply(self, peer: Peer, octets: bytes, *, acknowledges: bool) -> None:
        """Answer on the socket and to the address that a datagram came from."""
        self._outgoing.append(Outgoing(octets, peer, acknowledges))

    def send(self, service: Service, to: RadioId | TalkgroupId, octets: bytes) -> None:
        """Send a datagram to a radio, or to all radios of a talkgroup."""
        networks = self._config.networks
        if isinstance(to, RadioId):
            host = networks.radio_address(to.number)
        else:
            host = networks.group_address(to.number)
        peer = Peer(service.value, host, self._config.radio_ports[service])
        self._outgoing.append(Outgoing(octets, peer))

    def expire(self, at: Moment) -> None:
        lost_at = self._lost_at()
        if lost_at is not None and at.mono >= lost_at:
            self._become(LinkState.DOWN, f"no radio heard for {self._config.silence_s:g} s", at)
        if self._health_at is not None and at.mono >= self._health_at:
            self._health_at = at.mono + HEALTH_EVERY_S
            self._emit(self._health(at))

    def deadline(self) -> float | None:
        due = (self._health_at, self._lost_at())
        return min((each for each in due if each is not None), default=None)

    def outgoing(self) -> list[Outgoing]:
        outgoing, self._outgoing = self._outgoing, []
        return outgoing

    def _owner_of(self, host: str) -> RadioId | None:
        found = self._config.networks.owner(host)
        if found is None or found[0] is Side.GROUP or not self._config.allows(found[1]):
            return None
        return self._config.radio(found[1])

    def _lost_at(self) -> float | None:
        if self.state is not LinkState.UP or self._last_payload is None:
            return None
        return self._last_payload.mono + self._config.silence_s

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
