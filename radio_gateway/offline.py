"""Adapters without a base station behind them: for frames from captures and the command line.

Such frames often lack the login before them. Repeaters of the Homebrew protocol are therefore
logged in with a salt and a passphrase of our own, once for each address that they speak from.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random
from typing import Final, Protocol

from radio_gateway.domain.events import Event, LinkChanged, LinkHealth
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Adapter, Peer
from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.mototrbo.addressing import Networks

NETWORK: Final = "capture"
"Name of link and numbering network in the events."
MAX_TIMERS: Final = 10_000
"Timers run between two frames; a gap of half a day holds no more."
DISPATCHER: Final = 0xFF_FFFF
_PASSPHRASE: Final = "taken for logged in"  # noqa: S105  # guards nothing
_NEVER_S: Final = 1e9
_LISTENER: Final = 0xFFFF_FFFF
"Our id in an IPSC network, and the one below it the master's."
_NOBODY: Final = "192.0.2.1"
_PEERING: Final = 0x90
"From here on, first octets of IPSC packets are about the network itself."
_LAST_NETWORK: Final = 223
"Of the first octets that single stations have."
_SALT: Final = bytes(4)


class Offline(Protocol):
    """Frames in, events out."""

    assumed: set[str]
    "What was taken for granted, for the summary: `repeater 247001 from 192.0.2.1`."

    def feed(self, data: bytes, peer: Peer, at: Moment) -> list[Event]:
        """Events that this frame brings."""
        ...

    def finish(self, at: Moment) -> list[Event]:
        """Events that waiting until `at` brings: calls whose end was not heard and the like."""
        ...


@dataclass(slots=True)
class _Base:
    """What all kinds share: let time pass, then feed, then keep what is about radios."""

    adapter: Adapter
    assumed: set[str]

    def feed(self, data: bytes, peer: Peer, at: Moment) -> list[Event]:
        before = self._pass_time(at)
        self.adapter.feed(data, peer, at)
        return before + self._taken()

    def finish(self, at: Moment) -> list[Event]:
        return self._pass_time(at)

    def _pass_time(self, at: Moment) -> list[Event]:
        for _ in range(MAX_TIMERS):
            due = self.adapter.deadline()
            if due is None or due > at.mono:
                break
            self.adapter.expire(Moment(due, at.utc - timedelta(seconds=at.mono - due)))
        return self._taken()

    def _taken(self) -> list[Event]:
        self.adapter.outgoing()
        events = self.adapter.events()
        return [event for event in events if not isinstance(event, LinkChanged | LinkHealth)]


class HomebrewOffline(_Base):
    """A master that knows the repeaters of a capture and believes that they are logged in."""

    def __init__(self, repeaters: Iterable[int], at: Moment) -> None:
        from radio_gateway.adapters.homebrew import HomebrewConfig, HomebrewMaster, RepeaterConfig

        known = tuple(
            RepeaterConfig(number, f"repeater {number}", _PASSPHRASE)
            for number in sorted(repeaters)
        )
        config = HomebrewConfig(
            name=NETWORK, network=NETWORK, repeaters=known, keepalive_timeout_s=_NEVER_S
        )
        super().__init__(HomebrewMaster(config, salt=lambda: _SALT), set())
        self.adapter.opened(at)
        self._addresses: dict[int, Peer] = {}

    def feed(self, data: bytes, peer: Peer, at: Moment) -> list[Event]:
        from radio_gateway.protocols.homebrew.openbridge import without_signature

        before = self._pass_time(at)
        data, _ = without_signature(data)
        number = repeater_of(data)
        if number is None or is_login(data):
            return before
        if self._addresses.get(number) != peer:
            self._log_in(number, peer, at)
        self.adapter.feed(data, peer, at)
        if says_goodbye(data):
            del self._addresses[number]
        return before + self._taken()

    def _log_in(self, number: int, peer: Peer, at: Moment) -> None:
        from radio_gateway.protocols.homebrew.configuration import Configuration
        from radio_gateway.protocols.homebrew.peer import PeerSession

        session = PeerSession(Configuration(repeater_id=number), _PASSPHRASE.encode())
        session.open(at.mono)
        while frames := session.outgoing():
            for frame in frames:
                self.adapter.feed(frame, peer, at)
            for answer in self.adapter.outgoing():
                session.feed(answer.data, at.mono)
        self._addresses[number] = peer
        self.assumed.add(f"repeater {number} from {peer.host}")


class HyteraOffline(_Base):
    """A base that takes datagrams of any address."""

    def __init__(self, hosts: Iterable[str], at: Moment, *, control: bool = False) -> None:
        """Make a base; `control`: some of the datagrams are of a radio's control port."""
        from radio_gateway.adapters.hytera import HyteraBase, HyteraConfig

        port = 3005 if control else None
        config = HyteraConfig(NETWORK, NETWORK, frozenset(hosts), DISPATCHER, control_port=port)
        super().__init__(HyteraBase(config), set())
        self.adapter.opened(at)


