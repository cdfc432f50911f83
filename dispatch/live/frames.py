"""Frames of the live stream, each written as JSON once for all who get it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from dispatch.answers import iso
from dispatch.live.scope import Scope


@dataclass(frozen=True, slots=True)
class Frame:
    """One durable event, ready to send."""

    seq: int
    agency_id: int | None
    json: str


@dataclass(frozen=True, slots=True)
class Skip:
    """Numbers of events that are not for this reader."""

    first: int
    last: int

    @property
    def seq(self) -> int:
        return self.last

    @property
    def json(self) -> str:
        return f'{{"seq_from":{self.first},"seq":{self.last},"type":"skip"}}'


def frame(seq: int, t: datetime, type_: str, agency_id: int | None, data: str) -> Frame:
    """Write a frame around `data`, a JSON object."""
    text = f'{{"seq":{seq},"t":"{iso(t)}","type":"{type_}","data":{data}}}'
    return Frame(seq, agency_id, text)


def filtered(frames: Iterable[Frame], scope: Scope) -> Iterator[Frame | Skip]:
    """What a reader gets of consecutive frames: own ones, and the numbers between."""
    first = last = 0
    for one in frames:
        if not scope.sees(one.agency_id):
            first, last = first or one.seq, one.seq
            continue
        if first:
            yield Skip(first, last)
            first = 0
        yield one
    if first:
        yield Skip(first, last)
