"""Homebrew datagrams without the real numbers, places, names and voices.

Logins are left out: their digests would let a passphrase be guessed. So do the signatures of
OpenBridge: others stand in their place, equal for equal, since a bridge's datagram counts once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from radio_gateway.adapters._recent import Recent
from radio_gateway.adapters.openbridge import REPLAYED_KEPT, REPLAYED_S, channel
from radio_gateway.protocols.dmr.link_control import TalkerAliasPart
from radio_gateway.protocols.dmr.slot_type import DataType
from radio_gateway.protocols.errors import MalformedError
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
from radio_gateway.recording.scrubs.scrubbing import UNREADABLE, LeftOut, Told

_PLAIN_OCTETS: Final = 55
"Of a burst with bit errors and signal strength; more is padding."


def scrub(records: Sequence[Record], names: Pseudonyms) -> list[Told]:
    """See `scrubbing.Scrub`."""
    of_master = bool(records) and records[0].where.kind == "homebrew-peer"
    as_heard = _of_master if of_master else _of_repeater
    return _scrubbed([record.data for record in records], records, names, as_heard)


def _of_repeater(frame: DmrFrame) -> DmrFrame:
    return frame


def _of_master(frame: DmrFrame) -> DmrFrame:
    """All that a master sends counts as heard by one repeater."""
    return replace(frame, repeater_id=1)


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
    found = _scrubbed([opened[n][0] for n in kept], [records[n] for n in kept], names, channel)
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
    frames: Sequence[bytes],
    records: Sequence[Record],
    names: Pseudonyms,
    as_heard: Callable[[DmrFrame], DmrFrame],
) -> list[Told]:
    told: list[Told] = []
    bursts: dict[int, _Burst] = {}
    aliases: dict[tuple[int, int], AliasRun] = {}
    for n, (octets, record) in enumerate(zip(frames, records, strict=True)):
        told.append(None)
        try:
            match parse_frame(octets):
                case DmrFrame() as frame:
                    heard = _heard(as_heard(frame), record.at)
                    bursts[n] = _Burst(frame, max(0, len(octets) - _PLAIN_OCTETS), heard)
                case AliasFrame() as frame:
                    run = aliases.setdefault((frame.repeater_id, frame.source), AliasRun(names))
                    run.add(frame.part, partial(_put_alias, told, n, frame, names))
                case frame:
                    told[n] = _alone(frame, names)
        except (MalformedError, ValueError):
            told[n] = LeftOut(UNREADABLE)
    for run in aliases.values():
        run.finish()
    found = air.scrub([burst.heard for burst in bursts.values()], names)
    for (n, burst), content in zip(bursts.items(), found, strict=True):
        told[n] = content if isinstance(content, LeftOut) else burst.closed(content, names)
    return told


def _heard(frame: DmrFrame, at: float) -> air.Heard:
    data = frame.frame_type is FrameType.DATA_SYNC
    content = open_burst(frame.burst, DataType(frame.detail) if data else None)
    parties = frame.source, frame.target
    return air.Heard(
        at, frame.repeater_id, frame.slot, frame.stream, frame.sequence, content, parties
    )


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
