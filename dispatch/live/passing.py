"""Values that are not logged: the newest of each key, written once for all who get them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from dispatch.answers import iso

URGENT: Final = frozenset({"unstored"})
"Types that wait for no pause and go before the others."

Key = tuple[str, int]
"Type and key of a value."


@dataclass(frozen=True, slots=True)
class Passing:
    """One value that is not logged: the newest of its `key` wins."""

    type: str
    "`positions`, `heard`, `links`, `condition` or `unstored`."
    key: int
    agency_id: int | None
    json: bytes


@dataclass(frozen=True, slots=True)
class Tick:
    """Values that go out together."""

    values: Mapping[Key, bytes]
    texts: tuple[str, ...]
    "One frame for each type, ready to send."


def tick(values: Mapping[Key, bytes], t: datetime) -> Tick:
    """Write the frames of these values, urgent types first."""
    lists: dict[str, list[bytes]] = {}
    for (type_, _), json in values.items():
        lists.setdefault(type_, []).append(json)
    return Tick(values, tuple(_frames(lists, iso(t))))


def _frames(lists: Mapping[str, list[bytes]], t: str) -> Iterable[str]:
    for type_ in sorted(lists, key=lambda one: one not in URGENT):
        head = f'{{"t":"{t}","type":"{type_}","data":['
        yield f"{head}{b','.join(lists[type_]).decode()}]}}"
