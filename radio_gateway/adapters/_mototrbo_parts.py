"""Long texts in numbered messages: the protocol itself has no multi-part texts."""

from typing import Final

PARTS: Final = 9
"Messages that one text may take; each needs the radio's acknowledgement."
_MARK: Final = len("(1/9) ")


def split(text: str, limit: int) -> list[str]:
    """A text as messages of at most `limit` characters, cut at blanks where that is possible.

    One message stays as it is; several begin with `(1/3) `. More than `PARTS` are returned
    unnumbered, for the caller to refuse.
    """
    if len(text) <= limit:
        return [text]
    room = limit - _MARK
    pieces = []
    while len(text) > room:
        cut = text.rfind(" ", room // 2, room + 1)
        at = room if cut < 0 else cut
        pieces.append(text[:at])
        text = text[at:].removeprefix(" ")
    if text:
        pieces.append(text)
    if len(pieces) > PARTS:
        return pieces
    return [f"({n}/{len(pieces)}) {piece}" for n, piece in enumerate(pieces, 1)]
