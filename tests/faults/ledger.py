"""What the outside world was told is safe, and what the database holds of it."""

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from tests.faults.repeater import number_of
from tests.faults.waiting import eventually_async


class Class(StrEnum):
    """What is counted apart."""

    EMERGENCY = "emergency"
    TEXT = "text"
    CALL = "call"
    POSITION = "position"
    ORDER = "order"
    "A text that a dispatcher sent."
    STEP = "step"
    "An emergency that a dispatcher took charge of."


NEVER_LOST = frozenset(Class) - {Class.POSITION}


@dataclass
class Ledger:
    """Acknowledged content by class; every entry is unique and recognisable."""

    acknowledged: dict[Class, set[str]] = field(default_factory=lambda: defaultdict(set))

    def note(self, kind: Class, content: object) -> None:
        self.acknowledged[kind].add(str(content))

    @property
    def total(self) -> int:
        return sum(map(len, self.acknowledged.values()))

    def count(self, kind: Class) -> int:
        return len(self.acknowledged[kind])

    def copy(self) -> "Ledger":
        """What was acknowledged until now."""
        return Ledger({kind: set(said) for kind, said in self.acknowledged.items()})

    def count_lost(self, stored: "Stored") -> dict[str, int]:
        """Acknowledged and absent, by class."""
        missing = {kind: len(said - stored[kind].keys()) for kind, said in self._by_class()}
        return {str(kind): missing[kind] for kind in NEVER_LOST if missing.get(kind)}

    def missing(self, stored: "Stored", kind: Class) -> list[str]:
        return sorted(self.acknowledged[kind] - stored[kind].keys())

    def _by_class(self) -> list[tuple[Class, set[str]]]:
        return sorted(self.acknowledged.items())


BALLAST = 0
"Positions of this radio only make a database large, and are not counted."

Stored = dict[Class, Counter[str]]
"How often each content is visible, by class."


def count_doubled(stored: Stored) -> dict[str, int]:
    """Visible more than once, by class; positions may be, for repeaters send them again."""
    twice = {kind: sum(n > 1 for n in stored[kind].values()) for kind in NEVER_LOST}
    return {str(kind): number for kind, number in twice.items() if number}


READ_REST = 9.0
"Rest between two looks at the whole database, in times of what one takes."

_QUERIES = {
    # a radio whose answer was lost says it again, perhaps after people closed its alarm: that is
    # raised anew, marked as soon after a closed one, since to hide it might hide a true one
    Class.EMERGENCY: (
        "SELECT r.number FROM emergency e JOIN radio r ON r.id = e.radio_id WHERE NOT e.after_close"
    ),
    Class.TEXT: "SELECT text FROM message WHERE direction = 'in'",
    Class.ORDER: "SELECT text FROM message WHERE direction = 'out'",
    Class.STEP: "SELECT emergency_id FROM emergency_action WHERE action = 'acknowledged'",
}


_ENDED_CALLS = (
    "SELECT r.number, c.end_reason FROM call_record c JOIN radio r ON r.id = c.radio_id"
    " WHERE c.ended_at IS NOT NULL"
)


def _calls(rows: Iterable[Sequence[Any]]) -> Counter[str]:
    """A call that a kill cut is closed as such, and what the radio says after it is another."""
    whole, cut = Counter[str](), set[str]()
    for number, reason in rows:
        if reason == "terminator":
            whole[str(number)] += 1
        else:
            cut.add(str(number))
    return whole + Counter(cut - whole.keys())


async def read(url: str, *, positions: bool = False) -> Stored:
    """Read the database itself, past all of the product's code."""
    engine = create_async_engine(url)
    stored: Stored = {kind: Counter() for kind in Class}
    try:
        async with engine.connect() as connection:
            for kind, query in _QUERIES.items():
                rows = await connection.execute(text(query))
                stored[kind] = Counter(str(row[0]) for row in rows)
            stored[Class.CALL] = _calls(
                tuple(row) for row in await connection.execute(text(_ENDED_CALLS))
            )
            if positions:
                rows = await connection.execute(
                    text(
                        "SELECT lat_e7 / 1e7, lon_e7 / 1e7 FROM position WHERE radio_id <> :ballast"
                    ),
                    {"ballast": BALLAST},
                )
                stored[Class.POSITION] = Counter(
                    str(number_of(float(row[0]), float(row[1]))) for row in rows
                )
    finally:
        await engine.dispose()
    return stored


async def settled(url: str, ledger: Ledger, patience_s: float = 60.0) -> Stored:
    """Wait until everything never to be lost is stored, or for so long; what is there then."""
    stored: Stored = {}
    trouble: Exception | None = None

    async def complete() -> bool:
        nonlocal stored, trouble
        began = time.monotonic()
        try:
            stored = await read(url, positions=Class.POSITION in ledger.acknowledged)
        except (DBAPIError, OSError) as error:
            trouble = error  # it may still be on its way back
            return False
        if not any(ledger.missing(stored, kind) for kind in NEVER_LOST):
            return True
        # to read everything all the time would take the machine from those who are waited for
        await asyncio.sleep(READ_REST * (time.monotonic() - began))
        return False

    try:
        await eventually_async(complete, "all of the ledger", patience_s)
    except AssertionError:
        if not stored:
            raise AssertionError(f"the database cannot be read: {trouble}") from trouble
    return stored
