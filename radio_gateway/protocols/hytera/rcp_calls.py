"""RCP: calls, the key that starts them, and what stations tell of them."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from radio_gateway.protocols.hytera.message import U8, U16, U32, layout
from radio_gateway.protocols.hytera.rcp_base import Rcp, Result


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


@dataclass(frozen=True, slots=True)
class CallRequest(Rcp):
    OPCODE = 0x0841
    LAYOUT = layout(U8, U32)

    call_type: int
    target: int
    "Radio id or talkgroup; ignored for an all-call."


@dataclass(frozen=True, slots=True)
class CallReply(Result):
    OPCODE = 0x8841


@dataclass(frozen=True, slots=True)
class CallClear(Rcp):
    """Forget the target of the last call request."""

    OPCODE = 0x0842


@dataclass(frozen=True, slots=True)
class CallClearReply(Result):
    OPCODE = 0x8842


@dataclass(frozen=True, slots=True)
class KeyOperation(Rcp):
    OPCODE = 0x0041
    LAYOUT = layout(U8, U8)

    key: int
    "3 front PTT, 0x1E rear PTT, 0x2B PTT of a mobile"
    operation: int
    "0 release, 1 press, 2 short push, 3 long push"


@dataclass(frozen=True, slots=True)
class KeyOperationReply(Rcp):
    OPCODE = 0x8041
    LAYOUT = layout(U32, U32, U32)

    result: int
    key: int
    operation: int


@dataclass(frozen=True, slots=True)
class TransmitStatus(Rcp):
    """The station's own transmission."""

    OPCODE = 0xB843
    LAYOUT = layout(U16, U16, U16, U32)

    process: int
    source: int
    "Why it ended: see `result_words`."
    call_type: int
    target: int


@dataclass(frozen=True, slots=True)
class ReceiveStatus(Rcp):
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
class RepeaterStatus(Rcp):
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


MESSAGES: Final = (
    CallRequest,
    CallReply,
    CallClear,
    CallClearReply,
    KeyOperation,
    KeyOperationReply,
    TransmitStatus,
    ReceiveStatus,
    TransmitStatusWithAlias,
    ReceiveStatusWithAlias,
    RepeaterStatus,
)
