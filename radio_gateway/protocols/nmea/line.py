"""One line of an NMEA 0183 stream: start, address, fields, checksum. Nothing is judged here."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from operator import xor
from typing import Final, Self

from radio_gateway.protocols.errors import MalformedError

_SENTENCE: Final = re.compile(rb"[$!](?=[A-Z][A-Z0-9]{3,7}[,*])")
"A start mark with an address behind it; the last one of a line is taken, noise stands before."
_TAG: Final = re.compile(rb"\\([^\\]*)\\\Z")
_HEX: Final = re.compile(r"[0-9A-Fa-f]{2}")


class ChecksumState(StrEnum):
    OK = "ok"
    BAD = "bad"
    EMPTY = "empty"
    "A star and nothing behind it."
    ABSENT = "absent"
    "No star at all."


@dataclass(frozen=True, slots=True)
class Checksum:
    """What a line says about itself, and what it should have said."""

    state: ChecksumState
    given: str | None
    "As written behind the star; None: no star."
    computed: int
    "Exclusive or of all octets between the start mark and the star."

    @classmethod
    def of(cls, body: bytes, given: str | None) -> Self:
        computed = xor_of(body)
        if given is None:
            return cls(ChecksumState.ABSENT, None, computed)
        if given == "":
            return cls(ChecksumState.EMPTY, "", computed)
        good = _HEX.fullmatch(given) is not None and int(given, 16) == computed
        return cls(ChecksumState.OK if good else ChecksumState.BAD, given, computed)


@dataclass(frozen=True, slots=True)
class NmeaLine:
    """A sentence as it came, cut at its commas."""

    address: str
    "`GNRMC`, `PKNDS`."
    fields: tuple[str, ...]
    "What follows the address; the first is field 1 of the tables."
    checksum: Checksum
    body: str
    "All between the start mark and the star."
    start: str = "$"
    tag: str | None = None
    "Content of a tag block in front, without its backslashes."

    @classmethod
    def parse(cls, line: bytes) -> Self:
        """Cut one line; Latin-1, because radios are not always faithful to ASCII.

        Args:
            line: without CR LF; noise or a tag block may stand before the start mark.

        Raises:
            MalformedError: no start mark with an address behind it.
        """
        before, sentence = locate(line)
        if not sentence:
            raise MalformedError("no NMEA sentence", line)
        body, star, given = sentence[1:].rpartition(b"*")
        if not star:
            body = given
        tag = _TAG.search(before)
        text = body.decode("latin-1")
        address, *fields = text.split(",")
        return cls(
            address=address,
            fields=tuple(fields),
            checksum=Checksum.of(body, given.decode("latin-1").strip(" ") if star else None),
            body=text,
            start=chr(sentence[0]),
            tag=tag[1].decode("latin-1") if tag else None,
        )

    def field(self, index: int) -> str:
        """Field by its number in the tables, 1 being the first; empty when the line is shorter."""
        return self.fields[index - 1] if index <= len(self.fields) else ""


def locate(line: bytes) -> tuple[bytes, bytes]:
    """Split a line into what stands before its last sentence, and that sentence (or nothing)."""
    start = max((match.start() for match in _SENTENCE.finditer(line)), default=len(line))
    return line[:start], line[start:]


def xor_of(body: bytes) -> int:
    """Checksum of a sentence: all octets after the start mark, up to but not with the star."""
    return reduce(xor, body, 0)


def write(body: str) -> bytes:
    """Write a sentence with its checksum, without CR LF.

    Args:
        body: address and fields, ASCII: `GPGLL,5630.6600,N,02100.8400,E,103900,A`.
    """
    octets = body.encode("ascii")
    return b"$%s*%02X" % (octets, xor_of(octets))
