"""What repeaters tell a call monitor: calls and their end, slots, blocked transmissions."""

from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar, Final

from radio_gateway.protocols.errors import MalformedError

_STATUS_OCTETS: Final = 26


class CallType(IntEnum):
    """What a call status is about."""

    PRIVATE_PREAMBLE = 0x30
    GROUP_PREAMBLE = 0x31
    EMERGENCY_ALARM = 0x40
    EMERGENCY_ALARM_ANSWER = 0x41
    EMERGENCY_VOICE = 0x42
    CALL_ALERT = 0x45
    CALL_ALERT_ANSWER = 0x46
    RADIO_CHECK = 0x47
    RADIO_CHECK_ANSWER = 0x48
    INHIBIT = 0x49
    INHIBIT_ANSWER = 0x4A
    UNINHIBIT = 0x4B
    UNINHIBIT_ANSWER = 0x4C
    REMOTE_MONITOR = 0x4D
    REMOTE_MONITOR_ANSWER = 0x4E
    GROUP_VOICE = 0x4F
    PRIVATE_VOICE = 0x50
    GROUP_DATA = 0x51
    PRIVATE_DATA = 0x52
    ALL_CALL = 0x53
    DATA_RESPONSE = 0x54
    PHONE_1 = 0x5A
    PHONE_2 = 0x5B
    PHONE_3 = 0x5C
    ARS_CSBK = 0x5D
    GPS_CSBK = 0x5E


class CallState(IntEnum):
    """How far it has come, or why it did not."""

    STARTED = 1
    ENDED = 2
    RACE = 3
    INVALID = 4
    SLOT_BUSY = 5
    SUBSCRIBER_BUSY = 6
    ALL_BUSY = 7
    REPEAT_OFF = 8
    INTERFERENCE = 9
    CWID = 10
    TIMEOUT = 11
    INTERRUPTED = 12
    PREEMPTED = 13
    OTHER_FAILURE = 14


class Security(IntEnum):
    CLEAR = 0
    BASIC = 1
    ENHANCED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class CallStatus:
    """61: a repeater tells that a call began, ended or could not be."""

    TYPE: ClassVar[int] = 0x61
    peer: int
    "Who tells."
    origin: int
    "The repeater that the call comes from."
    call: int
    "32 bits, the same from the beginning to the end of a call."
    slot: int
    "1 or 2"
    state: int
    "A `CallState`."
    source: int
    target: int
    call_type: int
    "A `CallType`."
    priority: int = 0
    security: int = 0
    "A `Security`."
    fid: int = 0
    "Feature set: whose call it is."
    rest: bytes = b""
    "What newer firmware appends: 2 octets unknown, 2 signal strength, 1 kind of source."

    @property
    def encrypted(self) -> bool:
        return self.security != Security.CLEAR

    @classmethod
    def parse(cls, data: bytes) -> "CallStatus":
        """Read one packet without its hash.

        Raises:
            MalformedError: cut short, or a slot beyond the second.
        """
        if len(data) < _STATUS_OCTETS:
            raise MalformedError("IPSC call status is cut short", data)
        if data[13] > 1:
            raise MalformedError("IPSC call status of an unknown slot", data)
        return cls(
            peer=int.from_bytes(data[1:5], "big"),
            origin=int.from_bytes(data[5:9], "big"),
            call=int.from_bytes(data[9:13], "big"),
            slot=data[13] + 1,
            state=int.from_bytes(data[14:16], "big"),
            source=int.from_bytes(data[16:19], "big"),
            target=int.from_bytes(data[19:22], "big"),
            call_type=data[22],
            priority=data[23],
            security=data[24],
            fid=data[25],
            rest=data[_STATUS_OCTETS:],
        )

    def build(self) -> bytes:
        return b"".join(
            (
                bytes((self.TYPE,)),
                self.peer.to_bytes(4, "big"),
                self.origin.to_bytes(4, "big"),
                self.call.to_bytes(4, "big"),
                bytes((self.slot - 1,)),
                self.state.to_bytes(2, "big"),
                self.source.to_bytes(3, "big"),
                self.target.to_bytes(3, "big"),
                bytes((self.call_type, self.priority, self.security, self.fid)),
                self.rest,
            )
        )


class SlotState(IntEnum):
    ACTIVE = 1
    IDLE = 2
    DISABLED = 3
    ENABLED = 4


@dataclass(frozen=True, slots=True)
class RepeaterState:
    """62: what a repeater's slots do."""

    TYPE: ClassVar[int] = 0x62
    peer: int
    slot1: int
    "A `SlotState`."
    slot2: int
    rest: bytes = b""

    @classmethod
    def parse(cls, data: bytes) -> "RepeaterState":
        if len(data) < 7:
            raise MalformedError("IPSC repeater state is cut short", data)
        return cls(int.from_bytes(data[1:5], "big"), data[5], data[6], data[7:])

    def build(self) -> bytes:
        head = bytes((self.TYPE,)) + self.peer.to_bytes(4, "big")
        return head + bytes((self.slot1, self.slot2)) + self.rest


@dataclass(frozen=True, slots=True)
class Blocked:
    """63: a repeater does not transmit: 1, 3 interference begins, 2, 4 ends, 5, 6 station id."""

    TYPE: ClassVar[int] = 0x63
    peer: int
    reason: int
    rest: bytes = b""

    @classmethod
    def parse(cls, data: bytes) -> "Blocked":
        if len(data) < 6:
            raise MalformedError("IPSC blocked transmission is cut short", data)
        return cls(int.from_bytes(data[1:5], "big"), data[5], data[6:])

    def build(self) -> bytes:
        head = bytes((self.TYPE,)) + self.peer.to_bytes(4, "big")
        return head + bytes((self.reason,)) + self.rest


@dataclass(frozen=True, slots=True)
class WakeUp:
    """85: a repeater is woken before a call."""

    TYPE: ClassVar[int] = 0x85
    peer: int
    sequence: int
    slot: int
    "1 or 2"
    kind: int
    "1 all sites, 2 beacon"
    rest: bytes = b""

    @classmethod
    def parse(cls, data: bytes) -> "WakeUp":
        if len(data) < 11:
            raise MalformedError("IPSC wake-up is cut short", data)
        if data[9] > 1:
            raise MalformedError("IPSC wake-up of an unknown slot", data)
        sequence = int.from_bytes(data[5:9], "big")
        return cls(int.from_bytes(data[1:5], "big"), sequence, data[9] + 1, data[10], data[11:])

    def build(self) -> bytes:
        head = bytes((self.TYPE,)) + self.peer.to_bytes(4, "big")
        return (
            head + self.sequence.to_bytes(4, "big") + bytes((self.slot - 1, self.kind)) + self.rest
        )
