"""What a computer tells a Tait radio."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.tait.packet import Packet

LEAD_IN_STEP_MS: Final = 20
DATA_ID: Final = 8
"Characters of a data identity; `*` matches any."
PLAIN_TEXT: Final = 32
EXTENDED_TEXT: Final = 128
"Octets of a message that the radio splits and joins by itself."

_CHANNEL: Final = re.compile(r"\d{1,4}", re.ASCII)
_ZONED: Final = re.compile(r"(\d{2})(\d{4})", re.ASCII)
_SELCALL: Final = re.compile(r"[0-9A-FV\-]{1,32}")
_DTMF: Final = re.compile(r"[0-9A-D*#]{1,32}")
_LEAD_IN: Final = re.compile(r"[0-9A-F]{2}")
_SDM: Final = re.compile(r"([0-9A-F]{2})([ -~]{8})(.*)", re.DOTALL)
_ADAPTABLE: Final = re.compile(r"([0-9A-F]{2})([0-9A-F])([0-9A-F]{2})([ -~]{8})(.*)", re.DOTALL)


class Cancelled(StrEnum):
    CALL = "call"
    SDM = "sdm"


class Dialling(StrEnum):
    SELCALL = "selcall"
    DTMF = "dtmf"


class Question(StrEnum):
    MODEL = "model"
    SDM = "sdm"
    VERSIONS = "versions"
    SERIAL = "serial"
    TEST = "cctm"
    "A test value; `argument` has its three digits."
    GPS = "gps"
    DISPLAY = "display"


_CANCELLED: Final = {"": Cancelled.CALL, "0": Cancelled.CALL, "1": Cancelled.SDM}
_DIALLING: Final = {"0": (Dialling.SELCALL, _SELCALL), "1": (Dialling.DTMF, _DTMF)}
_QUESTIONS: Final = {
    "": Question.MODEL,
    "0": Question.MODEL,
    "1": Question.SDM,
    "3": Question.VERSIONS,
    "4": Question.SERIAL,
    "5": Question.TEST,
    "6": Question.GPS,
    "7": Question.DISPLAY,
}
_QUESTION_DIGIT: Final = {question: digit for digit, question in _QUESTIONS.items() if digit}


@dataclass(frozen=True, slots=True)
class Cancel:
    """`c`: end a call, or delete the message that the radio stores."""

    what: Cancelled

    @classmethod
    def parse(cls, text: str) -> "Cancel":
        return cls(_CANCELLED[text])

    def build(self) -> Packet:
        return Packet("c", b"1" if self.what is Cancelled.SDM else b"0")


@dataclass(frozen=True, slots=True)
class Dial:
    """`d`: call a Selcall identity or a telephone number."""

    dialling: Dialling
    number: str

    @classmethod
    def parse(cls, text: str) -> "Dial":
        dialling, form = _DIALLING[text[:1]]
        if not form.fullmatch(text[1:]):
            raise ValueError("no number")
        return cls(dialling, text[1:])

    def build(self) -> Packet:
        digit = "0" if self.dialling is Dialling.SELCALL else "1"
        return Packet("d", (digit + self.number).encode("ascii"))


@dataclass(frozen=True, slots=True)
class Function:
    """`f`: switch a function of the radio."""

    function: str
    "One character."
    rest: str = ""
    "Subfunction and qualifier."

    @classmethod
    def parse(cls, text: str) -> "Function":
        if not text:
            raise ValueError("no function")
        return cls(text[0], text[1:])

    def build(self) -> Packet:
        return Packet("f", (self.function + self.rest).encode("ascii"))


@dataclass(frozen=True, slots=True)
class GoToChannel:
    """`g`: another channel."""

    zone: int | None
    channel: int

    @classmethod
    def parse(cls, text: str) -> "GoToChannel":
        if zoned := _ZONED.fullmatch(text):
            return cls(int(zoned[1]), int(zoned[2]))
        if not _CHANNEL.fullmatch(text):
            raise ValueError("no channel")
        return cls(None, int(text))

    def build(self) -> Packet:
        zoned = f"{self.zone:02d}{self.channel:04d}" if self.zone is not None else None
        return Packet("g", (zoned or str(self.channel)).encode("ascii"))


@dataclass(frozen=True, slots=True)
class Query:
    """`q`: ask the radio something."""

    question: Question
    argument: str | None = None

    @classmethod
    def parse(cls, text: str) -> "Query":
        return cls(_QUESTIONS[text[:1]], text[1:] or None)

    def build(self) -> Packet:
        digit = _QUESTION_DIGIT[self.question]
        return Packet("q", (digit + (self.argument or "")).encode("ascii"))


@dataclass(frozen=True, slots=True)
class SendSdm:
    """`s`, to the radio: the old form of a text message."""

    data_id: str
    text: str
    "Up to 32 characters."
    lead_in_ms: int = 100

    @classmethod
    def parse(cls, text: str) -> "SendSdm":
        match = _SDM.fullmatch(text)
        if not match:
            raise ValueError("no message")
        return cls(match[2], match[3], int(match[1], 16) * LEAD_IN_STEP_MS)

    def build(self) -> Packet:
        _check_length(self.text, PLAIN_TEXT)
        head = _lead_in(self.lead_in_ms) + _data_id(self.data_id)
        return Packet("s", (head + self.text).encode("latin-1"))


@dataclass(frozen=True, slots=True)
class SendAdaptableSdm:
    """`a`: a message of any kind; `gfi` and `sfi` say which (2 and `00` text, `06` GPS request)."""

    gfi: str
    sfi: str
    data_id: str
    text: str
    lead_in_ms: int = 100

    @classmethod
    def parse(cls, text: str) -> "SendAdaptableSdm":
        match = _ADAPTABLE.fullmatch(text)
        if not match:
            raise ValueError("no message")
        return cls(match[2], match[3], match[4], match[5], int(match[1], 16) * LEAD_IN_STEP_MS)

    def build(self) -> Packet:
        _check_length(self.text, EXTENDED_TEXT if self.sfi == EXTENDED else PLAIN_TEXT)
        head = f"{_lead_in(self.lead_in_ms)}{self.gfi}{self.sfi}{_data_id(self.data_id)}"
        return Packet("a", (head + self.text).encode("latin-1"))

    @classmethod
    def of_text(cls, data_id: str, text: str, lead_in_ms: int) -> "SendAdaptableSdm":
        """A text of up to 128 characters in the shortest form that holds it."""
        sfi = PLAIN if len(text) <= PLAIN_TEXT else EXTENDED
        return cls("2", sfi, data_id, text, lead_in_ms)

    @classmethod
    def position_request(cls, data_id: str, lead_in_ms: int) -> "SendAdaptableSdm":
        """Ask a radio for its next RMC sentence."""
        return cls("2", POSITION_REQUEST, data_id, RMC_ADDRESS, lead_in_ms)


@dataclass(frozen=True, slots=True)
class OtherCommand:
    """`t`, `z`, or a command that the manual does not list; only kept."""

    ident: str
    parameters: str


Command: TypeAlias = (
    Cancel | Dial | Function | GoToChannel | Query | SendSdm | SendAdaptableSdm | OtherCommand
)

PLAIN: Final = "00"
EXTENDED: Final = "04"
POSITION_REQUEST: Final = "06"
RMC_ADDRESS: Final = "GPRMC"

_READERS: Final[dict[str, Callable[[str], Command]]] = {
    "c": Cancel.parse,
    "d": Dial.parse,
    "f": Function.parse,
    "g": GoToChannel.parse,
    "q": Query.parse,
    "s": SendSdm.parse,
    "a": SendAdaptableSdm.parse,
}


def parse_command(packet: Packet) -> Command:
    """Read a CCDI packet on its way to the radio.

    Raises:
        MalformedError: parameters that its ident does not allow.
    """
    read = _READERS.get(packet.ident)
    if read is None:
        return OtherCommand(packet.ident, packet.text)
    try:
        return read(packet.text)
    except (ValueError, KeyError) as error:
        what = f"parameters that command {packet.ident} does not have"
        raise MalformedError(what, packet.parameters) from error


def _lead_in(milliseconds: int) -> str:
    steps = f"{milliseconds // LEAD_IN_STEP_MS:02X}"
    if not _LEAD_IN.fullmatch(steps) or steps == "00":
        raise ValueError(f"lead-in of {milliseconds} ms is not 20..5100")
    return steps


def _data_id(text: str) -> str:
    if len(text) != DATA_ID or not (text.isascii() and text.isprintable()):
        raise ValueError(f"data identity {text!r} is not eight characters")
    return text


def _check_length(text: str, limit: int) -> None:
    if len(text) > limit:
        raise ValueError(f"message has {len(text)} characters, the radio takes {limit}")
