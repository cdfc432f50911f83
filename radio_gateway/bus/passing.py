"""Passing values on their way between dispatch's servers, cut into messages and put together.

A message is one line `<name> <key> <part> <parts>` and octets. Nothing is kept or repeated: what
misses a part is forgotten when the next value begins.
"""

from collections.abc import Iterator
from typing import Final

PART: Final = 60 * 1024
"Octets of one part."
MOST: Final = 256
"Parts of one value."


def parts(name: str, key: int, data: bytes) -> Iterator[bytes]:
    """Cut one value; ValueError for a name with blanks or more than `MOST` parts."""
    if not name or set(name) & set(" \n") or not name.isascii():
        raise ValueError(f"{name!r} is no name of a passing value")
    count = max(1, -(-len(data) // PART))
    if count > MOST:
        raise ValueError(f"{name}: {len(data)} octets, {MOST * PART} pass at most")
    for number in range(count):
        piece = data[number * PART : (number + 1) * PART]
        yield f"{name} {key} {number + 1} {count}\n".encode() + piece


class Assembly:
    """Puts the parts of one sender's values together again."""

    def __init__(self) -> None:
        self._begun: tuple[str, str] | None = None
        self._pieces: list[bytes] = []

    def add(self, message: bytes) -> tuple[str, bytes] | None:
        """Take one message; name and octets of the value that it completes.

        Raises:
            ValueError: no part of a passing value.
        """
        head, separator, piece = message.partition(b"\n")
        words = head.decode("ascii").split(" ") if separator else []
        if len(words) != 4 or not words[2].isdecimal() or not words[3].isdecimal():
            raise ValueError("no part of a passing value")
        name, key, number, count = words[0], words[1], int(words[2]), int(words[3])
        if not 1 <= number <= count <= MOST:
            raise ValueError(f"part {number} of {count}")
        if number == 1:
            self._begun, self._pieces = (name, key), []
        if self._begun != (name, key) or len(self._pieces) != number - 1:
            self._begun = None  # a part is missing, or another sender came between
            return None
        self._pieces.append(piece)
        if number < count:
            return None
        self._begun = None
        return name, b"".join(self._pieces)
