"""What a Tait radio tells a computer."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.tait.packet import Packet

NO_STATUS: Final = "FF"


class Category(StrEnum):
    SELCALL = "selcall"
    UNDEFINED = "undefined"
    TYPE_99 = "type_99"


class CallType(StrEnum):
    VOICE = "voice"
    STATUS = "status"
    INTERROGATION = "interrogation"
    SDM = "sdm"
    DATA = "data"
    REMOTE_MONITOR = "remote_monitor"


class Target(StrEnum):
    INDIVIDUAL = "individual"
    GROUP = "group"
    SUPERGROUP = "supergroup"


class ProgressType(StrEnum):
    """Number as in the packet."""

    CALL_ANSWERED = "00"
    DEFERRED_CALLING = "01"
    TX_INHIBITED = "02"
    EMERGENCY_STARTED = "03"
    EMERGENCY_ENDED = "04"
    RECEIVER_BUSY = "05"
    RECEIVER_IDLE = "06"
    PTT_ON = "07"
    PTT_OFF = "08"
    SELCALL_RETRY = "16"
    STUNNED = "17"
    REVIVED = "18"
    FFSK_RECEIVED = "19"
    SELCALL_ACKNOWLEDGED = "1C"
    SDM_ACKNOWLEDGED = "1D"
    GPS_RECEIVED = "1E"
    RESTARTED = "1F"
    IN_BAND_TONE = "20"
    CHANNEL_CHANGED = "21"
    TDMA = "22"
    KEY = "23"


class ErrorCode(StrEnum):
    """Transaction errors; number as in the packet."""

    UNSUPPORTED = "01"
    CHECKSUM = "02"
    PARAMETER = "03"
    NOT_READY = "05"
    REFUSED = "06"


_EMERGENCY_PRIORITY: Final = "1"
"Type 2."
_CALL_ALERT: Final = "1"
"Type 4."
_EMERGENCY_ALARM: Final = "9"
"Type 4, from P25 radios only; numbers over 9 do not fit its one character."

_CATEGORIES: Final = {"0": Category.SELCALL, "1": Category.UNDEFINED, "2": Category.TYPE_99}
_CALLS: Final = dict(zip("023456", CallType, strict=True))
_TARGETS: Final = {"0": Target.INDIVIDUAL, "1": Target.GROUP, "2": Target.SUPERGROUP}

_RING: Final = re.compile(r"([!-~]{5})([0-9]{2}|FF)([ -~]*)")
_PROGRESS: Final = re.compile(r"([0-9A-F]{2})([ -~]*)")
_ERROR: Final = re.compile(r"([01])([0-9A-F]{2})")
_MODEL: Final = re.compile(r"([ -~]{3})(\d\d\.\d\d)", re.ASCII)
_NUMBERED: Final = re.compile(r"(\d{2})([ -~]*)", re.ASCII)
_TEST: Final = re.compile(r"(\d{3})([ -~]*)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Sdm:
    """`s`, from the radio: a message that it received. It names no sender."""

    data: bytes
    "Up to 32 octets, 128 in an extended message; empty: nothing was stored."

    @property
    def text(self) -> str:
        return self.data.decode("latin-1")

    @classmethod
    def parse(cls, packet: Packet) -> "Sdm":
        return cls(packet.parameters)

    def build(self) -> Packet:
        return Packet("s", self.data)


@dataclass(frozen=True, slots=True)
class Ring:
    """`r`: somebody calls."""

    codes: str
    "Category and types 1 to 4 as written, one character each."
    status: int | None = None
    "0..99; None: none was sent."
    destination: str | None = None
    "None: it is our own identity."
    caller: str | None = None

    @property
    def category(self) -> Category | None:
        """None here and below: a number that the manual does not list."""
        return _CATEGORIES.get(self.codes[0])

    @property
    def call(self) -> CallType | None:
        return _CALLS.get(self.codes[1])

    @property
    def target(self) -> Target | None:
        return _TARGETS.get(self.codes[3])

    @property
    def call_alert(self) -> bool:
        """Whether the caller asks to be called back."""
        return self.codes[4] == _CALL_ALERT

    @property
    def emergency(self) -> bool:
        """Whether an officer calls for help: by priority, or by the alarm of P25 radios."""
        return self.codes[2] == _EMERGENCY_PRIORITY or self.codes[4] == _EMERGENCY_ALARM

    @classmethod
    def parse(cls, packet: Packet) -> "Ring":
        match = _RING.fullmatch(packet.text)
        if not match:
            raise ValueError("no ring")
        destination, dash, caller = match[3].rpartition("-")
        return cls(
            codes=match[1],
            status=None if match[2] == NO_STATUS else int(match[2]),
            destination=destination if dash else None,
            caller=caller or None,
        )

    def build(self) -> Packet:
        status = NO_STATUS if self.status is None else f"{self.status:02d}"
        destination = "" if self.destination is None else f"{self.destination}-"
        text = f"{self.codes}{status}{destination}{self.caller or ''}"
        return Packet("r", text.encode("ascii"))


@dataclass(frozen=True, slots=True)
class Progress:
    """`p`: something changed."""

    number: str
    "Two hex digits."
    argument: str | None = None

    @property
    def event(self) -> ProgressType | None:
        """None: a number that the manual does not list."""
        return _PROGRESS_TYPES.get(self.number)

    @classmethod
    def parse(cls, packet: Packet) -> "Progress":
        match = _PROGRESS.fullmatch(packet.text)
        if not match:
            raise ValueError("no progress")
        return cls(match[1], match[2] or None)

    def build(self) -> Packet:
        return Packet("p", (self.number + (self.argument or "")).encode("ascii"))


@dataclass(frozen=True, slots=True)
class ErrorReport:
    """`e`: a command failed."""

    system: bool
    "A fault of the radio itself, not of a command."
    number: str
    "Two hex digits."

    @property
    def code(self) -> ErrorCode | None:
        """Of a transaction error; None: a system error, or a number that is not listed."""
        return None if self.system else _ERROR_CODES.get(self.number)

    @classmethod
    def parse(cls, packet: Packet) -> "ErrorReport":
        match = _ERROR.fullmatch(packet.text)
        if not match:
            raise ValueError("no error")
        return cls(match[1] == "1", match[2])

    def build(self) -> Packet:
        return Packet("e", f"{self.system:d}{self.number}".encode("ascii"))


@dataclass(frozen=True, slots=True)
class Model:
    """`m`: what the radio is."""

    codes: str
    "Three characters: family, model, tier."
    ccdi_version: str

    @classmethod
    def parse(cls, packet: Packet) -> "Model":
        match = _MODEL.fullmatch(packet.text)
        if not match:
            raise ValueError("no model")
        return cls(match[1], match[2])

    def build(self) -> Packet:
        return Packet("m", (self.codes + self.ccdi_version).encode("ascii"))


@dataclass(frozen=True, slots=True)
class SerialNumber:
    """`n`"""

    number: str

    @classmethod
    def parse(cls, packet: Packet) -> "SerialNumber":
        return cls(packet.text)

    def build(self) -> Packet:
        return Packet("n", self.number.encode("latin-1"))


@dataclass(frozen=True, slots=True)
class Version:
    """`v`: one of several lines about hardware and software."""

    record: int
    version: str

    @classmethod
    def parse(cls, packet: Packet) -> "Version":
        match = _NUMBERED.fullmatch(packet.text)
        if not match:
            raise ValueError("no version")
        return cls(int(match[1]), match[2])

    def build(self) -> Packet:
        return Packet("v", f"{self.record:02d}{self.version}".encode("ascii"))


@dataclass(frozen=True, slots=True)
class Measurement:
    """`j`: answer to a question for a test value (`063` mean signal strength in 0.1 dBm)."""

    command: str
    value: str

    @classmethod
    def parse(cls, packet: Packet) -> "Measurement":
        match = _TEST.fullmatch(packet.text)
        if not match:
            raise ValueError("no test value")
        return cls(match[1], match[2])

    def build(self) -> Packet:
        return Packet("j", (self.command + self.value).encode("ascii"))


@dataclass(frozen=True, slots=True)
class OtherReport:
    """`d` display text, `z` TDMA data, or what the manual does not list; only kept."""

    ident: str
    data: bytes


Report: TypeAlias = (
    Sdm | Ring | Progress | ErrorReport | Model | SerialNumber | Version | Measurement | OtherReport
)

_PROGRESS_TYPES: Final = {item.value: item for item in ProgressType}
_ERROR_CODES: Final = {item.value: item for item in ErrorCode}
_READERS: Final[dict[str, Callable[[Packet], Report]]] = {
    "s": Sdm.parse,
    "r": Ring.parse,
    "p": Progress.parse,
    "e": ErrorReport.parse,
    "m": Model.parse,
    "n": SerialNumber.parse,
    "v": Version.parse,
    "j": Measurement.parse,
}


def parse_report(packet: Packet) -> Report:
    """Read a CCDI packet that came from the radio.

    Raises:
        MalformedError: parameters that its ident does not allow.
    """
    read = _READERS.get(packet.ident)
    if read is None:
        return OtherReport(packet.ident, packet.parameters)
    try:
        return read(packet)
    except ValueError as error:
        what = f"parameters that report {packet.ident} does not have"
        raise MalformedError(what, packet.parameters) from error
