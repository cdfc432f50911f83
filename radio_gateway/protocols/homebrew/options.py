"""What a repeater asks for after its login (RPTO), where the text says something about talkgroups.

Two grammars are about: `TS1=1,2,10-19;TS2=9` and `StartRef=4000;RelinkTime=15;TS1_1=8;TS2_1=9`.
Only their talkgroups are read; links to reflectors and times are for the networks that have such.
"""

import re
from dataclasses import dataclass
from typing import Final

from radio_gateway.protocols.homebrew.messages import Options

_SLOT_KEY: Final = re.compile(r"(?:TS|SLOT)([12])(?:_\d{1,3})?", re.IGNORECASE)
_ENTRY: Final = re.compile(r"(\d{1,8})(?:-(\d{1,8}))?(?::[12])?(?::\d{1,8})?", re.ASCII)
_MAX_ENTRIES: Final = 150
"More do not fit into a message."


@dataclass(frozen=True, slots=True)
class StaticTalkgroups:
    """The talkgroups that a repeater wants at all times, by slot."""

    ranges: tuple[tuple[int, int, int], ...] = ()
    "Slot, first and last talkgroup."

    @classmethod
    def of(cls, options: Options) -> "StaticTalkgroups":
        """Read the text leniently: entries that are no talkgroups are passed over."""
        found: list[tuple[int, int, int]] = []
        for key, value in options.entries().items():
            slot = _SLOT_KEY.fullmatch(key)
            if slot is None:
                continue
            for entry in value.split(","):
                match = _ENTRY.fullmatch(entry.strip())
                if match is None:
                    continue
                first, last = int(match[1]), int(match[2] or match[1])
                if first and first <= last:
                    found.append((int(slot[1]), first, last))
        return cls(tuple(found[:_MAX_ENTRIES]))

    def __bool__(self) -> bool:
        return bool(self.ranges)

    def slot_of(self, talkgroup: int) -> int | None:
        """The slot on which the repeater wants the talkgroup; None: it did not ask for it."""
        for slot, first, last in self.ranges:
            if first <= talkgroup <= last:
                return slot
        return None
