"""IP Site Connect: any packet of a MOTOTRBO repeater network, its hash removed.

No public specification: layouts follow open gateways and captures. `ipsc_peering` holds the
messages that keep a system together, `ipsc_user` the bursts of calls and data, `ipsc_monitor`
the reports for call monitors, `ipsc_auth` the hash, `ipsc_session` the peer that listens.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.mototrbo.ipsc_monitor import (
    Blocked,
    CallStatus,
    RepeaterState,
    WakeUp,
)
from radio_gateway.protocols.mototrbo.ipsc_peering import (
    Goodbye,
    GoodbyeAnswer,
    MasterAlive,
    MasterAliveAnswer,
    MasterRegistered,
    MasterRegistration,
    PeerAlive,
    PeerAliveAnswer,
    PeerList,
    PeerListRequest,
    PeerRegistered,
    PeerRegistration,
)
from radio_gateway.protocols.mototrbo.ipsc_user import UserPacket, UserType

MAX_DATAGRAM: Final = 2048
HEAD_OCTETS: Final = 5


@dataclass(frozen=True, slots=True)
class OtherPacket:
    """A packet that we do not read: control (70), call interrupts (86), wireline (B2), newer."""

    kind: int
    peer: int
    body: bytes

    @classmethod
    def parse(cls, data: bytes) -> "OtherPacket":
        return cls(data[0], int.from_bytes(data[1:5], "big"), data[5:])

    def build(self) -> bytes:
        return bytes((self.kind,)) + self.peer.to_bytes(4, "big") + self.body


Packet: TypeAlias = (
    Blocked
    | CallStatus
    | Goodbye
    | GoodbyeAnswer
    | MasterAlive
    | MasterAliveAnswer
    | MasterRegistered
    | MasterRegistration
    | OtherPacket
    | PeerAlive
    | PeerAliveAnswer
    | PeerList
    | PeerListRequest
    | PeerRegistered
    | PeerRegistration
    | RepeaterState
    | UserPacket
    | WakeUp
)

_KINDS: Final = (
    Blocked,
    CallStatus,
    Goodbye,
    GoodbyeAnswer,
    MasterAlive,
    MasterAliveAnswer,
    MasterRegistered,
    MasterRegistration,
    PeerAlive,
    PeerAliveAnswer,
    PeerList,
    PeerListRequest,
    PeerRegistered,
    PeerRegistration,
    RepeaterState,
    WakeUp,
)
PACKETS: Final[dict[int, Callable[[bytes], Packet]]] = {
    **{kind.TYPE: kind.parse for kind in _KINDS},
    **dict.fromkeys(UserType, UserPacket.parse),
}
"First octet -> reader; a new packet is one class and one line above."


def parse_packet(data: bytes) -> Packet:
    """Read one packet without its hash.

    Raises:
        MalformedError: cut short, too long, or against its own layout.
    """
    if len(data) < HEAD_OCTETS:
        raise MalformedError("IPSC packet is cut short", data)
    if len(data) > MAX_DATAGRAM:
        raise MalformedError("IPSC packet longer than any", data)
    return PACKETS.get(data[0], OtherPacket.parse)(data)
