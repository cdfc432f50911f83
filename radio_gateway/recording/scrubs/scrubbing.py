"""What every protocol's way of making frames anonymous has in common."""

from collections.abc import Sequence
from typing import Final, Protocol, TypeAlias

from radio_gateway.recording.pseudonyms import Pseudonyms
from radio_gateway.recording.ring import Record


class LeftOut(Exception):  # noqa: N818  # no fault: what is not understood is not given away
    """A frame that cannot be made anonymous; the text is counted as the reason."""


UNREADABLE: Final = "frames that cannot be read"
Told: TypeAlias = bytes | LeftOut | None
"A frame made anonymous; None: nothing of it is left to give, for another frame has it."


class Scrub(Protocol):
    """Makes the frames of one link in one direction anonymous."""

    def __call__(self, records: Sequence[Record], names: Pseudonyms, /) -> Sequence[Told]:
        """One answer for each frame, in order."""
        ...


def in_its_blanks(text: str, names: Pseudonyms, units: int) -> str:
    """Another text of `units`; blanks at its ends, which some readers cut off, stay there."""
    words = text.strip()
    if not words:
        return text[:units]
    before, after = text.partition(words)[0], text.rpartition(words)[2]
    return before + names.text(words, max(0, units - len(before) - len(after))) + after


def joined(found: Sequence[Told]) -> Told:
    """What becomes of a piece of a serial line, by the frames that it completed."""
    kept = b"".join(each for each in found if isinstance(each, bytes))
    left_out = [each for each in found if isinstance(each, LeftOut)]
    return kept or (left_out[0] if left_out else None)
