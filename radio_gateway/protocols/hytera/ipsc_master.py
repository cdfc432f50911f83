"""The master of Hytera repeaters in IP multi-site connect: who is registered, who is silent.

No sockets and no clock. Three ports: P2P (registration and pings), DMR (bursts), RDAC (what a
repeater says about itself; we do not ask). Only hosts that were named are answered; bursts
count only from registered repeaters, and from the one port that they speak from.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final, NamedTuple

from radio_gateway.protocols.errors import MalformedError, RefusedError
from radio_gateway.protocols.hytera.ipsc import PING_SIZE, IpscPacket, IpscPing
from radio_gateway.protocols.hytera.ipsc_p2p import (
    KEEP_ALIVE,
    KEEP_ALIVE_ANSWER,
    MARK,
    NOT_REGISTERED,
    P2pCommand,
    P2pRequest,
)

MAX_DATAGRAM: Final = 512
"The longest known has 103 octets."


class Service(Enum):
    """Our ports."""

    P2P = "p2p"
    DMR = "dmr"
    RDAC = "rdac"


class Address(NamedTuple):
    host: str
    port: int


class State(Enum):
    DOWN = "down"
    UP = "up"


@dataclass(frozen=True, slots=True)
class Change:
    """A repeater registered or was lost."""

    host: str
    new: State
    reason: str


@dataclass(slots=True)
class _Repeater:
    state: State = State.DOWN
    heard_at: float = 0.0
    voice_from: Address | None = None
    "Where its bursts come from; set by the first datagram after registration."
    voice_heard_at: float = 0.0


class IpscMaster:
    """All repeaters of one link."""

    def __init__(
        self, hosts: frozenset[str], *, dmr_port: int, rdac_port: int, timeout_s: float = 25.0
    ) -> None:
        """Start with nobody registered.

        Args:
            hosts: addresses of the repeaters; others are refused.
            dmr_port: where repeaters are told to send bursts.
            rdac_port: where they are told to offer RDAC.
            timeout_s: silence after which a repeater counts as lost; it pings every 7 s.
        """
        self._ports = {P2pRequest.START_DMR: dmr_port, P2pRequest.START_RDAC: rdac_port}
        self._timeout_s = timeout_s
        self._repeaters = {host: _Repeater() for host in sorted(hosts)}
        self._changes: list[Change] = []
        self._outgoing: list[tuple[Service, bytes, Address]] = []

    def up(self, host: str) -> bool:
        """Whether that repeater is registered."""
        repeater = self._repeaters.get(host)
        return repeater is not None and repeater.state is State.UP

    def feed(
        self, datagram: bytes, service: Service, sender: Address, now: float
    ) -> IpscPacket | None:
        """Take one datagram.

        Returns:
            A burst, sync or wake-up of a registered repeater; None: it was for the session.

        Raises:
            RefusedError: of a host that was not named, not registered, or of another port.
            MalformedError: nothing that a repeater sends to that port.
        """
        repeater = self._repeaters.get(sender.host)
        if repeater is None:
            raise RefusedError("Hytera IPSC datagram of a host that is not configured")
        if len(datagram) > MAX_DATAGRAM:
            raise MalformedError("longer than any IPSC datagram", datagram)
        match service:
            case Service.P2P:
                self._p2p(datagram, repeater, sender, now)
                return None
            case Service.DMR:
                return self._dmr(datagram, repeater, sender, now)
            case Service.RDAC:
                self._rdac(datagram, repeater, sender, now)
                return None

    def expire(self, now: float) -> None:
        """Give up repeaters that are silent for too long."""
        for host, repeater in self._repeaters.items():
            if repeater.state is State.UP and now >= repeater.heard_at + self._timeout_s:
                self._lost(host, repeater, f"no ping for {self._timeout_s:g} s")

    def deadline(self) -> float | None:
        """When `expire` has something to do next."""
        up = [r.heard_at for r in self._repeaters.values() if r.state is State.UP]
        return min(up) + self._timeout_s if up else None

    def close(self, reason: str) -> None:
        """Forget all sessions."""
        for host, repeater in self._repeaters.items():
            if repeater.state is State.UP:
                self._lost(host, repeater, reason)
        self._outgoing.clear()

    def changes(self) -> list[Change]:
        """What became of repeaters since the last call, oldest first."""
        taken, self._changes = self._changes, []
        return taken

    def outgoing(self) -> list[tuple[Service, bytes, Address]]:
        """Datagrams to send since the last call: from which port of ours, octets, to whom."""
        taken, self._outgoing = self._outgoing, []
        return taken

    def _p2p(self, datagram: bytes, repeater: _Repeater, sender: Address, now: float) -> None:
        if len(datagram) == PING_SIZE and datagram[:3] != MARK:
            ping = IpscPing.parse(datagram)
            if ping.is_response:
                return
            answer = ping.response().build() if repeater.state is State.UP else NOT_REGISTERED
            repeater.heard_at = now
            self._outgoing.append((Service.P2P, answer, sender))
            return
        command = P2pCommand.parse(datagram)
        if command.is_acknowledgement:
            return
        if command.what == P2pRequest.REGISTER:
            repeater.heard_at = now
            repeater.voice_from = None
            if repeater.state is not State.UP:
                repeater.state = State.UP
                self._changes.append(Change(sender.host, State.UP, "the repeater registered"))
            self._outgoing.append((Service.P2P, command.answer(), sender))
        elif repeater.state is not State.UP:
            self._outgoing.append((Service.P2P, NOT_REGISTERED, sender))
        elif command.what in self._ports:
            port = self._ports[P2pRequest(command.what)]
            repeater.heard_at = now
            self._outgoing.append((Service.P2P, command.answer(), sender))
            self._outgoing.append((Service.P2P, command.redirect(port), sender))
        else:
            raise MalformedError("P2P command of an unknown kind", datagram)

    def _dmr(
        self, datagram: bytes, repeater: _Repeater, sender: Address, now: float
    ) -> IpscPacket | None:
        if repeater.state is not State.UP:
            raise RefusedError("IPSC burst of a repeater that has not registered")
        if sender != repeater.voice_from:
            held = repeater.voice_from is not None
            if held and now < repeater.voice_heard_at + self._timeout_s:
                raise RefusedError("IPSC burst from another port than the repeater's")
            repeater.voice_from = sender
        packet = None if datagram == KEEP_ALIVE else IpscPacket.parse(datagram)
        repeater.heard_at = repeater.voice_heard_at = now
        if packet is None:
            self._outgoing.append((Service.DMR, KEEP_ALIVE_ANSWER, sender))
        return packet

    def _rdac(self, datagram: bytes, repeater: _Repeater, sender: Address, now: float) -> None:
        if repeater.state is not State.UP:
            raise RefusedError("RDAC of a repeater that has not registered")
        if datagram != KEEP_ALIVE:
            raise MalformedError("RDAC is not asked for", datagram)
        repeater.heard_at = now
        self._outgoing.append((Service.RDAC, KEEP_ALIVE_ANSWER, sender))

    def _lost(self, host: str, repeater: _Repeater, reason: str) -> None:
        repeater.state = State.DOWN
        repeater.voice_from = None
        self._changes.append(Change(host, State.DOWN, reason))
