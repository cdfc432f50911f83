"""What repeaters heard on the air, made anonymous whatever protocol brings it.

Some of it stands alone. Link control within voice, talker aliases and data packets are spread
over bursts that come late, doubled or never: these get what stands for the whole once that was
found, and what never became whole says nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, TypeAlias

from radio_gateway.adapters._dmr_calls import JOIN_WITHIN_S
from radio_gateway.adapters._dmr_reception import Positions
from radio_gateway.protocols.dmr import embedded
from radio_gateway.protocols.dmr.emb import Emb, Lcss
from radio_gateway.protocols.dmr.embedded import Collector
from radio_gateway.protocols.dmr.link_control import TalkerAliasPart, parse_lc
from radio_gateway.protocols.dmr.reassembly import BLOCK_TYPES
from radio_gateway.protocols.dmr.slot_type import DataType
from radio_gateway.protocols.errors import MalformedError
from radio_gateway.recording.pseudonyms import Pseudonyms
from radio_gateway.recording.scrubs import blocks
from radio_gateway.recording.scrubs.aliases import AliasRun
from radio_gateway.recording.scrubs.packets import PacketSlot
from radio_gateway.recording.scrubs.scrubbing import UNREADABLE, LeftOut

_NOTHING: Final = embedded.NULL_FRAGMENT


@dataclass(frozen=True, slots=True)
class Embedded:
    """What a voice burst carries beside the voice."""

    sync: bool
    "Burst A."
    emb: Emb | None = None
    fragment: bytes = _NOTHING
    lc: bytes | None = None
    "9 octets, where the base station has put the parts together itself."


@dataclass(frozen=True, slots=True)
class Block:
    """Information field of a data burst; 12 octets, 18 at rate 3/4, 24 at rate 1."""

    kind: DataType
    octets: bytes


Content: TypeAlias = Embedded | Block


@dataclass(frozen=True, slots=True)
class Heard:
    """One burst as a base station hands it on."""

    at: float
    "Seconds since 1970."
    base: int
    slot: int
    stream: bytes
    "The same in all bursts of one transmission."
    sequence: int
    "Counts the bursts of a slot, modulo 256."
    content: Content
    parties: tuple[int, int] | None = None
    "Who talks to whom, as its envelope says; None: it does not."


def scrub(heard: Sequence[Heard], names: Pseudonyms) -> list[Content | LeftOut]:
    """One answer of the same type for each burst, in order, or why it is left out."""
    told: list[Content | LeftOut] = [_alone(each.content, names) for each in heard]
    streams: dict[tuple[int, int, bytes], _Stream] = {}
    slots: dict[tuple[int, int], PacketSlot] = {}
    for n, each in enumerate(heard):
        key = each.base, each.slot, each.stream
        streams.setdefault(key, _Stream()).add(n, each)
        if isinstance(each.content, Block) and each.content.kind in _OF_PACKETS:
            slot = slots.setdefault(key[:2], PacketSlot(names))
            slot.take(n, each.content.kind, each.content.octets, each.at, each.sequence)
    for stream in streams.values():
        stream.finish(told, names)
    for parts in _talks(streams.values()):
        alias = AliasRun(names)
        for found in sorted(parts, key=lambda part: part.n):
            alias.add(found.part, partial(found.stream.put_part, told, found.whole))
        alias.finish()
    for slot in slots.values():
        for n, octets in slot.finish().items():
            content = heard[n].content
            if isinstance(octets, LeftOut):
                told[n] = octets
            elif isinstance(content, Block):
                told[n] = replace(content, octets=octets)
    return told


_OF_PACKETS: Final = BLOCK_TYPES | {DataType.DATA_HEADER}


def _alone(content: Content, names: Pseudonyms) -> Content | LeftOut:
    """A block that says all by itself; of voice what it is without anything embedded."""
    if isinstance(content, Embedded):
        emb = None if content.emb is None else replace(content.emb, lcss=Lcss.SINGLE)
        return Embedded(content.sync, emb)
    if content.kind in _OF_PACKETS:
        return LeftOut("parts of unknown data packets")
    try:
        return replace(content, octets=blocks.standing_alone(content.kind, content.octets, names))
    except LeftOut as reason:
        return reason
    except MalformedError:
        return LeftOut(UNREADABLE)


@dataclass(frozen=True, slots=True)
class _Whole:
    """A link control and the bursts that brought its parts, each as often as it came."""

    octets: bytes
    carriers: tuple[Sequence[int], ...]
    "One: the base station has put it together."


@dataclass(frozen=True, slots=True)
class _AliasPart:
    """Part of an alias, as one base station heard it."""

    n: int
    "The burst that completed it."
    part: TalkerAliasPart
    whole: _Whole
    stream: "_Stream"


def _talks(streams: Iterable["_Stream"]) -> list[list[_AliasPart]]:
    """Parts of aliases by transmission: several base stations may have heard it in part."""
    found: list[list[_AliasPart]] = []
    running: dict[tuple[int, int], tuple[float, list[_AliasPart]]] = {}
    for stream in sorted(streams, key=lambda each: each.began):
        if not stream.alias_parts:
            continue
        if stream.parties is None:
            found.append(stream.alias_parts)
            continue
        until, parts = running.get(stream.parties, (0.0, []))
        if stream.began > until + JOIN_WITHIN_S:
            parts = []
        if not parts:
            found.append(parts)
        parts += stream.alias_parts
        running[stream.parties] = max(until, stream.ended), parts
    return found


class _Stream:
    """The bursts of one transmission as one base station heard them."""

    def __init__(self) -> None:
        self._positions = Positions()
        self._at: dict[int, list[int]] = {}
        "Position, counted without wrap: the bursts that came with it."
        self._heard: dict[int, Embedded] = {}
        self.alias_parts: list[_AliasPart] = []
        self.parties: tuple[int, int] | None = None
        self.began = self.ended = 0.0

    def add(self, n: int, heard: Heard) -> None:
        if not self._at:
            self.parties, self.began = heard.parties, heard.at
        self.ended = heard.at
        self._at.setdefault(self._positions.place(heard.sequence), []).append(n)
        if isinstance(heard.content, Embedded):
            self._heard[n] = heard.content

    def finish(self, told: list[Content | LeftOut], names: Pseudonyms) -> None:
        """Write anew what was embedded, and set the parts of an alias aside."""
        for whole in self._wholes():
            lc = parse_lc(whole.octets)
            if isinstance(lc, TalkerAliasPart):
                n = max(min(bursts) for bursts in whole.carriers)
                self.alias_parts.append(_AliasPart(n, lc, whole, self))
            else:
                self._put(told, whole, blocks.link_control(whole.octets, names))

    def _wholes(self) -> list[_Whole]:
        found: list[_Whole] = []
        collector, parts, before = Collector(), list[Sequence[int]](), None
        for position in sorted(self._at):
            bursts = [n for n in self._at[position] if n in self._heard]
            if before is not None and position > before + 1:
                collector.reset()  # a part may be among the lost bursts
            before = position
            if not bursts:
                continue
            burst = self._heard[bursts[0]]
            if burst.sync:
                collector.reset()
                continue
            if burst.lc is not None:
                collector.reset()
                found.append(_Whole(burst.lc, (bursts,)))
                continue
            parts.append(bursts)
            try:
                lc = collector.add(burst.emb, burst.fragment)
            except MalformedError:
                lc = None
            if lc is not None:
                found.append(_Whole(lc, tuple(parts[-embedded.FRAGMENTS :])))
        return found

    def put_part(
        self, told: list[Content | LeftOut], whole: _Whole, part: TalkerAliasPart | None
    ) -> None:
        """Write another part of an alias where the true one stood."""
        self._put(told, whole, None if part is None else part.build())

    def _put(self, told: list[Content | LeftOut], whole: _Whole, lc: bytes | None) -> None:
        """Write a link control where the true one stood; None: nothing embedded."""
        if lc is None:
            return
        if len(whole.carriers) == 1:
            for n in whole.carriers[0]:
                told[n] = replace(self._heard[n], fragment=_NOTHING, lc=lc)
            return
        for carriers, fragment in zip(whole.carriers, embedded.encode(lc), strict=True):
            for n in carriers:
                told[n] = replace(self._heard[n], fragment=fragment)
