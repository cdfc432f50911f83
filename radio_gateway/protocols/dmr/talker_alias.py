"""Talker alias: a name of up to 31 characters in the embedded field (ETSI TS 102 361-2, 7.2.18).

Unauthenticated text: it is shown, never used to identify a radio.
"""

from enum import IntEnum
from typing import Final

from radio_gateway.protocols.dmr.link_control import TalkerAliasPart

PARTS: Final = 4
_PART_BITS: Final = 56
_HEADER_BITS: Final = 49
"Data bits in the header, the spare first one included, which only 7-bit text uses."
_OCTETS: Final = 27
_ALL_BITS: Final = _HEADER_BITS + 3 * _PART_BITS


class AliasFormat(IntEnum):
    """How the characters are coded."""

    SEVEN_BIT = 0
    ISO_8859_1 = 1
    UTF_8 = 2
    UTF_16 = 3
    "Big-endian."


_CAPACITY: Final = {
    AliasFormat.SEVEN_BIT: 31,
    AliasFormat.ISO_8859_1: _OCTETS,
    AliasFormat.UTF_8: _OCTETS,
    AliasFormat.UTF_16: 13,
}


class AliasCollector:
    """Gathers the parts of one transmission's alias; parts repeat and may be lost."""

    def __init__(self) -> None:
        self._parts: dict[int, bytes] = {}
        self.text: str | None = None
        "The alias once complete."

    def add(self, part: TalkerAliasPart) -> str | None:
        """Take one part; the alias when it has become complete, or longer than before."""
        if part.number == 0 and self._parts.get(0, part.data) != part.data:
            self._parts.clear()  # another alias began
        self._parts[part.number] = part.data
        text = self._complete()
        if not text or text == self.text:
            return None
        self.text = text
        return text

    def _complete(self) -> str | None:
        header = self._parts.get(0)
        if header is None:
            return None
        form, length = AliasFormat(header[0] >> 6), header[0] >> 1 & 0x1F
        contiguous = next((n for n in range(PARTS) if n not in self._parts), PARTS)
        if contiguous < parts_needed(form, length):
            return None
        bits = int.from_bytes(b"".join(self._parts[n] for n in range(contiguous)), "big")
        missing = (PARTS - contiguous) * _PART_BITS
        return decode(form, length, (bits << missing) & ((1 << _ALL_BITS) - 1))


def parts_needed(form: AliasFormat, length: int) -> int:
    """How many parts, header included, carry `length` characters (octets in UTF-8)."""
    width = {AliasFormat.SEVEN_BIT: 7, AliasFormat.UTF_16: 16}.get(form, 8)
    spare = 0 if form is AliasFormat.SEVEN_BIT else 1
    beyond = min(length * width + spare, _ALL_BITS) - _HEADER_BITS
    return 1 + max(0, -(-beyond // _PART_BITS))


def decode(form: AliasFormat, length: int, bits: int) -> str:
    """Read up to `length` characters.

    Args:
        form: how they are coded.
        length: from the header. In UTF-8 some radios count octets and some characters;
            the text ends at whichever comes first: that many characters, NUL or the end.
        bits: the 217 data bits of header and three blocks, missing ones zero.

    Returns:
        Printable characters only, without leading or trailing blanks.
    """
    octets = bits.to_bytes(28, "big")[1:]  # 7-bit text has its first bit in octet 0
    if form is AliasFormat.SEVEN_BIT:
        shifts = range(_ALL_BITS - 7, -1, -7)
        text = "".join(chr(bits >> shift & 0x7F) for shift in shifts)
    elif form is AliasFormat.ISO_8859_1:
        text = octets.decode("latin-1")
    elif form is AliasFormat.UTF_8:
        text = octets.decode("utf-8", "ignore")
    else:
        text = octets[:26].decode("utf-16-be", "ignore")
    shown = text[:length].split("\0", 1)[0]
    return "".join(c for c in shown if c.isprintable()).strip()


def best_format(text: str) -> AliasFormat:
    """The format that carries most of `text`."""
    if text.isascii():
        return AliasFormat.SEVEN_BIT
    if all(ord(c) < 256 for c in text):
        return AliasFormat.ISO_8859_1
    return AliasFormat.UTF_16 if len(text) <= 13 else AliasFormat.UTF_8


def build(text: str, form: AliasFormat) -> tuple[TalkerAliasPart, ...]:
    """The header and the blocks for `text`, cut to what the format can carry."""
    if form is AliasFormat.SEVEN_BIT:
        text = text[: _CAPACITY[form]]
        bits = 0
        for character in text.encode("ascii", "replace").ljust(31, b"\0"):
            bits = bits << 7 | character
        length = len(text)
    else:
        octets, length = _encode(text, form)
        bits = int.from_bytes(octets.ljust(_OCTETS, b"\0"), "big")
    value = (form << 5 | length) << _ALL_BITS | bits  # 2 format, 5 length, 217 data
    octets = value.to_bytes(PARTS * 7, "big")
    return tuple(
        TalkerAliasPart(number, octets[7 * number : 7 * number + 7])
        for number in range(parts_needed(form, length))
    )


def _encode(text: str, form: AliasFormat) -> tuple[bytes, int]:
    if form is AliasFormat.UTF_8:
        while len(text.encode()) > _OCTETS:
            text = text[:-1]
        return text.encode(), len(text.encode())
    text = text[: _CAPACITY[form]]
    if form is AliasFormat.ISO_8859_1:
        return text.encode("latin-1", "replace"), len(text)
    return text.encode("utf-16-be"), len(text)
