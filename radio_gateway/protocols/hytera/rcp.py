"""RCP: radio and call control (service 0x02, all numbers little-endian).

A reply's opcode is the request's low 12 bits with 0x8000; notifications are 0xBxxx. Opcodes
without a layout here stay `UnknownMessage`.
"""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final, Self

from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.hytera.hdap import Hdap, Service
from radio_gateway.protocols.hytera.message import S32, U8, U16, U32, Message, Octets, layout


class CallType(IntEnum):
    """8 bits in requests, 16 bits in status broadcasts."""

    PRIVATE = 0
    GROUP = 1
    ALL = 2
    EMERGENCY_GROUP = 3
    REMOTE_MONITOR = 4
    EMERGENCY_ALARM = 5
    PRIORITY_PRIVATE = 6
    PRIORITY_GROUP = 7
    PRIORITY_ALL = 8
    DISPATCH = 9
    PC = 10
    ALERT = 11
    EMERGENCY_ALARM_CALL = 12
    RADIO_CHECK = 13
    RADIO_ENABLE = 14
    RADIO_DISABLE = 15


class SlotStatus(IntEnum):
    """What a repeater's slot does (0xB845)."""

    LOCAL_REPEATING = 0
    LOCAL_CALL_HANG = 1
    IP_REPEATING = 2
    IP_CALL_HANG = 3
    CHANNEL_HANG = 4
    SLEEP = 5
    "Repeated about once a minute with no ids or stale ones."
    REMOTE_PTT_TX = 6
    REMOTE_PTT_HANG = 7
    REMOTE_PTT_TX_END = 8
    REMOTE_PTT_WAIT_ACK = 9
    REMOTE_PTT_TIME_OUT = 10
    LOCAL_PTT_TX = 11
    LOCAL_PTT_HANG = 12
    LOCAL_PTT_TX_END = 13
    LOCAL_PTT_WAIT_ACK = 14
    LOCAL_PTT_TIME_OUT = 15


class SlotService(IntEnum):
    """What is carried while a slot is busy (0xB845)."""

    NONE = 0
    VOICE = 1
    TMP = 2
    LP = 3
    RRS = 4
    TP = 5
    SUPPLEMENTARY = 6
    END_TO_END = 7
    PHONE = 0x1F


class Process(IntEnum):
    """What a station hears (0xB844)."""

    UNAVAILABLE = 0
    VOICE = 1
    HANG = 2
    END = 3
    EMERGENCY_LEFT = 0x0A
    REPEAT_START = 0x0B
    REPEAT_END = 0x0C
    DUPLEX_WAIT = 0x0D
    DUPLEX = 0x0E
    SILENT_EMERGENCY = 0x11


class StatusTarget(IntEnum):
    """Some of the things a status report (0xB0C8) may be about."""

    CHANNEL = 6
    EMERGENCY = 9
    RSSI = 11
    MAN_DOWN = 14
    LONE_WORKER = 23


_RESULT_WORDS: Final = {
    0: "accepted",
    1: "channel busy",
    2: "the channel is receive only",
    3: "low battery",
    4: "transmitter fault (PLL unlocked)",
    5: "the radio did not acknowledge",
    6: "the repeater did not wake up",
    7: "no such contact",
    8: "transmission is off while the ignition is off",
    9: "transmit time is used up",
    10: "denied",
    11: "interrupted",
    12: "invalid parameters",
}


def result_words(value: int) -> str:
    """What a call or service result says (0 accepted), for the log and the dispatcher."""
    return _RESULT_WORDS.get(value, f"refused with code {value}")


def reply_opcode(request: int) -> int:
    """0x0841 -> 0x8841, 0x10C9 -> 0x80C9."""
    return request & 0x0FFF | 0x8000


@dataclass(frozen=True, slots=True)
class _Rcp(Message):
    SERVICE = Service.RCP


@dataclass(frozen=True, slots=True)
class _Result(_Rcp):
    """A reply that says only whether it went well."""

    LAYOUT = layout(U8)

    result: int


