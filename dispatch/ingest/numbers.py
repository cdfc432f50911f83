"""Which of the numbers 1, 2, 3 .. have arrived: the highest, and the holes below it."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

Span: TypeAlias = tuple[int, int]
"First and last number, both included."

MAX_HOLES: Final = 1000
"Beyond this the two highest become one: their events are asked for again, which does no harm."


@dataclass(frozen=True, slots=True)
class Hole:
    """Numbers that have not arrived although a higher one has."""

    first: int
    last: int
    since: float
    "Monotonic seconds."
    asked_at: float | None = None
    "When the gateway was last asked for it, monotonic seconds."


@dataclass(frozen=True, slots=True)
class Numbers:
    """State of one spool's numbers; every change gives a new value."""

    top: int = 0
    "Highest number that arrived; 0: none."
    holes: tuple[Hole, ...] = ()
    "Rising, apart from each other."
    gone: int = 0
    "Numbers that were given up."

    def arrived(self, numbers: Iterable[int], now: float) -> "Numbers":
        """With these numbers; repeated ones and such as are no number change nothing."""
        top, holes = self.top, list(self.holes)
        for number in sorted(numbers):
            if number > top:
                if number > top + 1:
                    holes.append(Hole(top + 1, number - 1, now))
                top = number
            elif holes:
                _cut(holes, (number, number))
        while len(holes) > MAX_HOLES:
            last = holes.pop()
            holes[-1] = replace(holes[-1], last=last.last)
        return replace(self, top=top, holes=tuple(holes))

    def without(self, spans: Sequence[Span]) -> "Numbers":
        """With what is missing of these spans given up."""
        holes = list(self.holes)
        gone = sum(_cut(holes, span) for span in spans)
        return replace(self, holes=tuple(holes), gone=self.gone + gone)

    def common(self, spans: Iterable[Span]) -> list[Span]:
        """Those parts of the spans that are missing here."""
        return [
            (max(first, hole.first), min(last, hole.last))
            for first, last in spans
            for hole in self.holes
            if first <= hole.last and last >= hole.first
        ]

    def asked(self, holes: Sequence[Hole], now: float) -> "Numbers":
        """With these holes marked as asked for."""
        return replace(
            self,
            holes=tuple(
                replace(hole, asked_at=now) if hole in holes else hole for hole in self.holes
            ),
        )


def _cut(holes: list[Hole], span: Span) -> int:
    """Take a span out of the holes; tells how many numbers that were missing it had."""
    first, last = span
    at = max(0, bisect_right(holes, first, key=lambda hole: hole.first) - 1)
    count = 0
    while at < len(holes) and holes[at].first <= last:
        hole = holes[at]
        if hole.last < first:
            at += 1
            continue
        count += min(last, hole.last) - max(first, hole.first) + 1
        left = []
        if hole.first < first:
            left.append(replace(hole, last=first - 1))
        if hole.last > last:
            left.append(replace(hole, first=last + 1))
        holes[at : at + 1] = left
        at += len(left)
    return count
