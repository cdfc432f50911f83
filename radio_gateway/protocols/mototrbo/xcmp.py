"""XCMP: control messages of MOTOTRBO radios, read only.

They travel within XNL (TCP 8002, or type 70 of IP Site Connect), whose login needs constants that
the maker issues under a licence; nothing here logs in or sends. Integers are big-endian.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar, Final, TypeAlias

from radio_gateway.protocols.errors import MalformedError

_REPLY: Final = 0x8000
_BROADCAST: Final = 0xB000
_ID_OCTETS: Final = 3


class Feature(IntEnum):
    """What a radio control message is about."""

    CHECK = 0
    DISABLE = 1
    ENABLE = 2
    REMOTE_MONITOR = 3
    DEKEY = 4


class XcmpResult(IntEnum):
    """First octet of a reply."""

    OK = 0
    WRONG_MODE = 2
    UNSUPPORTED = 3
    BAD_PARAMETER = 4
    TOO_BIG = 5
    LOCKED = 6
    UNAVAILABLE = 7


@dataclass(frozen=True, slots=True)
class DeviceInit:
    """`B400`: a device says what it is; it takes no commands before the other has said so too."""

    OPCODE: ClassVar[int] = 0xB400

    version: tuple[int, int, int]
    product: int
    init: int
    "0 status, 1 complete, 2 update."
    device_type: int
    status: int
    attributes: tuple[tuple[int, int], ...] = ()
    "Number and value, in the order sent; what most of them mean is not public."

    @classmethod
    def parse(cls, body: bytes) -> "DeviceInit":
        """Read what follows the opcode.

        Raises:
            MalformedError: too short, or attributes that do not fill their length.
        """
        if len(body) < 9 or len(body) != 9 + body[8] or body[8] % 2:
            raise MalformedError("XCMP device init of another length", body)
        pairs = body[9:]
        return cls(
            version=(body[0], body[1], body[2]),
            product=body[3],
            init=body[4],
            device_type=body[5],
            status=int.from_bytes(body[6:8], "big"),
            attributes=tuple(zip(pairs[::2], pairs[1::2], strict=True)),
        )

    def build(self) -> bytes:
        """The whole message."""
        pairs = bytes(octet for pair in self.attributes for octet in pair)
        head = bytes((*self.version, self.product, self.init, self.device_type))
        middle = self.status.to_bytes(2, "big") + bytes((len(pairs),))
        return self.OPCODE.to_bytes(2, "big") + head + middle + pairs


@dataclass(frozen=True, slots=True)
class RadioControl:
    """`041C`: checks, disables, enables or listens to a radio."""

    OPCODE: ClassVar[int] = 0x041C

    feature: int
    "A `Feature`, or a number that is not known."
    operation: int
    "1: execute."
    address_type: int
    "1: a radio id."
    radio: int
    rest: bytes = bytes(2)

    @classmethod
    def parse(cls, body: bytes) -> "RadioControl":
        """Read what follows the opcode.

        Raises:
            MalformedError: too short, or an address of another length than three octets.
        """
        end = 4 + _ID_OCTETS
        if len(body) < end or body[3] != _ID_OCTETS:
            raise MalformedError("XCMP radio control without a radio id", body)
        return cls(body[0], body[1], body[2], int.from_bytes(body[4:end], "big"), body[end:])

    def build(self) -> bytes:
        """The whole message."""
        head = bytes((self.feature, self.operation, self.address_type, _ID_OCTETS))
        number = self.radio.to_bytes(_ID_OCTETS, "big")
        return self.OPCODE.to_bytes(2, "big") + head + number + self.rest


@dataclass(frozen=True, slots=True)
class OtherXcmp:
    """A message that we do not read; its octets are kept."""

    opcode: int
    body: bytes

    @property
    def result(self) -> int | None:
        """Of a reply: an `XcmpResult`, or a number that is not known."""
        is_reply = self.opcode & _BROADCAST == _REPLY
        return self.body[0] if is_reply and self.body else None

    def build(self) -> bytes:
        """The whole message."""
        return self.opcode.to_bytes(2, "big") + self.body


XcmpMessage: TypeAlias = DeviceInit | RadioControl | OtherXcmp


def parse_xcmp(octets: bytes) -> XcmpMessage:
    """Read one message.

    Raises:
        MalformedError: no opcode, or a known message against its layout.
    """
    if len(octets) < 2:
        raise MalformedError("no XCMP message", octets)
    opcode, body = int.from_bytes(octets[:2], "big"), octets[2:]
    for kind in (DeviceInit, RadioControl):
        if opcode == kind.OPCODE:
            return kind.parse(body)
    return OtherXcmp(opcode, body)
