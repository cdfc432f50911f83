"""IMPRES batteries (UDP 4012): which battery a radio carries, and how full it is.

Read only: a server has to answer registrations by a transform that the vendor keeps, and the
replies of radios that were never answered say "not registered" or "no battery".
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final, TypeAlias

from radio_gateway.protocols.errors import MalformedError

_REGISTRATION_SIZE: Final = 15
_SERIAL_SIZE: Final = 6
_CHANGING: Final = b"\x01\x01\x02"
_FIXED_TOO: Final = b"\x01\x02\x01\x02"
"What a query asks for: the readings that change, or all."


class BatteryKind(IntEnum):
    PLAIN = 1
    IMPRES = 2


class BatteryStatus(IntEnum):
    """Why a reply has, or has not, readings."""

    OK = 0
    FAILURE = 1
    IN_CHARGER = 2
    NO_BATTERY = 3
    PENDING = 4
    TARGET_NOT_REGISTERED = 5
    SOURCE_NOT_REGISTERED = 6
    NOT_IMPRES = 7
    BAD_REQUEST = 8
    INDEX_OUT_OF_RANGE = 9
    TIMEOUT = 10
    DATA_ERROR = 11
    MISMATCH = 12


@dataclass(frozen=True, slots=True)
class Discovery:
    """A server asks a radio to register its battery."""

    def build(self) -> bytes:
        return b"\x01\x00"


@dataclass(frozen=True, slots=True)
class BatteryRegistration:
    """A radio names its battery."""

    radio: bytes
    "10 octets that stand for the radio, of unknown form."
    kind: BatteryKind
    registration: bytes
    "3 random octets."
    serial: str | None = None
    "12 hexadecimal digits; None: a plain battery, which has none."

    def build(self) -> bytes:
        serial = b"" if self.serial is None else bytes.fromhex(self.serial)[::-1]
        return b"\x02" + self.radio + bytes((self.kind,)) + self.registration + serial


@dataclass(frozen=True, slots=True)
class BatteryRegistrationAnswer:
    """A server's answer; its 3 octets are a transform that only the vendor knows."""

    proof: bytes

    def build(self) -> bytes:
        return b"\x03\x02" + self.proof


@dataclass(frozen=True, slots=True)
class BatteryQuery:
    """A server asks for readings."""

    request: bytes
    fixed_too: bool
    "Whether the values that do not change are asked for as well."

    def build(self) -> bytes:
        return b"\x04" + self.request + (_FIXED_TOO if self.fixed_too else _CHANGING)


@dataclass(frozen=True, slots=True)
class BatteryReply:
    """A radio's answer to a query."""

    request: bytes
    status: int
    "A `BatteryStatus`, or a number that is not known."
    serial: str | None = None
    charge_percent: int | None = None
    raw: bytes = b""
    "All that follows the status: readings, most of them undescribed."

    def build(self) -> bytes:
        return b"\x05" + self.request + bytes((self.status,)) + self.raw


BatteryMessage: TypeAlias = (
    Discovery | BatteryRegistration | BatteryRegistrationAnswer | BatteryQuery | BatteryReply
)


def parse_battery(datagram: bytes) -> BatteryMessage:
    """Read one datagram.

    Raises:
        MalformedError: an unknown message, or one cut short.
    """
    match datagram[:1]:
        case b"\x01" if datagram == b"\x01\x00":
            return Discovery()
        case b"\x02":
            return _registration(datagram)
        case b"\x03" if datagram[1:2] == b"\x02" and len(datagram) == 5:
            return BatteryRegistrationAnswer(datagram[2:])
        case b"\x04" if datagram[3:] in (_CHANGING, _FIXED_TOO):
            return BatteryQuery(datagram[1:3], datagram[3:] == _FIXED_TOO)
        case b"\x05" if len(datagram) >= 4:
            return _reply(datagram)
    raise MalformedError("no battery message", datagram)


def _registration(datagram: bytes) -> BatteryRegistration:
    if len(datagram) < _REGISTRATION_SIZE or datagram[11] not in (1, 2):
        raise MalformedError("battery registration cut short or of unknown kind", datagram)
    kind = BatteryKind(datagram[11])
    serial = None
    if kind is BatteryKind.IMPRES:
        octets = datagram[_REGISTRATION_SIZE : _REGISTRATION_SIZE + _SERIAL_SIZE]
        serial = _serial(octets, datagram)
    return BatteryRegistration(datagram[1:11], kind, datagram[12:15], serial)


def _reply(datagram: bytes) -> BatteryReply:
    status = datagram[3]
    if status != BatteryStatus.OK:
        return BatteryReply(datagram[1:3], status, raw=datagram[4:])
    charge = datagram[-1] if len(datagram) > 10 and datagram[-1] <= 100 else None
    serial = _serial(datagram[4:10], datagram)
    return BatteryReply(datagram[1:3], status, serial, charge, datagram[4:])


def _serial(octets: bytes, datagram: bytes) -> str:
    if len(octets) < _SERIAL_SIZE:
        raise MalformedError("battery serial number cut short", datagram)
    return octets[::-1].hex().upper()
