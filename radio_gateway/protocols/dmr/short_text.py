"""Character sets of short data and unified data transport (ETSI TS 102 361-1, 9.3 and -3)."""

from typing import Final

BINARY: Final = 0
BCD: Final = 1
SEVEN_BIT: Final = 2
UTF_8: Final = 0x12
UTF_16_BE: Final = 0x14

_PARTS_OF_8859: Final = (*range(1, 12), *range(13, 17))
"There is no part 12."
CODECS: Final[dict[int, str]] = {
    **{3 + rank: f"iso8859-{part}" for rank, part in enumerate(_PARTS_OF_8859)},
    UTF_8: "utf-8",
    0x13: "utf-16",
    UTF_16_BE: "utf-16-be",
    0x15: "utf-16-le",
    0x16: "utf-32",
    0x17: "utf-32-be",
    0x18: "utf-32-le",
}
"Character format of a short data header -> Python codec."
_BCD_DIGITS: Final = "0123456789 *#???"


def decode(content: bytes, character_format: int) -> str | None:
    """The text in `content`; None when the format is binary or not defined.

    What the character set does not know becomes U+FFFD; the text ends at the first NUL.
    """
    if character_format == SEVEN_BIT:
        text = seven_bit(content)
    elif character_format == BCD:
        text = bcd(content)
    elif character_format in CODECS:
        text = content.decode(CODECS[character_format], "replace")
    else:
        return None
    return printable(text)


def encode(text: str, character_format: int = UTF_16_BE) -> bytes:
    """The octets for `text`.

    Raises:
        ValueError: the format carries no text, or not all characters of this one.
    """
    codec = CODECS.get(character_format)
    if codec is None:
        raise ValueError(f"short data of format {character_format:#x} is not built")
    return text.encode(codec)


def seven_bit(content: bytes) -> str:
    """Characters of 7 bits, packed from the first bit on; incomplete ones at the end are left."""
    bits, count = int.from_bytes(content, "big"), 8 * len(content)
    return "".join(chr(bits >> count - 7 * n & 0x7F) for n in range(1, count // 7 + 1))


def bcd(content: bytes) -> str:
    """Two digits per octet, the high half first; ten is a blank, 11 and 12 are * and #."""
    return "".join(_BCD_DIGITS[octet >> 4] + _BCD_DIGITS[octet & 0xF] for octet in content)


def printable(text: str) -> str:
    """Up to the first NUL, without control characters but with line ends and tabs."""
    shown = text.split("\0", 1)[0]
    return "".join(c for c in shown if c.isprintable() or c in "\n\t").strip()
