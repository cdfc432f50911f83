"""Homebrew datagrams without the real numbers, places, names and voices.

Logins are left out: their digests would let a passphrase be guessed, as the signatures of
OpenBridge would. Others stand in the place of these, equal for equal, since a bridge's datagram
counts once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from radio_gateway.adapters._recent import Recent
from radio_gateway.adapters.openbridge import REPLAYED_KEPT, REPLAYED_S, channel
from radio_gateway.protocols.dmr.link_control import TalkerAliasPart
from radio_gateway.protocols.dmr.slot_type import DataType
from radio_gateway.protocols.homebrew.dmrd import AliasFrame, DmrFrame, FrameType, GpsFrame
from radio_gateway.protocols.homebrew.frames import parse_frame
from radio_gateway.protocols.homebrew.messages import (
    BeaconRequest,
    MasterCloses,
    Ping,
    Pong,
    Refuse,
    RepeaterCloses,
)
from radio_gateway.protocols.homebrew.openbridge import without_signature
from radio_gateway.recording.pseudonyms import Pseudonyms
from radio_gateway.recording.ring import Record
from radio_gateway.recording.scrubs import air, blocks
from radio_gateway.recording.scrubs.aliases import AliasRun
from radio_gateway.recording.scrubs.bursts import close_burst, open_burst
from radio_gateway.recording.scrubs.reading import scrub_frames
from radio_gateway.recording.scrubs.scrubbing import UNREADABLE, LeftOut, Told

_PLAIN_OCTETS: Final = 55
"Of a burst with bit errors and signal strength; more is padding."


def scrub(records: Sequence[Record], names: Pseudonyms) -> list[Told]:
    """See `scrubbing.Scrub`."""
    return _scrubbed([(record.data, record.at) for record in records], names, lambda frame: frame)


def scrub_master(records: Sequence[Record], names: Pseudonyms) -> list[Told]:
    """The same of a master that we log in to: all that it sends counts as of one repeater."""
    sent = [(record.data, record.at) for record in records]
    return _scrubbed(sent, names, lambda frame: replace(frame, repeater_id=1))


def scrub_bridge(records: Sequence[Record], names: Pseudonyms) -> list[Told]:
    """The same of an OpenBridge, where each talkgroup counts as a repeater."""
    opened = [without_signature(record.data) for record in records]
    counted, firsts = Recent(REPLAYED_S, REPLAYED_KEPT), dict[bytes, int]()
    first: list[int | None] = []
    for n, ((_, signature), record) in enumerate(zip(opened, records, strict=True)):
        if signature and not counted.seen(signature, record.at):
            firsts[signature] = n
        first.append(firsts.get(signature))
    kept = [n for n, place in enumerate(first) if place == n]
    found = _scrubbed([(opened[n][0], records[n].at) for n in kept], names, channel)
    told = dict(zip(kept, found, strict=True))
    return [
        _signed(LeftOut(UNREADABLE) if n is None else told[n], signature, names)
        for n, (_, signature) in zip(first, opened, strict=True)
    ]


def _signed(told: Told, signature: bytes, names: Pseudonyms) -> Told:
    return told + names.octets(signature) if isinstance(told, bytes) else told


@dataclass(frozen=True, slots=True)
class _Burst:
    """A datagram whose burst is read together with others."""

    frame: DmrFrame
    padding: int
    heard: air.Heard

    def closed(self, told: air.Content, names: Pseudonyms) -> bytes:
        frame = replace(
            self.frame,
            source=names.number(self.frame.source),
            target=names.number(self.frame.target),
            repeater_id=names.number(self.frame.repeater_id),
            burst=close_burst(self.frame.burst, told),
        )
        return frame.build() + bytes(self.padding)


def _scrubbed(
    sent: Sequence[tuple[bytes, float]],
    names: Pseudonyms,
    as_heard: Callable[[DmrFrame], DmrFrame],
) -> list[Told]:
    """Datagrams with their times."""
    aliases: list[tuple[int, AliasFrame]] = []

    def read(numbered: tuple[int, tuple[bytes, float]]) -> _Burst | Told:
        n, (octets, at) = numbered
        match parse_frame(octets):
            case DmrFrame() as frame:
                padding = max(0, len(octets) - _PLAIN_OCTETS)
                return _Burst(frame, padding, _heard(as_heard(frame), at))
            case AliasFrame() as frame:
                aliases.append((n, frame))
                return None
            case frame:
                return _alone(frame, names)

    told = scrub_frames(enumerate(sent), read, names)
    _put_aliases(told, aliases, names)
    return told


def _heard(frame: DmrFrame, at: float) -> air.Heard:
    data = frame.frame_type is FrameType.DATA_SYNC
    content = open_burst(frame.burst, DataType(frame.detail) if data else None)
    parties = frame.source, frame.target
    return air.Heard(
        at, frame.repeater_id, frame.slot, frame.stream, frame.sequence, content, parties
    )


def _put_aliases(
    told: list[Told], aliases: Sequence[tuple[int, AliasFrame]], names: Pseudonyms
) -> None:
    """Parts of aliases that came beside the voice, by repeater and talker."""
    runs: dict[tuple[int, int], AliasRun] = {}
    for n, frame in aliases:
        run = runs.setdefault((frame.repeater_id, frame.source), AliasRun(names))
        run.add(frame.part, partial(_put_alias, told, n, frame, names))
    for run in runs.values():
        run.finish()


def _put_alias(
    told: list[Told], n: int, frame: AliasFrame, names: Pseudonyms, part: TalkerAliasPart | None
) -> None:
    if part is None:
        told[n] = LeftOut("parts of aliases that never became whole")
    else:
        base, source = names.number(frame.repeater_id), names.number(frame.source)
        told[n] = AliasFrame(base, source, part).build()


def _alone(frame: object, names: Pseudonyms) -> Told:
    match frame:
        case GpsFrame():
            base, source = names.number(frame.repeater_id), names.number(frame.source)
            return GpsFrame(base, source, blocks.gps_info(frame.info, names)).build()
        case Ping() | Pong() | RepeaterCloses() | MasterCloses() | BeaconRequest():
            return replace(frame, repeater_id=names.number(frame.repeater_id)).build()
        case Refuse(repeater_id=number):
            return Refuse(number and names.number(number)).build()
        case _:
            return LeftOut("logins and descriptions of repeaters")