@dataclass(frozen=True, slots=True)
class CallRequest(_Rcp):
    OPCODE = 0x0841
    LAYOUT = layout(U8, U32)

    call_type: int
    target: int
    "Radio id or talkgroup; ignored for an all-call."


@dataclass(frozen=True, slots=True)
class CallReply(_Result):
    OPCODE = 0x8841


@dataclass(frozen=True, slots=True)
class CallClear(_Rcp):
    """Forget the target of the last call request."""

    OPCODE = 0x0842


@dataclass(frozen=True, slots=True)
class CallClearReply(_Result):
    OPCODE = 0x8842


@dataclass(frozen=True, slots=True)
class KeyOperation(_Rcp):
    OPCODE = 0x0041
    LAYOUT = layout(U8, U8)

    key: int
    "3 front PTT, 0x1E rear PTT, 0x2B PTT of a mobile"
    operation: int
    "0 release, 1 press, 2 short push, 3 long push"


@dataclass(frozen=True, slots=True)
class KeyOperationReply(_Rcp):
    OPCODE = 0x8041
    LAYOUT = layout(U32, U32, U32)

    result: int
    key: int
    operation: int


@dataclass(frozen=True, slots=True)
class TransmitStatus(_Rcp):
    """The station's own transmission."""

    OPCODE = 0xB843
    LAYOUT = layout(U16, U16, U16, U32)

    process: int
    source: int
    "Why it ended: see `result_words`."
    call_type: int
    target: int


@dataclass(frozen=True, slots=True)
class ReceiveStatus(_Rcp):
    """What a radio or dispatch station hears."""

    OPCODE = 0xB844
    LAYOUT = layout(U16, U16, U32, U32)

    process: int
    "A `Process`."
    call_type: int
    target: int
    sender: int


@dataclass(frozen=True, slots=True)
class TransmitStatusWithAlias(TransmitStatus):
    """The same from firmware that adds the talker's alias: it is in `rest`, its form unknown."""

    OPCODE = 0xB84D


@dataclass(frozen=True, slots=True)
class ReceiveStatusWithAlias(ReceiveStatus):
    """The same from firmware that adds the talker's alias: it is in `rest`, its form unknown."""

    OPCODE = 0xB84E


@dataclass(frozen=True, slots=True)
class RepeaterStatus(_Rcp):
    """What one slot of a repeater does: the source of the call log."""

    OPCODE = 0xB845
    LAYOUT = layout(U16, U16, U16, U16, U32, U32)

    mode: int
    "0 single connection, 1 selective multi connection"
    status: int
    "A `SlotStatus`."
    service: int
    "A `SlotService`."
    call_type: int
    "A `CallType`."
    target: int
    sender: int


@dataclass(frozen=True, slots=True)
class _Service(_Rcp):
    LAYOUT = layout(U32)

    target: int
    "Radio id."


@dataclass(frozen=True, slots=True)
class _ServiceReply(_Rcp):
    LAYOUT = layout(U8, U32)

    result: int
    "See `result_words`."
    target: int


@dataclass(frozen=True, slots=True)
class RadioCheckRequest(_Service):
    OPCODE = 0x0833


@dataclass(frozen=True, slots=True)
class RadioCheckReply(_ServiceReply):
    OPCODE = 0x8833


@dataclass(frozen=True, slots=True)
class RemoteMonitorRequest(_Service):
    OPCODE = 0x0834


@dataclass(frozen=True, slots=True)
class RemoteMonitorReply(_ServiceReply):
    OPCODE = 0x8834


@dataclass(frozen=True, slots=True)
class AlertRequest(_Service):
    OPCODE = 0x0835


@dataclass(frozen=True, slots=True)
class AlertReply(_ServiceReply):
    OPCODE = 0x8835


@dataclass(frozen=True, slots=True)
class DisableRequest(_Service):
    OPCODE = 0x0849


