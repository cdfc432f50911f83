"""What a server asks of a radio: which values, when, and how often."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, NamedTuple

from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.mototrbo.numbers import (
    build_float,
    build_unsigned,
    read_float,
    read_unsigned,
)

EMERGENCY: Final = 0x02
"Trigger condition: the emergency key."


class Token(IntEnum):
    """Tokens of requests. `RETURN_` and `REQUEST_` ask; `REQUIRE_` makes the radio refuse
    altogether what it cannot fulfil.
    """

    REQUEST_ID = 0x22
    REQUEST_ID_SHORT = 0x23
    REQUEST_ID_OFFSET = 0x24
    INTERVAL = 0x31
    "Whole seconds."
    INTERVAL_FRACTION = 0x32
    ONE_SHOT = 0x33
    TRIGGER = 0x34
    "Opens the conditions: interval, distance, condition."
    UNKNOWN_3A = 0x3A
    VERSION = 0x3F
    EXTRA = 0x40
    "Seen with 42 (GPIO state) and 41 (PTT)."
    MAX_AGE = 0x42
    "Seconds that a fix may be old."
    CONDITION = 0x4A
    "02 emergency, 42 GPIO pin, 50 PTT, 51 PTT emergency."
    RETURN_ACCURACY = 0x50
    RETURN_ACCURACY_AND_TIME = 0x51
    RETURN_TIME = 0x52
    RETURN_INFO = 0x53
    REQUEST_ALTITUDE = 0x54
    REQUEST_ALTITUDE_ACCURACY = 0x55
    REQUEST_ALTITUDE_ACCURACY_FRACTION = 0x56
    REQUEST_HEADING = 0x57
    REQUEST_ACCURACY = 0x5F
    REQUEST_ACCURACY_FRACTION = 0x60
    REQUEST_CONFIDENCE = 0x61
    REQUEST_SPEED = 0x62
    REQUEST_VERTICAL_SPEED = 0x64
    REQUIRE_ALTITUDE = 0x66
    REQUIRE_ALTITUDE_ACCURACY = 0x67
    REQUIRE_ALTITUDE_ACCURACY_FRACTION = 0x68
    REQUIRE_HEADING = 0x69
    REQUIRE_ACCURACY = 0x71
    REQUIRE_ACCURACY_FRACTION = 0x72
    REQUIRE_CONFIDENCE = 0x73
    REQUIRE_SPEED = 0x74
    REQUIRE_VERTICAL_SPEED = 0x76
    DISTANCE = 0x78
    "Metres."


_NONE, _UNSIGNED, _FLOAT, _OPAQUE, _OCTET = range(5)

_FORMS: Final[Mapping[int, int]] = {
    **dict.fromkeys((0x33, 0x34, 0x3A, 0x50, 0x51, 0x52, 0x53, 0x54, 0x57, 0x62, 0x64), _NONE),
    **dict.fromkeys((0x66, 0x69, 0x74, 0x76), _NONE),
    **dict.fromkeys((0x24, 0x31, 0x3F, 0x42, 0x4A, 0x55, 0x5F, 0x67, 0x71, 0x78), _UNSIGNED),
    **dict.fromkeys((0x32, 0x56, 0x60, 0x68, 0x72), _FLOAT),
    **dict.fromkeys((0x22, 0x40), _OPAQUE),
    **dict.fromkeys((0x23, 0x61, 0x73), _OCTET),
}


class Item(NamedTuple):
    """One token with its value, if it has one."""

    token: Token
    value: int | float | bytes | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """A request in the order of the wire; the request id is an item like the others."""

    kind: int
    "A `DocumentKind` of requests."
    items: tuple[Item, ...]
    table: bytes | None = None
    "Constant table; None in the usual documents, which have none."
    unread: bytes = b""
    "From the first token on that is unknown or cut short."

    @property
    def id(self) -> bytes | None:
        """Request id, echoed in answers and reports; None: none was given."""
        for token, value in self.items:
            if token is Token.REQUEST_ID and isinstance(value, bytes):
                return value
            if token is Token.REQUEST_ID_SHORT and isinstance(value, int):
                return bytes((value,))
        return None

    @property
    def interval_s(self) -> float | None:
        """Seconds between periodic reports."""
        return self._number(Token.INTERVAL, Token.INTERVAL_FRACTION)

    @property
    def condition(self) -> int | None:
        """Number of the event that triggers a report."""
        value = self._number(Token.CONDITION)
        return None if value is None else int(value)

    @property
    def distance_m(self) -> float | None:
        return self._number(Token.DISTANCE)

    def body(self) -> bytes:
        """The octets behind document id, length and constant table."""
        return b"".join(map(_build, self.items)) + self.unread

    def _number(self, *tokens: Token) -> float | None:
        for token, value in self.items:
            if token in tokens and isinstance(value, int | float):
                return value
        return None


def request_id(octets: bytes) -> Item:
    """The item that names a request."""
    return Item(Token.REQUEST_ID, octets)


def read_request(kind: int, table: bytes | None, data: bytes, at: int, end: int) -> Request:
    """Read the tokens of `data[at:end]`; stops at the first that is unknown or cut short."""
    items: list[Item] = []
    while at < end:
        form = _FORMS.get(data[at])
        try:
            if form is None:
                break
            value, behind = _value(form, data, at + 1, end)
        except MalformedError:
            break
        items.append(Item(Token(data[at]), value))
        at = behind
    return Request(kind, tuple(items), table, data[at:end])


def _value(form: int, data: bytes, at: int, end: int) -> tuple[int | float | bytes | None, int]:
    match form:
        case 0:
            return None, at
        case 1:
            return read_unsigned(data, at, end)
        case 2:
            return read_float(data, at, end)
        case 3:
            length, start = read_unsigned(data, at, end)
            if start + length > end:
                raise MalformedError("value cut short", data[at:end])
            return data[start : start + length], start + length
        case _:
            if at >= end:
                raise MalformedError("value cut short", data[at:end])
            return data[at], at + 1


def _build(item: Item) -> bytes:
    token, value = item
    head = bytes((token,))
    if isinstance(value, bytes):
        return head + build_unsigned(len(value)) + value
    if value is None:
        return head
    form = _FORMS[token]
    if form == _FLOAT:
        return head + build_float(value)
    return head + (bytes((int(value),)) if form == _OCTET else build_unsigned(int(value)))
