"""How IPSC peers find and keep each other: registration, peer list, keep-alive, goodbye."""

from dataclasses import dataclass
from enum import IntEnum, IntFlag
from ipaddress import IPv4Address
from typing import ClassVar, Final

from radio_gateway.protocols.errors import MalformedError

ENTRY_OCTETS: Final = 11
_HEAD: Final = 5


class Operation(IntEnum):
    """Bits 7 and 6 of the mode."""

    DISABLED = 0
    ENABLED = 1
    KNOCKED_DOWN = 2
    LOCKED = 3


class Signalling(IntEnum):
    """Bits 5 and 4 of the mode."""

    NONE = 0
    ANALOGUE = 1
    DIGITAL = 2
    MIXED = 3


class SlotUse(IntEnum):
    """Two bits for each slot."""

    OFF = 0
    LOCAL = 1
    IPSC = 2
    RESERVED = 3


@dataclass(frozen=True, slots=True)
class Mode:
    """What a peer does with its slots, one octet."""

    operation: Operation = Operation.ENABLED
    signalling: Signalling = Signalling.DIGITAL
    slot1: SlotUse = SlotUse.IPSC
    slot2: SlotUse = SlotUse.IPSC

    @classmethod
    def from_octet(cls, octet: int) -> "Mode":
        """Every octet is a mode."""
        return cls(
            Operation(octet >> 6),
            Signalling(octet >> 4 & 0x3),
            SlotUse(octet >> 2 & 0x3),
            SlotUse(octet & 0x3),
        )

    def to_octet(self) -> int:
        return self.operation << 6 | self.signalling << 4 | self.slot1 << 2 | self.slot2


class PeerFlag(IntFlag):
    """The named bits of the four flag octets; octets 1 and 2 mean newer features, kept as sent."""

    CSBK_CALLS = 0x8000
    CALL_MONITOR = 0x4000
    "Asks repeaters for call status, repeater state and blocked transmissions."
    THIRD_PARTY = 0x2000
    XNL_CONNECTED = 0x80
    XNL_MASTER = 0x40
    XNL_SLAVE = 0x20
    AUTHENTICATED = 0x10
    DATA_CALLS = 0x08
    VOICE_CALLS = 0x04
    MASTER = 0x01


@dataclass(frozen=True, slots=True)
class Version:
    """The protocol that a peer speaks and the oldest that it accepts.

    A system is 1 IP Site Connect, 2 Capacity Plus, 3 application, 4 Linked Capacity Plus.
    """

    system: int = 1
    "0..63"
    number: int = 2
    "0..1023"
    oldest_system: int = 1
    oldest_number: int = 1

    @classmethod
    def from_bytes(cls, octets: bytes) -> "Version":
        """Read 4 octets: two words of 6 bits system and 10 bits number."""
        first, second = int.from_bytes(octets[:2], "big"), int.from_bytes(octets[2:4], "big")
        return cls(first >> 10, first & 0x3FF, second >> 10, second & 0x3FF)

    def to_bytes(self) -> bytes:
        current = self.system << 10 | self.number
        oldest = self.oldest_system << 10 | self.oldest_number
        return current.to_bytes(2, "big") + oldest.to_bytes(2, "big")


@dataclass(frozen=True, slots=True)
class MasterRegistration:
    """90: a peer asks its master to let it join. 96, its keep-alive, looks the same."""

    TYPE: ClassVar[int] = 0x90
    peer: int
    mode: Mode
    flags: int
    "`PeerFlag` bits."
    version: Version

    @classmethod
    def parse(cls, data: bytes) -> "MasterRegistration":
        _size(data, 14)
        return cls(_peer(data), *_station(data), Version.from_bytes(data[10:14]))

    def build(self) -> bytes:
        return _head(self.TYPE, self.peer) + _own(self.mode, self.flags) + self.version.to_bytes()


class MasterAlive(MasterRegistration):
    """96: a peer tells its master that it is still there."""

    __slots__ = ()
    TYPE: ClassVar[int] = 0x96


@dataclass(frozen=True, slots=True)
class MasterRegistered:
    """91: the master lets a peer join."""

    TYPE: ClassVar[int] = 0x91
    peer: int
    "Id of the master."
    mode: Mode
    flags: int
    peers: int
    "How many the system has."
    version: Version

    @classmethod
    def parse(cls, data: bytes) -> "MasterRegistered":
        _size(data, 16)
        peers = int.from_bytes(data[10:12], "big")
        return cls(_peer(data), *_station(data), peers, Version.from_bytes(data[12:16]))

    def build(self) -> bytes:
        own = _own(self.mode, self.flags) + self.peers.to_bytes(2, "big")
        return _head(self.TYPE, self.peer) + own + self.version.to_bytes()


@dataclass(frozen=True, slots=True)
class MasterAliveAnswer:
    """97: the master is there too."""

    TYPE: ClassVar[int] = 0x97
    peer: int
    mode: Mode
    flags: int
    version: Version

    @classmethod
    def parse(cls, data: bytes) -> "MasterAliveAnswer":
        _size(data, 14)
        return cls(_peer(data), *_station(data), Version.from_bytes(data[10:14]))

    def build(self) -> bytes:
        return _head(self.TYPE, self.peer) + _own(self.mode, self.flags) + self.version.to_bytes()


