"""LP: positions, asked for and reported (service 0x08).

Every request carries a number that its answer repeats. Reports that nobody asked for (button,
a trigger programmed in the radio) come with a number of the radio's own.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar, Final

from radio_gateway.domain.quick import quick_init
from radio_gateway.protocols.hytera.gps import GpsData, GpsPart
from radio_gateway.protocols.hytera.hdap import Hdap, Service
from radio_gateway.protocols.hytera.message import (
    ADDRESS,
    S16,
    U8,
    U16,
    U32,
    Characters,
    Layout,
    Message,
    RadioAddress,
    layout,
)

GPS: Final = GpsPart()
INSTANT: Final = Characters(14)
"yyyyMMddhhmmss UTC; all `0`: not set."
SPAN: Final = Characters(8)
"ddhhmmss; all `0`: not set."
NO_INSTANT: Final = "0" * 14
MAX_SPAN_S: Final = 100 * 86_400 - 1


class LocationResult(IntEnum):
    OK = 0
    POSITION_METHOD = 6
    FORMAT = 0x69

    @classmethod
    def words(cls, value: int) -> str:
        """What a result says, for the log and the dispatcher."""
        match value:
            case cls.OK:
                return "accepted"
            case cls.POSITION_METHOD:
                return "the radio has no position"
            case cls.FORMAT:
                return "the radio does not understand the request"
            case _:
                return f"refused with code {value}"


class Trigger(IntEnum):
    CANCEL = 0
    DISTANCE = 1
    TIME = 2
    DISTANCE_AND_TIME = 3
    DISTANCE_OR_TIME = 4


def span(seconds: int) -> str:
    """Write a length of time as ddhhmmss.

    Raises:
        ValueError: negative, or 100 days and more.
    """
    if not 0 <= seconds <= MAX_SPAN_S:
        raise ValueError(f"{seconds} s is not 0 .. 99 days")
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    day, hour = divmod(hours, 24)
    return f"{day:02d}{hour:02d}{minute:02d}{second:02d}"


def span_seconds(text: str) -> int | None:
    """Read ddhhmmss; None where it is no length of time."""
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        return None
    day, hour, minute, second = (int(text[at : at + 2]) for at in range(0, 8, 2))
    return ((day * 24 + hour) * 60 + minute) * 60 + second


@dataclass(frozen=True, slots=True)
class _Lp(Message):
    SERVICE = Service.LP


@dataclass(frozen=True, slots=True)
class _Request(_Lp):
    LAYOUT = layout(U32, ADDRESS)

    request: int
    radio: RadioAddress


@dataclass(frozen=True, slots=True)
class _Answer(_Lp):
    LAYOUT = layout(U32, ADDRESS, U16)

    request: int
    radio: RadioAddress
    result: int
    "A `LocationResult`."


@dataclass(frozen=True, slots=True)
class ImmediateRequest(_Request):
    """Where are you now? One sender adds an octet 0x01 of unknown meaning (kept in `rest`)."""

    OPCODE = 0xA001


@quick_init
@dataclass(frozen=True, slots=True)
class ImmediateReport(_Answer):
    OPCODE = 0xA002
    LAYOUT = layout(U32, ADDRESS, U16, GPS)

    gps: GpsData


@quick_init
@dataclass(frozen=True, slots=True)
class ImmediateReportRssi(ImmediateReport):
    OPCODE = 0xA003
    LAYOUT = layout(U32, ADDRESS, U16, GPS, S16)

    rssi_dbm: int
    "-240..0"


@dataclass(frozen=True, slots=True)
class EmergencyStopRequest(_Request):
    """We ask a radio to stop its emergency reports."""

    OPCODE = 0xB001


@dataclass(frozen=True, slots=True)
class EmergencyStopAnswer(_Answer):
    OPCODE = 0xB002


@dataclass(frozen=True, slots=True)
class EmergencyReport(_Lp):
    """The emergency key was pressed; carries no request number."""

    OPCODE = 0xB003
    LAYOUT = layout(ADDRESS, U8, GPS)

    radio: RadioAddress
    emergency_type: int
    "Values are not documented."
    gps: GpsData


@dataclass(frozen=True, slots=True)
class VariableEmergencyReport(_Lp):
    """An emergency with data in a form of its own; the radio's address is all we read."""

    OPCODE = 0xB004
    LAYOUT = layout(ADDRESS, U8)

    radio: RadioAddress
    emergency_type: int


@dataclass(frozen=True, slots=True)
class TriggeredRequest(_Request):
    """Report every `interval` from now or `start` on."""

    OPCODE = 0xC001
    LAYOUT = layout(U32, ADDRESS, INSTANT, INSTANT, SPAN)

    start: str
    stop: str
    interval: str


@dataclass(frozen=True, slots=True)
class TriggeredAnswer(_Answer):
    OPCODE = 0xC002


@quick_init
@dataclass(frozen=True, slots=True)
class TriggeredReport(_Request):
    OPCODE = 0xC003
    LAYOUT = layout(U32, ADDRESS, SPAN, GPS)

    remaining: str
    "ddhhmmss until the reports stop."
    gps: GpsData


