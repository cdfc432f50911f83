"""ARS, automatic registration service (UDP 4005): radios and their users come and go.

length (2) | header 1 | further headers while bit 7 of the last one is set | payload
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import ClassVar, Final, TypeAlias

from radio_gateway.protocols.errors import MalformedError

PERIOD_MINUTES: Final = 30
"Unit of the refresh period in answers."
MAX_PERIODS: Final = 127

_EXT, _ACK, _PRIORITY, _CONTROL = 0x80, 0x40, 0x20, 0x10


class RegistrationEvent(IntEnum):
    """Why a device registers; users leave these bits without meaning."""

    UNSPECIFIED = 0
    INITIAL = 1
    REFRESH = 2
    RESERVED = 3


@dataclass(frozen=True, slots=True)
class _Registration:
    """Header 2, then device id, user id and password, each behind its length."""

    TYPE: ClassVar[int]

    event: RegistrationEvent
    device: str
    "Decimal radio id as the radio is programmed; the IP address is what counts."
    user: str = ""
    password: bytes = field(default=b"", repr=False)
    "Never log or show it."
    encoding: int = 0
    "0: UTF-8, the only one that is known."

    def build(self) -> bytes:
        second = self.event << 5 | self.encoding
        names = (self.device.encode(), self.user.encode(), self.password)
        body = b"".join(bytes((len(name),)) + name for name in names)
        first = _EXT | _ACK | _PRIORITY | _CONTROL | self.TYPE
        return _frame(bytes((first, second)) + body)


@dataclass(frozen=True, slots=True)
class Registration(_Registration):
    """A radio switched on, or renews its registration."""

    TYPE: ClassVar[int] = 0


@dataclass(frozen=True, slots=True)
class UserRegistration(_Registration):
    """An officer signs on at a radio."""

    TYPE: ClassVar[int] = 5


@dataclass(frozen=True, slots=True)
class Deregistration:
    """A radio switches off; wants no answer."""

    def build(self) -> bytes:
        return _frame(b"\x31")


@dataclass(frozen=True, slots=True)
class UserDeregistration:
    """An officer signs off."""

    def build(self) -> bytes:
        return _frame(b"\x76")


@dataclass(frozen=True, slots=True)
class Query:
    """Our question whether a radio is there; it answers with `Answer(periods=None)`."""

    def build(self) -> bytes:
        return _frame(b"\x74")


@dataclass(frozen=True, slots=True)
class Answer:
    """To a device registration, or a radio's to a query.

    Systems with CSBK ARS append two octets without announcing a header; they are `rest`.
    """

    success: bool = True
    value: int | None = None
    """Low 7 bits of header 2, None without one.

    On success the refresh period in half hours, 0 for never; on failure the reason,
    0 for "device not authorised".
    """
    rest: bytes = b""

    @property
    def refresh_minutes(self) -> int:
        """Time within which the radio registers again; 0: it never does."""
        return PERIOD_MINUTES * (self.value or 0) if self.success else 0

    def build(self) -> bytes:
        return _answer(0xF, self.success, self.value) if not self.rest else self._with_rest()

    def _with_rest(self) -> bytes:
        return _frame(_answer(0xF, self.success, self.value)[2:] + self.rest)


@dataclass(frozen=True, slots=True)
class UserAnswer:
    """To the registration or deregistration of a user.

    Follows from the layout of the header; never seen on the wire.
    """

    success: bool = True
    value: int | None = None
    "Session time, 0 until power-off, in a unit that no source names; or the failure's reason."

    def build(self) -> bytes:
        return _answer(7, self.success, self.value)


@dataclass(frozen=True, slots=True)
class UnknownArs:
    """A type that no source describes: counted, logged, not answered."""

    header: int
    rest: bytes

    def build(self) -> bytes:
        return _frame(bytes((self.header,)) + self.rest)


ArsMessage: TypeAlias = (
    Registration
    | UserRegistration
    | Deregistration
    | UserDeregistration
    | Query
    | Answer
    | UserAnswer
    | UnknownArs
)


def parse_ars(datagram: bytes) -> ArsMessage:
    """Read one datagram; octets behind the declared length are ignored.

    Raises:
        MalformedError: cut short, or fields that run past the length.
    """
    body = body_of(datagram)
    header = body[0]
    reader = _READERS.get(header & 0x0F)
    return UnknownArs(header, body[1:]) if reader is None else reader(body)


def body_of(datagram: bytes) -> bytes:
    """What the length at the front of an ARS or TMS datagram covers; at least one octet.

    The errors quote no more than the first header: behind it passwords and texts may stand.
    """
    length = int.from_bytes(datagram[:2], "big")
    if len(datagram) < 3 or not length:
        raise MalformedError("no message", datagram[:3])
    if len(datagram) < 2 + length:
        raise MalformedError(f"cut short, {len(datagram) - 2} octets", datagram[:3])
    return datagram[2 : 2 + length]


def _registration(body: bytes) -> ArsMessage:
    if not body[0] & _EXT or len(body) < 2:
        raise MalformedError("registration without its second header", body)
    second, place = body[1], 2
    while body[place - 1] & _EXT:  # headers that nobody describes
        place += 1
        if place > len(body):
            raise MalformedError("registration cut short in its headers", body)
    names = []
    for _ in range(3):
        if place == len(body):  # some leave the last names out
            names.append(b"")
            continue
        end = place + 1 + body[place]
        if end > len(body):
            raise MalformedError("name runs past the registration", body[:place])  # no password
        names.append(body[place + 1 : end])
        place = end
    try:
        device, user = names[0].decode(), names[1].decode()
    except UnicodeDecodeError:
        raise MalformedError("name is not UTF-8", names[0] + names[1]) from None
    kind = Registration if body[0] & 0x0F == Registration.TYPE else UserRegistration
    event = RegistrationEvent(second >> 5 & 3)
    return kind(event, device, user, names[2], second & 0x1F)


def _acknowledgement(body: bytes) -> ArsMessage:
    header = body[0]
    success, value = not header & _ACK, None
    rest = body[1:]
    if header & _EXT:
        if not rest:
            raise MalformedError("answer without its second header", body)
        value, rest = rest[0] & 0x7F, rest[1:]
    if header & 0x0F == 7:
        return UserAnswer(success, value)
    return Answer(success, value, rest)


_READERS: Final[Mapping[int, Callable[[bytes], ArsMessage]]] = {
    0: _registration,
    1: lambda _: Deregistration(),
    4: lambda _: Query(),
    5: _registration,
    6: lambda _: UserDeregistration(),
    7: _acknowledgement,
    0xF: _acknowledgement,
}


def _frame(body: bytes) -> bytes:
    return len(body).to_bytes(2, "big") + body


def _answer(kind: int, success: bool, value: int | None) -> bytes:
    header = _PRIORITY | _CONTROL | kind | (0 if success else _ACK)
    if value is None:
        return _frame(bytes((header,)))
    return _frame(bytes((header | _EXT, value & 0x7F)))
