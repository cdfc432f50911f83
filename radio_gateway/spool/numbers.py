"""Ranges of sequence numbers: `(first, last)`, both included."""

from collections.abc import Iterable, Iterator
from typing import TypeAlias

Span: TypeAlias = tuple[int, int]


def missing(span: Span, held: Iterable[int]) -> Iterator[Span]:
    """The parts of a span that `held`, rising numbers within it, leaves out."""
    first = span[0]
    for number in held:
        if number > first:
            yield first, number - 1
        first = number + 1
    if first <= span[1]:
        yield first, span[1]


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same numbers in the fewest spans, rising."""
    result: list[Span] = []
    for first, last in sorted(spans):
        if result and first <= result[-1][1] + 1:
            result[-1] = (result[-1][0], max(last, result[-1][1]))
        else:
            result.append((first, last))
    return result