@dataclass(frozen=True, slots=True)
class TriggeredStopRequest(_Request):
    OPCODE = 0xC004


@dataclass(frozen=True, slots=True)
class TriggeredStopAnswer(_Answer):
    OPCODE = 0xC005


@dataclass(frozen=True, slots=True)
class ConditionRequest(_Request):
    """Report after a distance, a time, or both."""

    OPCODE = 0xD001
    LAYOUT = layout(U32, ADDRESS, U8, U32, INSTANT, INSTANT, SPAN, SPAN)

    trigger: int
    "A `Trigger`."
    distance_m: int
    start: str
    stop: str
    interval: str
    max_interval: str


@dataclass(frozen=True, slots=True)
class ConditionAnswer(_Request):
    OPCODE = 0xD002
    LAYOUT = layout(U32, ADDRESS, U8, U16)

    trigger: int
    result: int


@quick_init
@dataclass(frozen=True, slots=True)
class ConditionReport(_Request):
    OPCODE = 0xD003
    LAYOUT = layout(U32, ADDRESS, GPS)

    gps: GpsData


@quick_init
@dataclass(frozen=True, slots=True)
class ConditionReportRssi(_Request):
    """Captured with 52 octets; one description leaves the result out (50 octets)."""

    OPCODE = 0xD004
    LAYOUT = layout(U32, ADDRESS, U16, GPS, S16)
    WITHOUT_RESULT: ClassVar[Layout] = layout(U32, ADDRESS, GPS, S16)

    result: int | None
    gps: GpsData
    rssi_dbm: int

    @classmethod
    def parse(cls, envelope: Hdap) -> "ConditionReportRssi":
        if len(envelope.payload) != 50:
            (request, radio, result, gps, rssi), rest = cls._take(cls.LAYOUT, envelope.payload)
            return cls(request, radio, result, gps, rssi, rest=rest)
        (request, radio, gps, rssi), rest = cls._take(cls.WITHOUT_RESULT, envelope.payload)
        return cls(request, radio, None, gps, rssi, rest=rest)

    def payload(self) -> bytes:
        order = self.SERVICE.byte_order
        head = U32.write(self.request, order) + self.radio.to_bytes()
        result = b"" if self.result is None else U16.write(self.result, order)
        return head + result + self.gps.to_bytes() + S16.write(self.rssi_dbm, order) + self.rest


@dataclass(frozen=True, slots=True)
class QuickPlan(Message):
    """The second part of a `QuickGpsRequest`."""

    SERVICE = Service.LP
    OPCODE = 0xD011
    LAYOUT = layout(INSTANT, INSTANT, SPAN, U16, U8, U16)

    start: str
    stop: str
    interval: str
    step_ms: int
    channel_use_percent: int
    order: int


@dataclass(frozen=True, slots=True)
class QuickGpsRequest(_Request):
    """Start or cancel reports in a slot plan of their own; 9 or 50 octets."""

    OPCODE = 0xD011
    LAYOUT = layout(U32, ADDRESS, U8)

    command: int
    "0 cancel, 1 start"
    plan: QuickPlan | None = None

    @classmethod
    def parse(cls, envelope: Hdap) -> "QuickGpsRequest":
        (request, radio, command), rest = cls._take(cls.LAYOUT, envelope.payload)
        if len(rest) < 41:
            return cls(request, radio, command, rest=rest)
        values, rest = cls._take(QuickPlan.LAYOUT, rest)
        return cls(request, radio, command, QuickPlan(*values), rest=rest)

    def payload(self) -> bytes:
        plan = b"" if self.plan is None else self.plan.payload()
        return self._put(self.LAYOUT) + plan + self.rest


@dataclass(frozen=True, slots=True)
class QuickGpsAnswer(_Request):
    OPCODE = 0xD012
    LAYOUT = layout(U32, ADDRESS, U8, U16)

    command: int
    result: int


@dataclass(frozen=True, slots=True)
class RssiConfigure(_Request):
    OPCODE = 0xE001
    LAYOUT = layout(U32, ADDRESS, U16)

    report_type: int


@dataclass(frozen=True, slots=True)
class RssiConfigureAnswer(RssiConfigure):
    OPCODE = 0xE002
    LAYOUT = layout(U32, ADDRESS, U16, U16)

    result: int


MESSAGES = (
    ImmediateRequest,
    ImmediateReport,
    ImmediateReportRssi,
    EmergencyStopRequest,
    EmergencyStopAnswer,
    EmergencyReport,
    VariableEmergencyReport,
    TriggeredRequest,
    TriggeredAnswer,
    TriggeredReport,
    TriggeredStopRequest,
    TriggeredStopAnswer,
    ConditionRequest,
    ConditionAnswer,
    ConditionReport,
    ConditionReportRssi,
    QuickGpsRequest,
    QuickGpsAnswer,
    RssiConfigure,
    RssiConfigureAnswer,
)