class MototrboOffline(_Base):
    """A MOTOTRBO system in which every radio may speak, from whichever port."""

    def __init__(self, at: Moment, radios: Iterable[str] = ()) -> None:
        """Make a system; `radios`: addresses that radios spoke from, if known to be of radios."""
        from radio_gateway.adapters.mototrbo import MototrboConfig, MototrboSystem

        networks = _networks_of(radios)
        config = MototrboConfig(NETWORK, NETWORK, networks, silence_s=_NEVER_S)
        super().__init__(MototrboSystem(config, Random(0)), set())  # noqa: S311  # nothing is sent
        self._ports = config.radio_ports
        self.adapter.opened(at)

    def feed(self, data: bytes, peer: Peer, at: Moment) -> list[Event]:
        return super().feed(data, replace(peer, port=self._ports[peer.endpoint]), at)


def _networks_of(radios: Iterable[str]) -> Networks:
    """As radios come set, unless all of these have other addresses."""
    starts = (host.partition(".")[0] for host in radios)
    firsts = Counter(int(first) for first in starts if first.isdecimal())
    usual = Networks()
    if usual.cai in firsts or usual.server in firsts:
        return usual
    cai = max(range(1, _LAST_NETWORK + 1), key=lambda first: firsts[first])
    if not firsts[cai]:
        return usual
    return Networks(cai, cai + 1 if cai < _LAST_NETWORK else cai - 1)


class MototrboIpscOffline(_Base):
    """A listening peer that takes every sender of user packets for one of the network."""

    def __init__(self, at: Moment) -> None:
        from radio_gateway.adapters.mototrbo_ipsc import IpscConfig, IpscListener
        from radio_gateway.protocols.mototrbo.ipsc_session import Address

        config = IpscConfig(
            name=NETWORK,
            network=NETWORK,
            peer_id=_LISTENER,
            master=Address(_NOBODY, 1),
            keepalive_s=_NEVER_S,
        )
        super().__init__(IpscListener(config), set())
        self.adapter.opened(at)
        self._peers: dict[int, Peer] = {}

    def feed(self, data: bytes, peer: Peer, at: Moment) -> list[Event]:
        before = self._pass_time(at)
        if not data or data[0] >= _PEERING:
            return before
        number = int.from_bytes(data[1:5], "big")
        if self._peers.get(number) != peer:
            self._peers = {n: p for n, p in self._peers.items() if p != peer} | {number: peer}
            self._introduce(at)
            self.assumed.add(f"repeater {number} from {peer.host}")
        self.adapter.feed(data, peer, at)
        return before + self._taken()

    def _introduce(self, at: Moment) -> None:
        from radio_gateway.protocols.mototrbo.ipsc_peering import (
            MasterRegistered,
            Mode,
            PeerEntry,
            PeerList,
            Version,
        )

        master = Peer("main", _NOBODY, 1)
        entries = (PeerEntry(n, p.host, p.port, Mode()) for n, p in self._peers.items())
        registered = MasterRegistered(_LISTENER - 1, Mode(), 0, 0, Version())
        for packet in (registered, PeerList(_LISTENER - 1, tuple(entries))):
            self.adapter.feed(packet.build(), master, at)


