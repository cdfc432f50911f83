"""Lamps: what each part of the system says of itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from dispatch.answers import Iso, View

Level = Literal["ok", "amber", "red"]
"Works; works, but somebody should look; does not work."
WEIGHT: Final[Mapping[Level, int]] = {"ok": 0, "amber": 1, "red": 2}

Numbers = Mapping[str, float | str]
"What the text of a lamp speaks of, by name; consoles write it in their own language."


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look at one part found."""

    key: str
    "The part: `database`; of a gateway `spool:NAME`."
    level: Level
    text: str
    "What is the matter, as consoles translate it: `spool.filling`."
    numbers: Numbers = field(default_factory=dict)


class Lamp(View):
    """One part of the system, and since when it is so."""

    key: str
    level: Level
    since: Iso
    text: str
    numbers: dict[str, float | str]


def worst(lamps: Mapping[str, Lamp]) -> Level:
    """The level of the lamp that needs somebody most."""
    return max((lamp.level for lamp in lamps.values()), key=WEIGHT.__getitem__, default="ok")
