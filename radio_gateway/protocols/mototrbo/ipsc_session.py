"""A peer of an IPSC network that listens: joins at the master, keeps all others, sends no call.

No sockets and no clock. Nothing is believed but what comes from the master's own address, or
from the address and under the id that the master's peer list names; with a key, every packet
must carry a good hash besides.
"""

from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv4Address
from typing import Final, NamedTuple, TypeAlias

from radio_gateway.protocols.errors import MalformedError, RefusedError
from radio_gateway.protocols.mototrbo.ipsc import MAX_DATAGRAM, parse_packet
from radio_gateway.protocols.mototrbo.ipsc_auth import IpscKey
from radio_gateway.protocols.mototrbo.ipsc_monitor import Blocked, CallStatus, RepeaterState
from radio_gateway.protocols.mototrbo.ipsc_peering import (
    Goodbye,
    GoodbyeAnswer,
    MasterAlive,
    MasterRegistered,
    MasterRegistration,
    Mode,
    PeerAlive,
    PeerAliveAnswer,
    PeerEntry,
    PeerFlag,
    PeerList,
    PeerListRequest,
    PeerRegistered,
    PeerRegistration,
    Version,
)
from radio_gateway.protocols.mototrbo.ipsc_user import UserPacket

LISTENER_FLAGS: Final = PeerFlag.CSBK_CALLS | PeerFlag.CALL_MONITOR | PeerFlag.THIRD_PARTY
"Without voice and data: a call monitor alone."
STREAM_FLAGS: Final = LISTENER_FLAGS | PeerFlag.DATA_CALLS | PeerFlag.VOICE_CALLS

FIRST_RETRIES_S: Final = (1.0, 2.0)
"Pauses after the first registrations: a master that just came, or a lost answer, costs less."

Payload: TypeAlias = UserPacket | CallStatus | RepeaterState | Blocked
"What repeaters say about radios."


class Address(NamedTuple):
    host: str
    port: int


class State(Enum):
    DOWN = "down"
    REGISTERING = "registering"
    UP = "up"


@dataclass(frozen=True, slots=True)
class Change:
    """One station became reachable or was lost."""

    peer: int | None
    "None: the master, whose id may not be known yet."
    old: State
    new: State
    reason: str


@dataclass(slots=True)
class _Station:
    """The master or another peer, as we know it."""

    address: Address
    state: State = State.DOWN
    missed: int = 0
    "Keep-alives since anything was heard."