@dataclass(frozen=True, slots=True)
class _Bare:
    """A message of its type and its sender alone."""

    TYPE: ClassVar[int]
    peer: int

    def build(self) -> bytes:
        return _head(self.TYPE, self.peer)


class PeerListRequest(_Bare):
    """92: a peer asks who the others are."""

    __slots__ = ()
    TYPE: ClassVar[int] = 0x92

    @classmethod
    def parse(cls, data: bytes) -> "PeerListRequest":
        return cls(_peer(data))


class Goodbye(_Bare):
    """9A: a peer, or the master, leaves."""

    __slots__ = ()
    TYPE: ClassVar[int] = 0x9A

    @classmethod
    def parse(cls, data: bytes) -> "Goodbye":
        return cls(_peer(data))


class GoodbyeAnswer(_Bare):
    """9B: the goodbye was heard."""

    __slots__ = ()
    TYPE: ClassVar[int] = 0x9B

    @classmethod
    def parse(cls, data: bytes) -> "GoodbyeAnswer":
        return cls(_peer(data))


@dataclass(frozen=True, slots=True)
class PeerEntry:
    """One line of the peer list, 11 octets."""

    peer: int
    host: str
    "IPv4 address as the master sees it."
    port: int
    mode: Mode

    @classmethod
    def from_bytes(cls, octets: bytes) -> "PeerEntry":
        return cls(
            int.from_bytes(octets[:4], "big"),
            str(IPv4Address(octets[4:8])),
            int.from_bytes(octets[8:10], "big"),
            Mode.from_octet(octets[10]),
        )

    def to_bytes(self) -> bytes:
        return (
            self.peer.to_bytes(4, "big")
            + IPv4Address(self.host).packed
            + self.port.to_bytes(2, "big")
            + bytes((self.mode.to_octet(),))
        )


@dataclass(frozen=True, slots=True)
class PeerList:
    """93: all peers of the system but the master; replaces the list before."""

    TYPE: ClassVar[int] = 0x93
    peer: int
    entries: tuple[PeerEntry, ...]

    @classmethod
    def parse(cls, data: bytes) -> "PeerList":
        """Read one list.

        Raises:
            MalformedError: cut short, or no whole entries.
        """
        _size(data, 7)
        end = 7 + int.from_bytes(data[5:7], "big")
        if end > len(data) or (end - 7) % ENTRY_OCTETS:
            raise MalformedError("IPSC peer list of another length than it says", data)
        starts = range(7, end, ENTRY_OCTETS)
        entries = (PeerEntry.from_bytes(data[at : at + ENTRY_OCTETS]) for at in starts)
        return cls(_peer(data), tuple(entries))

    def build(self) -> bytes:
        octets = b"".join(entry.to_bytes() for entry in self.entries)
        return _head(self.TYPE, self.peer) + len(octets).to_bytes(2, "big") + octets


@dataclass(frozen=True, slots=True)
class PeerRegistration:
    """94: one peer introduces itself to another."""

    TYPE: ClassVar[int] = 0x94
    peer: int
    version: Version

    @classmethod
    def parse(cls, data: bytes) -> "PeerRegistration":
        _size(data, 9)
        return cls(_peer(data), Version.from_bytes(data[5:9]))

    def build(self) -> bytes:
        return _head(self.TYPE, self.peer) + self.version.to_bytes()


class PeerRegistered(PeerRegistration):
    """95: the answer to it."""

    __slots__ = ()
    TYPE: ClassVar[int] = 0x95


@dataclass(frozen=True, slots=True)
class PeerAlive:
    """98: one peer tells another that it is still there."""

    TYPE: ClassVar[int] = 0x98
    peer: int
    mode: Mode
    flags: int

    @classmethod
    def parse(cls, data: bytes) -> "PeerAlive":
        _size(data, 10)
        return cls(_peer(data), *_station(data))

    def build(self) -> bytes:
        return _head(self.TYPE, self.peer) + _own(self.mode, self.flags)


class PeerAliveAnswer(PeerAlive):
    """99: the answer to it."""

    __slots__ = ()
    TYPE: ClassVar[int] = 0x99


def _head(kind: int, peer: int) -> bytes:
    return bytes((kind,)) + peer.to_bytes(4, "big")


def _own(mode: Mode, flags: int) -> bytes:
    return bytes((mode.to_octet(),)) + flags.to_bytes(4, "big")


def _peer(data: bytes) -> int:
    return int.from_bytes(data[1:_HEAD], "big")


def _station(data: bytes) -> tuple[Mode, int]:
    return Mode.from_octet(data[5]), int.from_bytes(data[6:10], "big")


def _size(data: bytes, least: int) -> None:
    """Newer firmware may append fields: what we know must be there, more is not read."""
    if len(data) < least:
        raise MalformedError("IPSC packet is cut short", data)