@dataclass(frozen=True, slots=True)
class DisableReply(_ServiceReply):
    OPCODE = 0x8849


@dataclass(frozen=True, slots=True)
class EnableRequest(_Service):
    OPCODE = 0x084A


@dataclass(frozen=True, slots=True)
class EnableReply(_ServiceReply):
    OPCODE = 0x884A


@dataclass(frozen=True, slots=True)
class IdentityQuery(_Rcp):
    OPCODE = 0x0452
    LAYOUT = layout(U8)

    kind: int
    "0 radio id, 1 IP address"


@dataclass(frozen=True, slots=True)
class IdentityReply(_Rcp):
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
class ChannelQuery(_Rcp):
    """Set or read zone and channel."""

    OPCODE = 0x00C4
    LAYOUT = layout(U8, U16, U16)

    operation: int
    "0 set, 1 read"
    zone: int
    channel: int


@dataclass(frozen=True, slots=True)
class ChannelReply(_Rcp):
    OPCODE = 0x80C4
    LAYOUT = layout(U32, U32, U16, U16)

    result: int
    operation: int
    zone: int
    channel: int


@dataclass(frozen=True, slots=True)
class ChannelStatusQuery(_Rcp):
    OPCODE = 0x00E7
    LAYOUT = layout(U8, U8)

    item: int
    "0 all, 3 power, 4 tx frequency, 5 rx frequency, 7 channel mode, 9 RSSI, 10 carrier .."
    value_type: int
    "0 level, 1 dB"


@dataclass(frozen=True, slots=True)
class PowerUpCheck(_Rcp):
    OPCODE = 0x00C6


@dataclass(frozen=True, slots=True)
class PowerUpCheckReply(_Result):
    OPCODE = 0x80C6


@dataclass(frozen=True, slots=True)
class Restart(_Rcp):
    OPCODE = 0x01C1


@dataclass(frozen=True, slots=True)
class RestartReply(_Result):
    OPCODE = 0x81C1


@dataclass(frozen=True, slots=True)
class StatusReport(_Rcp):
    """Something changed in the station itself."""

    OPCODE = 0xB0C8
    LAYOUT = layout(U8, U16)

    target: int
    "A `StatusTarget`, or another number."
    value: int


@dataclass(frozen=True, slots=True)
class MessageForwarding(_Rcp):
    """Which messages a radio hands to its computer."""

    OPCODE = 0x1847
    LAYOUT = layout(U32, Octets(4))

    kinds: int
    "Bit 0 texts, bit 1 short data, bit 2 CSBK."
    reserved: bytes = bytes(4)


@dataclass(frozen=True, slots=True)
class MessageForwardingReply(_Result):
    OPCODE = 0x8847


@dataclass(frozen=True, slots=True)
class _Pairs(_Rcp):
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
class BroadcastSubscriptionReply(_Result):
    OPCODE = 0x80C9


@dataclass(frozen=True, slots=True)
class StatusSubscription(_Pairs):
    """Which status reports a station sends: (target, 1 on)."""

    OPCODE = 0x10C7


@dataclass(frozen=True, slots=True)
class StatusSubscriptionReply(_Result):
    OPCODE = 0x80C7


_ITEM_HEAD: Final = layout(U8, U8)
_ITEM: Final = layout(U8, S32)


@dataclass(frozen=True, slots=True)
class ChannelStatusReply(_Rcp):
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


MESSAGES: Final = (
    CallRequest,
    CallReply,
    CallClear,
    CallClearReply,
    KeyOperation,
    KeyOperationReply,
    TransmitStatus,
    TransmitStatusWithAlias,
    ReceiveStatus,
    ReceiveStatusWithAlias,
    RepeaterStatus,
    RadioCheckRequest,
    RadioCheckReply,
    RemoteMonitorRequest,
    RemoteMonitorReply,
    AlertRequest,
    AlertReply,
    DisableRequest,
    DisableReply,
    EnableRequest,
    EnableReply,
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