class ListeningPeer:
    """Our side of one IPSC network."""

    def __init__(
        self,
        peer_id: int,
        master: Address,
        *,
        key: IpscKey | None = None,
        streams: bool = True,
        allowed: frozenset[str] = frozenset(),
        keepalive_s: float = 5.0,
        max_missed: int = 4,
    ) -> None:
        """Start apart from the network.

        Args:
            peer_id: ours, unique in the network.
            master: where the master listens.
            key: of an authenticated network.
            streams: whether voice and data bursts are wanted, or call status alone.
            allowed: hosts that peers may have; empty: any that the master names.
            keepalive_s: seconds between registrations, but for the first ones, and between
                keep-alives; 5 to 15.
            max_missed: unanswered keep-alives after which a station counts as lost; 3 to 20.
        """
        self._id = peer_id
        self._key = key
        self._allowed = allowed
        self._every_s = keepalive_s
        self._max_missed = max_missed
        self._mode = Mode() if streams else Mode.from_octet(0x60)
        authenticated = PeerFlag.AUTHENTICATED if key else 0
        self._flags = int((STREAM_FLAGS if streams else LISTENER_FLAGS) | authenticated)
        self._version = Version()
        self._master = _Station(master)
        self._master_id: int | None = None
        self._peers: dict[int, _Station] = {}
        self._owners: dict[Address, int] = {}
        self._list_wanted = False
        self._soon: list[float] = []
        "Pauses before the next registrations that are shorter than usual."
        self._due: float | None = None
        self._changes: list[Change] = []
        self._outgoing: list[tuple[bytes, Address]] = []

    @property
    def master_id(self) -> int | None:
        """As the master gave it at the last registration."""
        return self._master_id

    @property
    def state(self) -> State:
        """Of the master."""
        return self._master.state

    def open(self, now: float) -> None:
        """Begin to register."""
        self._become(None, self._master, State.REGISTERING, "registering with the master")
        self._soon = list(FIRST_RETRIES_S)
        self._due = now
        self.expire(now)

    def close(self, reason: str) -> None:
        """Say goodbye to everybody; what was unsaid stays so."""
        goodbye = Goodbye(self._id)
        if self._master.state is State.UP:
            self._send(goodbye, self._master.address)
        for number, station in self._peers.items():
            if station.state is State.UP:
                self._send(goodbye, station.address)
            self._become(number, station, State.DOWN, reason)
        self._become(None, self._master, State.DOWN, reason)
        self._peers.clear()
        self._owners.clear()
        self._due = None

    def feed(self, datagram: bytes, sender: Address, now: float) -> Payload | None:
        """Take one datagram.

        Returns:
            What it says about radios; None when it was for the network itself.

        Raises:
            RefusedError: from an address, with an id or with a hash that is not the network's.
            MalformedError: no IPSC packet.
        """
        from_master = sender == self._master.address
        if (not from_master and sender not in self._owners) or self._due is None:
            raise RefusedError("IPSC packet of a stranger")
        if len(datagram) > MAX_DATAGRAM:
            raise MalformedError("IPSC packet longer than any", datagram)
        packet = parse_packet(self._key.open(datagram) if self._key else datagram)
        if from_master and isinstance(packet, MasterRegistered):
            self._registered(packet, now)
            return None
        station = self._station(packet.peer, sender, from_master=from_master)
        station.missed = 0
        if from_master:
            if station.state is not State.UP:
                raise RefusedError("the master has not let us in yet")
            self._from_master(packet)
        else:
            self._from_peer(packet, station)
        return packet if isinstance(packet, Payload) else None

    def expire(self, now: float) -> None:
        """Register, keep alive and give up, whatever is due."""
        if self._due is None or now < self._due:
            return
        soon = self._soon.pop(0) if self._soon else self._every_s
        self._due = now + min(soon, self._every_s)
        self._keep_master()
        for number, station in self._peers.items():
            self._keep_peer(number, station)

    def deadline(self) -> float | None:
        """When `expire` has something to do next."""
        return self._due

    def outgoing(self) -> list[tuple[bytes, Address]]:
        """Datagrams to send since the last call, oldest first."""
        taken, self._outgoing = self._outgoing, []
        return taken

    def changes(self) -> list[Change]:
        """What became of stations since the last call, oldest first."""
        taken, self._changes = self._changes, []
        return taken

    # -- the master ------------------------------------------------------------------------------

    def _registered(self, packet: MasterRegistered, now: float) -> None:
        if self._master.state is State.UP and packet.peer != self._master_id:
            raise RefusedError(f"the master is {self._master_id}, not {packet.peer}")
        self._master.missed = 0
        self._master_id = packet.peer
        if self._master.state is not State.UP:
            self._become(None, self._master, State.UP, f"the master {packet.peer} lets us in")
            self._soon.clear()
            self._due = now + self._every_s
        self._list_wanted = packet.peers > 0
        self._ask_list()

    def _from_master(self, packet: object) -> None:
        match packet:
            case PeerList(entries=entries):
                self._list_wanted = False
                self._replace(entries)
            case Goodbye():
                self._send(GoodbyeAnswer(self._id), self._master.address)
                self._become(None, self._master, State.REGISTERING, "the master says goodbye")
            case PeerRegistration() | PeerAlive():
                self._answer(packet, self._master.address)
            case _:
                pass

    def _keep_master(self) -> None:
        station = self._master
        if station.state is State.UP and station.missed >= self._max_missed:
            self._become(None, station, State.REGISTERING, "the master does not answer")
        if station.state is State.UP:
            station.missed += 1
            alive = MasterAlive(self._id, self._mode, self._flags, self._version)
            self._send(alive, station.address)
            self._ask_list()
        else:
            wish = MasterRegistration(self._id, self._mode, self._flags, self._version)
            self._send(wish, station.address)

    def _ask_list(self) -> None:
        if self._list_wanted:
            self._send(PeerListRequest(self._id), self._master.address)

    # -- the other peers -------------------------------------------------------------------------

    def _replace(self, entries: tuple[PeerEntry, ...]) -> None:
        """Take a new peer list: greet who came, forget who left or moved."""
        listed = {entry.peer: entry for entry in entries if self._usable(entry)}
        for number, station in list(self._peers.items()):
            entry = listed.get(number)
            if entry is None or station.address != (entry.host, entry.port):
                self._become(number, station, State.DOWN, "no longer in the master's list")
                del self._peers[number]
        for number, entry in listed.items():
            if number not in self._peers:
                station = _Station(Address(entry.host, entry.port))
                self._peers[number] = station
                self._become(number, station, State.REGISTERING, "named by the master")
                self._send(PeerRegistration(self._id, self._version), station.address)
        self._owners = {station.address: number for number, station in self._peers.items()}

    def _usable(self, entry: PeerEntry) -> bool:
        """Whether an entry is another station that we may speak to."""
        host = IPv4Address(entry.host)
        nowhere = host.is_unspecified or host.is_multicast or host.is_reserved or not entry.port
        ours = entry.peer in (self._id, self._master_id)
        same = (entry.host, entry.port) == self._master.address
        allowed = not self._allowed or entry.host in self._allowed
        return allowed and not (nowhere or ours or same)

    def _from_peer(self, packet: object, station: _Station) -> None:
        match packet:
            case PeerRegistered():
                number = packet.peer
                self._become(number, station, State.UP, "the peer answers")
            case PeerRegistration() | PeerAlive():
                self._answer(packet, station.address)
            case Goodbye(peer=number):
                self._send(GoodbyeAnswer(self._id), station.address)
                self._become(number, station, State.REGISTERING, "the peer says goodbye")
            case _:
                pass

    def _answer(self, packet: PeerRegistration | PeerAlive, to: Address) -> None:
        if isinstance(packet, PeerRegistered | PeerAliveAnswer):
            return
        if isinstance(packet, PeerRegistration):
            self._send(PeerRegistered(self._id, self._version), to)
        else:
            self._send(PeerAliveAnswer(self._id, self._mode, self._flags), to)

    def _keep_peer(self, number: int, station: _Station) -> None:
        if station.state is State.UP and station.missed >= self._max_missed:
            self._become(number, station, State.REGISTERING, "the peer does not answer")
        if station.state is State.UP:
            station.missed += 1
            self._send(PeerAlive(self._id, self._mode, self._flags), station.address)
        else:
            self._send(PeerRegistration(self._id, self._version), station.address)

    # -- both ------------------------------------------------------------------------------------

    def _station(self, number: int, sender: Address, *, from_master: bool) -> _Station:
        """Who sent a packet; the id must be the one that this address has."""
        expected = self._master_id if from_master else self._owners[sender]
        if number != expected:
            raise RefusedError(f"IPSC packet as {number} from the address of {expected}")
        return self._master if from_master else self._peers[number]

    def _become(self, number: int | None, station: _Station, new: State, reason: str) -> None:
        if station.state is not new:
            self._changes.append(Change(number, station.state, new, reason))
            station.state = new
            station.missed = 0

    def _send(self, packet: "_Sendable", to: Address) -> None:
        octets = packet.build()
        self._outgoing.append((self._key.seal(octets) if self._key else octets, to))


_Sendable: TypeAlias = (
    Goodbye
    | GoodbyeAnswer
    | MasterAlive
    | MasterRegistration
    | PeerAlive
    | PeerListRequest
    | PeerRegistration
)
"All that this peer ever sends: nothing that reaches the air."
