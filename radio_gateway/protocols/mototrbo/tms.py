"""TMS, text message service (UDP 4007).

length (2) | header 1 | address length A | address (A) | sequence headers while bit 7 | text
"""

import re
from dataclasses import dataclass
from typing import Final, TypeAlias

from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.mototrbo.ars import body_of

MAX_SEQUENCE: Final = 127
UTF16: Final = 4
"Encoding: UTF-16, little-endian. 0: not given, and taken for the same."
LEAD: Final = "\r\n"
"Radios and the vendor's programs put it in front of each text."

_BEYOND: Final = re.compile("[\ud800-\udfff\U00010000-\U0010ffff]")
_EXT, _ACK, _RESERVED, _CONTROL = 0x80, 0x40, 0x20, 0x10


@dataclass(frozen=True, slots=True)
class Text:
    """A text from or to a radio."""

    octets: bytes
    "UTF-16 LE, with the line end that stands in front."
    sequence: int | None = None
    "0..127; None: none given."
    wants_answer: bool = False
    reserved: bool = True
    "Bit 0x20, set by radios; decides which of two answers they are used to."
    encoding: int | None = UTF16
    "None: the second sequence header was left out."
    address: bytes = b""
    "An alternative address of unknown form; normally empty."

    @property
    def text(self) -> str:
        """The words, without the line end in front; half characters become U+FFFD."""
        words = self.octets.decode("utf-16-le", "replace")
        return words.removeprefix(LEAD)

    @classmethod
    def saying(cls, words: str, sequence: int, *, wants_answer: bool) -> "Text":
        """A text as radios expect it: lead in front, characters beyond the BMP as `?`."""
        plain = "".join(
            c if c <= "\uffff" and not "\ud800" <= c <= "\udfff" else "?" for c in words
        )
        return cls((LEAD + plain).encode("utf-16-le"), sequence, wants_answer)

    def build(self) -> bytes:
        header = _ACK * self.wants_answer | _RESERVED * self.reserved
        tail = _sequence(self.sequence, self.encoding)
        return _frame(header | _EXT * bool(tail), self.address, tail + self.octets)


@dataclass(frozen=True, slots=True)
class TextAnswer:
    """Tells that a text was received; an answer to `Availability` has no sequence."""

    sequence: int | None = None
    reserved: bool = True
    address: bytes = b""

    def build(self) -> bytes:
        if self.sequence is None:
            return _frame(_CONTROL | 0x0F, self.address, b"")
        wide = self.sequence > 0x1F
        header = _EXT | _CONTROL | 0x0F | _RESERVED * self.reserved
        return _frame(header, self.address, _sequence(self.sequence, 0 if wide else None))


@dataclass(frozen=True, slots=True)
class Availability:
    """A radio or program tells that it takes texts, and wants an answer."""

    capability: int
    "0 limited, 1 internal, 2 external, 3 full."
    wants_answer: bool = True
    address: bytes = b""

    def build(self) -> bytes:
        header = _EXT | _CONTROL | _ACK * self.wants_answer
        return _frame(header, self.address, bytes((self.capability,)))


@dataclass(frozen=True, slots=True)
class UnknownTms:
    """A type that no source describes: counted, not answered."""

    header: int
    rest: bytes

    def build(self) -> bytes:
        body = bytes((self.header,)) + self.rest
        return len(body).to_bytes(2, "big") + body


TmsMessage: TypeAlias = Text | TextAnswer | Availability | UnknownTms


def parse_tms(datagram: bytes) -> TmsMessage:
    """Read one datagram; octets behind the declared length are ignored.

    Raises:
        MalformedError: cut short, headers or address past the length, half a UTF-16 unit.
    """
    body = body_of(datagram)
    header = body[0]
    kind = header & (_CONTROL | 0x0F)
    if kind not in (0, _CONTROL, _CONTROL | 0x0F):
        return UnknownTms(header, body[1:])
    if len(body) < 2 or len(body) < 2 + body[1]:
        raise MalformedError("address runs past the message", datagram)
    place = 2 + body[1]
    address = body[2:place]
    headers, place = _headers(body, place) if header & _EXT else (b"", place)
    wants, reserved = bool(header & _ACK), bool(header & _RESERVED)
    if kind == _CONTROL:
        return Availability(headers[0] & 3 if headers else 0, wants, address)
    sequence, encoding = _numbers(headers)
    if kind:
        return TextAnswer(sequence, reserved, address)
    octets = body[place:]
    if len(octets) % 2:
        raise MalformedError("text ends within a character", datagram)
    return Text(octets, sequence, wants, reserved, encoding, address)


def _headers(body: bytes, place: int) -> tuple[bytes, int]:
    """The headers behind the address: up to the first one without bit 7."""
    for end in range(place, len(body)):
        if not body[end] & _EXT:
            return body[place : end + 1], end + 1
    raise MalformedError("message without the end of its headers", body)


def _numbers(headers: bytes) -> tuple[int | None, int | None]:
    """Sequence number and encoding; None for what is not there."""
    if not headers:
        return None, None
    low = headers[0] & 0x1F
    if len(headers) == 1:
        return low, None
    return low | headers[1] & 0x60, headers[1] & 0x1F


def _sequence(number: int | None, encoding: int | None) -> bytes:
    if number is None:
        return b""
    if encoding is None:
        return bytes((number & 0x1F,))
    return bytes((_EXT | number & 0x1F, number & 0x60 | encoding))


def _frame(header: int, address: bytes, rest: bytes) -> bytes:
    body = bytes((header, len(address))) + address + rest
    return len(body).to_bytes(2, "big") + body
