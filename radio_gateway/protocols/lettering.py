"""What a display without letters of its own can show: printable ASCII."""

import unicodedata
from typing import Final

_CYRILLIC: Final = dict(zip("абвгдезийклмнопрстуфыэё", "abvgdezijklmnoprstufyee", strict=True)) | {
    "ж": "zh",
    "х": "h",
    "ц": "c",
    "ч": "ch",
    "ш": "sh",
    "щ": "shch",
    "ъ": "",
    "ь": "",
    "ю": "ju",
    "я": "ja",
    "і": "i",
    "ї": "ji",
    "є": "je",
    "ґ": "g",
}
_SIGNS: Final = {
    "ß": "ss",
    "ł": "l",
    "ø": "o",
    "æ": "ae",
    "đ": "d",
    "„": '"',
    "“": '"',
    "”": '"',
    "«": '"',
    "»": '"',
    "‘": "'",
    "’": "'",
    "–": "-",
    "—": "-",
    "…": "...",
    "€": "EUR",
    "°": " deg",
}
_SMALL: Final = _CYRILLIC | _SIGNS
_LARGE: Final = {
    small.upper(): latin.capitalize() for small, latin in _SMALL.items() if len(small.upper()) == 1
}
_TABLE: Final = str.maketrans(_LARGE | _SMALL)


def printable_ascii(text: str) -> str:
    """Write `Liepāja` as `Liepaja`, control characters as blanks, the unwritable as `?`."""
    composed = unicodedata.normalize("NFC", text).translate(_TABLE)
    plain = unicodedata.normalize("NFKD", composed)
    return "".join(_shown(c) for c in plain if not unicodedata.combining(c))


def _shown(character: str) -> str:
    if " " <= character <= "~":
        return character
    return " " if ord(character) < 0x80 or character.isspace() else "?"
