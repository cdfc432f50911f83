"""RCP: the station itself: who it is, its channel, and what it reports by itself."""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final, Self

from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.hytera.hdap import Hdap
from radio_gateway.protocols.hytera.message import S32, U8, U16, U32, Octets, layout
from radio_gateway.protocols.hytera.rcp_base import Rcp, Result

_ITEM_HEAD: Final = layout(U8, U8)
_ITEM: Final = layout(U8, S32)


class StatusTarget(IntEnum):
    """Some of the things a status report (0xB0C8) may be about."""

    CHANNEL = 6
    EMERGENCY = 9
    RSSI = 11
    MAN_DOWN = 14
    LONE_WORKER = 23


@dataclass(frozen=True, slots=True)
class IdentityQuery(Rcp):
    OPCODE = 0x0452
    LAYOUT = layout(U8)

    kind: int
    "0 radio id, 1 IP address"


@dataclass(frozen=True, slots=True)
class IdentityReply(Rcp):
    OPCODE = 0x8452
    LAYOUT = layout(U8, U8, Octets(4))

    result: int
    kind: int
    octets: bytes

    @property
    def value(self) -> int | str:
        """Radio id (little-endian), or the dotted IP address (network order)."""
        if self.kind == 0:
            return int.from_bytes(self.octets, "little")
        return ".".join(str(octet) for octet in self.octets)


@dataclass(frozen=True, slots=True)
class ChannelQuery(Rcp):
    """Set or read zone and channel."""

    OPCODE = 0x00C4
    LAYOUT = layout(U8, U16, U16)

    operation: int
    "0 set, 1 read"
    zone: int
    channel: int


@dataclass(frozen=True, slots=True)
class ChannelReply(Rcp):
    OPCODE = 0x80C4
    LAYOUT = layout(U32, U32, U16, U16)

    result: int
    operation: int
    zone: int
    channel: int


@dataclass(frozen=True, slots=True)
class ChannelStatusQuery(Rcp):
    OPCODE = 0x00E7
    LAYOUT = layout(U8, U8)

    item: int
    "0 all, 3 power, 4 tx frequency, 5 rx frequency, 7 channel mode, 9 RSSI, 10 carrier .."
    value_type: int
    "0 level, 1 dB"


@dataclass(frozen=True, slots=True)
class ChannelStatusReply(Rcp):
    OPCODE = 0x80E7

    result: int
    items: tuple[tuple[int, int], ...] = field(default=())
    "(item, value) as in `ChannelStatusQuery`; dB or Hz are signed 32 bit."

    @classmethod
    def parse(cls, envelope: Hdap) -> Self:
        (result, count), body = cls._take(_ITEM_HEAD, envelope.payload)
        items = []
        for _ in range(count):
            (item, value), body = cls._take(_ITEM, body)
            items.append((item, value))
        return cls(result, tuple(items), rest=body)

    def payload(self) -> bytes:
        items = b"".join(U8.write(i, "little") + S32.write(v, "little") for i, v in self.items)
        return bytes((self.result, len(self.items))) + items + self.rest


@dataclass(frozen=True, slots=True)
class PowerUpCheck(Rcp):
    OPCODE = 0x00C6


@dataclass(frozen=True, slots=True)
class PowerUpCheckReply(Result):
    OPCODE = 0x80C6


@dataclass(frozen=True, slots=True)
class Restart(Rcp):
    OPCODE = 0x01C1


@dataclass(frozen=True, slots=True)
class RestartReply(Result):
    OPCODE = 0x81C1


@dataclass(frozen=True, slots=True)
class StatusReport(Rcp):
    """Something changed in the station itself."""

    OPCODE = 0xB0C8
    LAYOUT = layout(U8, U16)

    target: int
    "A `StatusTarget`, or another number."
    value: int


@dataclass(frozen=True, slots=True)
class MessageForwarding(Rcp):
    """Which messages a radio hands to its computer."""

    OPCODE = 0x1847
    LAYOUT = layout(U32, Octets(4))

    kinds: int
    "Bit 0 texts, bit 1 short data, bit 2 CSBK."
    reserved: bytes = bytes(4)


@dataclass(frozen=True, slots=True)
class MessageForwardingReply(Result):
    OPCODE = 0x8847


@dataclass(frozen=True, slots=True)
class _Pairs(Rcp):
    """A count, then that many pairs of octets."""

    pairs: tuple[tuple[int, int], ...]

    @classmethod
    def parse(cls, envelope: Hdap) -> Self:
        body = envelope.payload
        end = 1 + 2 * body[0] if body else 1
        if len(body) < end:
            raise MalformedError(f"{cls.__name__} is cut short", body)
        return cls(tuple(zip(body[1:end:2], body[2:end:2], strict=True)), rest=body[end:])

    def payload(self) -> bytes:
        pairs = b"".join(bytes(pair) for pair in self.pairs)
        return bytes((len(self.pairs),)) + pairs + self.rest


@dataclass(frozen=True, slots=True)
class BroadcastSubscription(_Pairs):
    """Which call broadcasts a radio sends: (0 B843, 1 B844, 2 B845; 1 on)."""

    OPCODE = 0x10C9


@dataclass(frozen=True, slots=True)
class BroadcastSubscriptionReply(Result):
    OPCODE = 0x80C9


@dataclass(frozen=True, slots=True)
class StatusSubscription(_Pairs):
    """Which status reports a station sends: (target, 1 on)."""

    OPCODE = 0x10C7


@dataclass(frozen=True, slots=True)
class StatusSubscriptionReply(Result):
    OPCODE = 0x80C7


MESSAGES: Final = (
    IdentityQuery,
    IdentityReply,
    ChannelQuery,
    ChannelReply,
    ChannelStatusQuery,
    ChannelStatusReply,
    PowerUpCheck,
    PowerUpCheckReply,
    Restart,
    RestartReply,
    StatusReport,
    MessageForwarding,
    MessageForwardingReply,
    BroadcastSubscription,
    BroadcastSubscriptionReply,
    StatusSubscription,
    StatusSubscriptionReply,
)
