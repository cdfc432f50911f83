"""Talker aliases: all parts of one get the name that stands for it, in the same character set."""

from collections.abc import Callable

from radio_gateway.protocols.dmr.link_control import TalkerAliasPart
from radio_gateway.protocols.dmr.talker_alias import AliasCollector, AliasFormat, build
from radio_gateway.recording.pseudonyms import Pseudonyms

Put = Callable[[TalkerAliasPart | None], None]
"Takes what becomes of one part; None: the alias never became whole."


class AliasRun:
    """The parts of one talker's alias, as often as they come, until another one begins."""

    def __init__(self, names: Pseudonyms) -> None:
        self._names = names
        self._collector = AliasCollector()
        self._parts: list[tuple[TalkerAliasPart, Put]] = []
        self._header: bytes | None = None

    def add(self, part: TalkerAliasPart, put: Put) -> None:
        """Take one part; `put` is told what becomes of it by `finish` at the latest."""
        if part.number == 0 and self._header != part.data:
            self.finish()
            self._header = part.data
        self._collector.add(part)
        self._parts.append((part, put))

    def finish(self) -> None:
        """Nothing more comes of this one."""
        told = self._alias()
        for part, put in self._parts:
            put(told.get(part.number))
        self._collector, self._parts, self._header = AliasCollector(), [], None

    def _alias(self) -> dict[int, TalkerAliasPart]:
        """By number, parts that say another name; none if the alias never became whole."""
        if self._collector.text is None or self._header is None:
            return {}
        form, length = AliasFormat(self._header[0] >> 6), self._header[0] >> 1 & 0x1F
        name = self._names.text(self._collector.text, length)
        return {part.number: part for part in build(name, form)}
