"""The envelope of CCDI and CCR: `IDENT SIZE PARAMETERS CHECKSUM CR`."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from radio_gateway.protocols.errors import MalformedError

CR: Final = b"\r"
PROMPT: Final = 0x2E
"`.`, alone and without CR: the radio is ready for the next command."
MAX_PARAMETERS: Final = 255
OVERHEAD: Final = 6
"Octets around the parameters: ident, size, checksum, CR."

HEAD: Final = re.compile(rb"[A-Za-z+\-][0-9A-F]{2}")
_CHECKSUM: Final = re.compile(rb"[0-9A-F]{2}")


class Direction(StrEnum):
    """Several letters mean one thing to the radio and another from it."""

    TO_RADIO = "to-radio"
    FROM_RADIO = "from-radio"


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet, not yet interpreted."""

    ident: str
    "A lower case letter in CCDI, an upper case one or `+`, `-` in CCR."
    parameters: bytes = b""
    "0..255 octets; printable ASCII but for binary messages."

    @classmethod
    def parse(cls, octets: bytes) -> Self:
        """Read one packet, with or without its CR, without the prompts before it.

        Raises:
            MalformedError: wrong form, size or checksum.
        """
        body = octets.removesuffix(CR)
        if not HEAD.match(body):
            raise MalformedError("no CCDI packet", octets)
        size = int(body[1:3], 16)
        if len(body) != size + OVERHEAD - 1:
            raise MalformedError(f"CCDI packet of another size than {size}", octets)
        if not _CHECKSUM.fullmatch(body[-2:]) or int(body[-2:], 16) != checksum(body[:-2]):
            raise MalformedError("wrong CCDI checksum", octets)
        return cls(chr(body[0]), body[3:-2])

    def build(self) -> bytes:
        """Write the packet with its CR.

        Raises:
            ValueError: over 255 octets, or an ident that is none.
        """
        if len(self.parameters) > MAX_PARAMETERS:
            raise ValueError(f"{len(self.parameters)} octets do not fit a CCDI packet")
        body = b"%s%02X%s" % (self.ident.encode("ascii"), len(self.parameters), self.parameters)
        if not HEAD.match(body):
            raise ValueError(f"no ident of CCDI: {self.ident!r}")
        return b"%s%02X\r" % (body, checksum(body))

    @property
    def text(self) -> str:
        """The parameters as characters; Latin-1, since radios are not always faithful to ASCII."""
        return self.parameters.decode("latin-1")


def checksum(body: bytes) -> int:
    """Two's complement of the sum of all octets from the ident to the last parameter, 8 bits."""
    return -sum(body) & 0xFF
