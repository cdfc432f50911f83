"""HDAP: the envelope around every message of a Hytera application service.

Service octet, opcode, length, payload, checksum, end octet. RCP writes its numbers
little-endian, all other services big-endian; the checksum leaves the service octet out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from struct import Struct
from typing import Final, Literal
from zlib import adler32

from radio_gateway.domain.quick import unfrozen
from radio_gateway.protocols.errors import MalformedError

END: Final = 0x03
RELIABLE: Final = 0x80
_HEADER: Final = 5
_TAIL: Final = 2
_HEAD: Final = Struct(">HH").unpack_from
_HEAD_RCP: Final = Struct("<HH").unpack_from
MAX_PAYLOAD: Final = 0xFFFF
_INVERTED: Final = 0xFF + 0x33
"From which a sum is taken away: inverting is 0xFF less the sum, modulo 256."
_SUMMED_BY_ADLER: Final = 65_520 // 0xFF
"Octets whose sum stays below the modulus, whatever they are."


class Service(IntEnum):
    """What a message is about: bits 6..0 of its first octet."""

    RCP = 0x02
    "Radio control."
    LP = 0x08
    "Location."
    TMP = 0x09
    "Text messages and self-defined data."
    RRS = 0x11
    "Registration."
    TP = 0x12
    "Telemetry."
    DTP = 0x13
    "File transfer."
    DDS = 0x14
    "Delivery state of a message on the air."

    @property
    def byte_order(self) -> Literal["little", "big"]:
        """Order of opcode, length and every number in the payload."""
        return "little" if self is Service.RCP else "big"


_SERVICES: Final = {int(service): service for service in Service}


def _form(first: int) -> tuple[Service, bool, Callable[..., tuple[int, ...]]] | None:
    service = _SERVICES.get(first & ~RELIABLE)
    if service is None:
        return None
    head = _HEAD_RCP if service is Service.RCP else _HEAD
    return service, first >= RELIABLE, head


_FORMS: Final = tuple(_form(first) for first in range(256))
"What the first octet says: service, reliable mark, how opcode and length are written."


def checksum(body: bytes) -> int:
    """Checksum over opcode, length and payload: inverted sum plus 0x33, modulo 256."""
    # the low half of Adler-32 is 1 plus the sum, modulo 65 521: the same in a quarter of the time
    total = adler32(body) - 1 if len(body) <= _SUMMED_BY_ADLER else sum(body)
    return (_INVERTED - total) & 0xFF


@dataclass(frozen=True, slots=True)
class Hdap:
    """One message as it stood on the wire; `build` gives the same octets back.

    Repeaters accept wrong checksums and append zero octets, so both are kept and not refused.
    """

    service: Service
    opcode: int
    payload: bytes
    reliable: bool = False
    "Bit 7 of the service octet; echoed in answers."
    check: int | None = None
    "Checksum as received; None: `build` computes it."
    end: int = END
    trailing: bytes = b""
    "Octets after the end octet."

    @property
    def checksum_ok(self) -> bool:
        """Whether the checksum as received is right (or will be, when we build it)."""
        if self.check is None:
            return True
        opcode, size = self.opcode, len(self.payload)
        head = (opcode >> 8) + (opcode & 0xFF) + (size >> 8) + (size & 0xFF)
        return self.check == (_INVERTED - head - sum(self.payload)) & 0xFF

    @property
    def end_ok(self) -> bool:
        return self.end == END

    @classmethod
    def parse(cls, data: bytes) -> "Hdap":
        """Read one message that fills a datagram or the rest of an outer packet.

        Raises:
            MalformedError: unknown service, or the length runs past the datagram.
        """
        if len(data) < _HEADER + _TAIL:
            raise MalformedError("HDAP message is cut short", data)
        known = _FORMS[data[0]]
        if known is None:
            raise MalformedError("no HDAP service", data)
        service, reliable, head = known
        opcode, size = head(data, 1)
        after = _HEADER + size
        if after + _TAIL > len(data):
            raise MalformedError("HDAP length runs past the datagram", data)
        found = _OpenHdap()
        found.service, found.reliable, found.opcode = service, reliable, opcode
        found.payload = data[_HEADER:after]
        found.check, found.end = data[after], data[after + 1]
        found.trailing = data[after + _TAIL :]
        found.__class__ = cls
        message: Hdap = found
        return message

    def build(self) -> bytes:
        """Write the message, with a right checksum unless one was received.

        Raises:
            ValueError: the payload is longer than 65 535 octets.
        """
        if len(self.payload) > MAX_PAYLOAD:
            raise ValueError(f"{len(self.payload)} octets do not fit one HDAP message")
        body = self._body()
        check = checksum(body) if self.check is None else self.check
        first = self.service | (RELIABLE if self.reliable else 0)
        return bytes((first, *body, check, self.end)) + self.trailing

    def _body(self) -> bytes:
        order = self.service.byte_order
        return self.opcode.to_bytes(2, order) + len(self.payload).to_bytes(2, order) + self.payload


_OpenHdap: Final = unfrozen(Hdap)
_OF_RADIOS: Final = frozenset((Service.LP, Service.TMP, Service.RRS))


def is_hdap(octets: bytes) -> bool:
    """Whether octets are what a radio sends over the air, whatever the port: by service and end."""
    if len(octets) < _HEADER + _TAIL or octets[0] & ~RELIABLE not in _OF_RADIOS:
        return False
    end = _HEADER + int.from_bytes(octets[3:5], "big") + 1
    return end < len(octets) and octets[end] == END
