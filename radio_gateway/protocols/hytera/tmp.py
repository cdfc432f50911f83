"""TMP and SDMP: texts and short data (service 0x09).

The high octet of the opcode holds flags. Bit 7 is described both ways round by those who know
it, and answers are seen for both values: it is kept, and echoed in the answer.
"""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final, Self

from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.hytera.hdap import Hdap, Service
from radio_gateway.protocols.hytera.message import ADDRESS, U8, U32, Message, RadioAddress, layout

OPTION_FLAG: Final = 0x40
TEXT_LIMIT: Final = 140
"UTF-16 units that the vendor's radios show."


class TextResult(IntEnum):
    OK = 0
    FAILED = 1
    INVALID = 3
    BUSY = 4
    RECEIVE_ONLY = 5
    LOW_BATTERY = 6
    PLL_UNLOCKED = 7
    NO_ACKNOWLEDGEMENT = 8
    WAKE_UP_FAILED = 9
    NO_CONTACT = 10
    DENIED = 11
    INTERRUPTED = 12

    @classmethod
    def words(cls, value: int) -> str:
        """What a result says, for the log and the dispatcher."""
        return _RESULT_WORDS.get(value, f"refused with code {value}")


_RESULT_WORDS: Final[dict[int, str]] = {
    TextResult.OK: "received by the radio",
    TextResult.FAILED: "failed on the air",
    TextResult.INVALID: "invalid parameters",
    TextResult.BUSY: "channel busy",
    TextResult.RECEIVE_ONLY: "the channel is receive only",
    TextResult.LOW_BATTERY: "low battery",
    TextResult.PLL_UNLOCKED: "transmitter fault (PLL unlocked)",
    TextResult.NO_ACKNOWLEDGEMENT: "the radio did not acknowledge",
    TextResult.WAKE_UP_FAILED: "the repeater did not wake up",
    TextResult.NO_CONTACT: "no such contact",
    TextResult.DENIED: "transmission denied",
    TextResult.INTERRUPTED: "interrupted",
}


@dataclass(frozen=True, slots=True)
class _Tmp(Message):
    """Fields between the option length and the option."""

    SERVICE = Service.TMP

    flags: int = field(default=0, kw_only=True)
    "High octet of the opcode."
    option: bytes = field(default=b"", kw_only=True)
    "Sent behind the fields; its length stands before them when flag 0x40 is set."

    @property
    def opcode(self) -> int:
        return self.flags << 8 | self.OPCODE

    @classmethod
    def parse(cls, envelope: Hdap) -> Self:
        flags = envelope.opcode >> 8
        body, option = envelope.payload, b""
        if flags & OPTION_FLAG:
            length = int.from_bytes(body[:2], "big")
            if len(body) < 2 + length:
                raise MalformedError("option of a text runs past the message", body)
            body, option = body[2 : len(body) - length], body[len(body) - length :]
        values, rest = cls._take(cls.LAYOUT, body)
        return cls(*values, rest=rest, flags=flags, option=option)

    def payload(self) -> bytes:
        body = self._put(self.LAYOUT) + self.rest
        if not self.flags & OPTION_FLAG:
            return body
        return len(self.option).to_bytes(2, "big") + body + self.option


@dataclass(frozen=True, slots=True)
class _Addressed(_Tmp):
    LAYOUT = layout(U32, ADDRESS, ADDRESS)

    request: int
    destination: RadioAddress
    source: RadioAddress


@dataclass(frozen=True, slots=True)
class _Text(_Addressed):
    """`rest` holds the UTF-16LE text as it came."""

    @property
    def text(self) -> str:
        """The text; without the NULs that some senders append, U+FFFD for what is no UTF-16."""
        return self.rest.decode("utf-16-le", errors="replace").rstrip("\0")


@dataclass(frozen=True, slots=True)
class PrivateMessage(_Text):
    OPCODE = 0xA1


@dataclass(frozen=True, slots=True)
class PrivateMessageAnswer(_Addressed):
    """Keeps the order of the original: `destination` is whom the text was for."""

    OPCODE = 0xA2
    LAYOUT = layout(U32, ADDRESS, ADDRESS, U8)

    result: int
    "A `TextResult`."


@dataclass(frozen=True, slots=True)
class GroupMessage(_Text):
    OPCODE = 0xB1


@dataclass(frozen=True, slots=True)
class GroupMessageAnswer(_Tmp):
    OPCODE = 0xB2
    LAYOUT = layout(U32, ADDRESS, U8)

    request: int
    group: RadioAddress
    result: int


@dataclass(frozen=True, slots=True)
class PrivateData(_Addressed):
    """Short data; the octets are in `rest`."""

    OPCODE = 0xAE


@dataclass(frozen=True, slots=True)
class PrivateDataAnswer(PrivateMessageAnswer):
    OPCODE = 0xAF


@dataclass(frozen=True, slots=True)
class GroupData(_Addressed):
    """Short data to a group; the octets are in `rest`."""

    OPCODE = 0xBE


@dataclass(frozen=True, slots=True)
class GroupDataAnswer(GroupMessageAnswer):
    OPCODE = 0xBF


MESSAGES = (
    PrivateMessage,
    PrivateMessageAnswer,
    GroupMessage,
    GroupMessageAnswer,
    PrivateData,
    PrivateDataAnswer,
    GroupData,
    GroupDataAnswer,
)
