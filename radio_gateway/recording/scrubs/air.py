"""What repeaters heard on the air, made anonymous whatever protocol brings it.

Some of it stands alone. Link control within voice, talker aliases and data packets are spread
over bursts that come late, doubled or never: these get what stands for the whole once that was
found, and what never became whole is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, TypeAlias

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
    for slot in slots.values():
        for n, found in slot.finish().items():
            content = heard[n].content
            if isinstance(found, LeftOut):
                told[n] = found
            elif isinstance(content, Block):
                told[n] = replace(content, octets=found)
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


class _Stream:
    """The bursts of one transmission as one base station heard them."""

    def __init__(self) -> None:
        self._positions = Positions()
        self._at: dict[int, list[int]] = {}
        "Position, counted without wrap: the bursts that came with it."
        self._heard: dict[int, Embedded] = {}

    def add(self, n: int, heard: Heard) -> None:
        self._at.setdefault(self._positions.place(heard.sequence), []).append(n)
        if isinstance(heard.content, Embedded):
            self._heard[n] = heard.content

    def finish(self, told: list[Content | LeftOut], names: Pseudonyms) -> None:
        """Write anew what was embedded."""
        alias = AliasRun(names)
        for whole in self._wholes():
            lc = parse_lc(whole.octets)
            if isinstance(lc, TalkerAliasPart):
                alias.add(lc, partial(self._put_part, told, whole))
            else:
                self._put(told, whole, blocks.link_control(whole.octets, names))
        alias.finish()

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

    def _put_part(
        self, told: list[Content | LeftOut], whole: _Whole, part: TalkerAliasPart | None
    ) -> None:
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