class HyteraIpscOffline(_Base):
    """A master that takes repeaters for registered, from whichever port they speak."""

    def __init__(self, hosts: Iterable[str], at: Moment) -> None:
        from radio_gateway.adapters.hytera_ipsc import (
            HyteraIpscConfig,
            HyteraIpscMaster,
            RepeaterConfig,
        )

        repeaters = tuple(RepeaterConfig(host, f"repeater {host}") for host in sorted(hosts))
        config = HyteraIpscConfig(
            name=NETWORK, network=NETWORK, repeaters=repeaters, timeout_s=_NEVER_S
        )
        super().__init__(HyteraIpscMaster(config), set())
        self.adapter.opened(at)
        self._ports: dict[str, int] = {}

    def feed(self, data: bytes, peer: Peer, at: Moment) -> list[Event]:
        from radio_gateway.protocols.hytera.ipsc_p2p import MARK, MIN_SIZE, P2pRequest

        before = self._pass_time(at)
        if peer.endpoint == "dmr" and self._ports.get(peer.host) != peer.port:
            register = MARK.ljust(MIN_SIZE - 1, b"\0") + bytes((P2pRequest.REGISTER,))
            self.adapter.feed(register, replace(peer, endpoint="p2p"), at)
            self._ports[peer.host] = peer.port
            self.assumed.add(f"repeater {peer.host}")
        self.adapter.feed(data, peer, at)
        return before + self._taken()


class SerialOffline(_Base):
    """A base or talker on a cable; radio 0 stands for those that nobody names."""

    def __init__(self, kind: str, at: Moment) -> None:
        from radio_gateway.adapters._tait_config import TaitConfig
        from radio_gateway.adapters.hytera import HyteraConfig
        from radio_gateway.adapters.hytera_serial import HyteraSerial
        from radio_gateway.adapters.kenwood import KenwoodBase, KenwoodConfig
        from radio_gateway.adapters.nmea import NmeaConfig, NmeaTalker
        from radio_gateway.adapters.tait import TaitBase

        adapter: Adapter
        if kind == "kenwood":
            adapter = KenwoodBase(KenwoodConfig(name=NETWORK, network=NETWORK))
        elif kind == "hytera-serial":
            adapter = HyteraSerial(HyteraConfig(NETWORK, NETWORK, frozenset(), DISPATCHER))
        elif kind == "tait":
            adapter = TaitBase(TaitConfig(name=NETWORK, network=NETWORK, radio=0, fleet=""))
        else:
            adapter = NmeaTalker(NmeaConfig(name=NETWORK, network=NETWORK, radio=0))
        super().__init__(adapter, set())
        self.adapter.opened(at)


def repeater_of(data: bytes) -> int | None:
    """The repeater that a Homebrew datagram names; None: none, or no such datagram."""
    from radio_gateway.protocols.homebrew.frames import parse_frame
    from radio_gateway.protocols.homebrew.openbridge import without_signature

    try:
        return getattr(parse_frame(without_signature(data)[0]), "repeater_id", None)
    except MalformedError:
        return None


def is_login(data: bytes) -> bool:
    """Whether a Homebrew datagram is part of a login, whose salt we do not know."""
    from radio_gateway.protocols.homebrew.configuration import Configuration
    from radio_gateway.protocols.homebrew.frames import parse_frame
    from radio_gateway.protocols.homebrew.messages import Key, Login

    try:
        return isinstance(parse_frame(data), Login | Key | Configuration)
    except MalformedError:
        return False


def says_goodbye(data: bytes) -> bool:
    """Whether a Homebrew datagram ends its repeater's session."""
    from radio_gateway.protocols.homebrew.messages import RepeaterCloses

    return data.startswith(RepeaterCloses.TAG)
