"""Homebrew datagrams without the real numbers, places and voices.

Logins are left out (their digests would let a passphrase be guessed), and so are data packets and
talker aliases. Speech becomes silence; link control is written anew, whole headers as well as
the parts that voice bursts carry.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from radio_gateway.protocols.dmr import ambe, embedded
from radio_gateway.protocols.dmr.burst import (
    DataBurst,
    VoiceBurst,
    build_data,
    build_voice,
    build_voice_a,
    parse_burst,
)
from radio_gateway.protocols.dmr.csbk import Csbk
from radio_gateway.protocols.dmr.emb import Emb, Lcss
from radio_gateway.protocols.dmr.embedded import Collector
from radio_gateway.protocols.dmr.link_control import (
    GpsInfo,
    VoiceLc,
    open_full_lc,
    parse_lc,
    seal_full_lc,
)
from radio_gateway.protocols.dmr.slot_type import DataType
from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.homebrew.dmrd import DmrFrame, GpsFrame
from radio_gateway.protocols.homebrew.frames import parse_frame
from radio_gateway.protocols.homebrew.messages import (
    BeaconRequest,
    MasterCloses,
    Ping,
    Pong,
    RepeaterCloses,
)
from radio_gateway.recording.pseudonyms import Pseudonyms
from radio_gateway.recording.scrubbing import LeftOut

_SILENCE: Final = (ambe.SILENCE,) * 3
_FULL_LC: Final = (DataType.VOICE_LC_HEADER, DataType.TERMINATOR_WITH_LC)
_NUMBERS: Final = ("source", "target", "talkgroup", "base")
"Fields of control blocks that hold a radio, a talkgroup or a base station."


def scrub(frames: Sequence[bytes], names: Pseudonyms) -> list[bytes | LeftOut | None]:
    """See `scrubbing.Scrub`."""
    found: list[bytes | LeftOut | None] = []
    calls: dict[tuple[int, int, bytes], _Call] = {}
    for octets in frames:
        found.append(_scrubbed(octets, names, calls, found))
    return found


@dataclass(frozen=True, slots=True)
class _Part:
    """A voice burst whose embedded part is not known to be of a link control yet."""

    at: int
    "Place of its datagram."
    frame: DmrFrame
    emb: Emb


class _Call:
    """Embedded link control of one transmission, over the bursts that carry its parts."""

    def __init__(self) -> None:
        self._collector = Collector()
        self._parts: list[_Part] = []

    def add(self, part: _Part, fragment: bytes) -> tuple[list[_Part], bytes] | None:
        """Take one part; the four parts and the 9 octets once they are complete."""
        if part.emb.lcss is Lcss.FIRST:
            self._parts.clear()
        self._parts.append(part)
        try:
            lc = self._collector.add(part.emb, fragment)
        except MalformedError:
            return None
        return None if lc is None else (self._parts[-embedded.FRAGMENTS :], lc)

    def reset(self) -> None:
        self._collector.reset()
        self._parts.clear()


def _scrubbed(
    octets: bytes,
    names: Pseudonyms,
    calls: dict[tuple[int, int, bytes], _Call],
    found: list[bytes | LeftOut | None],
) -> bytes | LeftOut:
    try:
        match parse_frame(octets):
            case DmrFrame() as frame:
                call = calls.setdefault((frame.repeater_id, frame.slot, frame.stream), _Call())
                told = replace(
                    frame,
                    source=names.number(frame.source),
                    target=names.number(frame.target),
                    repeater_id=names.number(frame.repeater_id),
                )
                burst = _burst(told, names, call, found)
                return replace(told, burst=burst).build() + bytes(max(0, len(octets) - 55))
            case GpsFrame() as frame:
                own = names.number(frame.repeater_id)
                return GpsFrame(own, names.number(frame.source), _gps(frame.info, names)).build()
            case Ping() | Pong() | RepeaterCloses() | MasterCloses() | BeaconRequest() as frame:
                return replace(frame, repeater_id=names.number(frame.repeater_id)).build()
            case _:
                return LeftOut("logins, descriptions and aliases")
    except LeftOut as reason:
        return reason
    except (MalformedError, ValueError):
        return LeftOut("frames that cannot be read")


def _burst(
    frame: DmrFrame, names: Pseudonyms, call: _Call, found: list[bytes | LeftOut | None]
) -> bytes:
    burst = parse_burst(frame.burst)
    if isinstance(burst, DataBurst):
        return _data(burst, names)
    if burst.sync is not None:
        call.reset()
        return build_voice_a(burst.sync, _SILENCE)
    return _voice(frame, burst, names, call, found)


def _voice(
    frame: DmrFrame,
    burst: VoiceBurst,
    names: Pseudonyms,
    call: _Call,
    found: list[bytes | LeftOut | None],
) -> bytes:
    """Silence with nothing embedded, until the fourth part tells what the four shall hold."""
    if burst.emb is None:
        raise LeftOut("voice bursts beyond repair")
    empty = build_voice(replace(burst.emb, lcss=Lcss.SINGLE), embedded.NULL_FRAGMENT, _SILENCE)
    complete = call.add(_Part(len(found), frame, burst.emb), burst.fragment)
    lc = None if complete is None else _lc(complete[1], names)
    if complete is None or lc is None:
        return empty
    for part, fragment in zip(complete[0], embedded.encode(lc), strict=True):
        octets = build_voice(part.emb, fragment, _SILENCE)
        if part.at == len(found):
            return octets
        found[part.at] = replace(part.frame, burst=octets).build()
    return empty


def _data(burst: DataBurst, names: Pseudonyms) -> bytes:
    if burst.slot_type is None:
        raise LeftOut("bursts beyond repair")
    kind = burst.slot_type.data_type
    if kind in _FULL_LC:
        lc = _lc(open_full_lc(burst.payload(), kind), names)
        if lc is None:
            raise LeftOut("link control of unknown forms")
        block = seal_full_lc(lc, kind)
    elif kind is DataType.CSBK:
        block = _csbk(burst.payload(), names)
    else:
        raise LeftOut("data packets")
    return build_data(burst.sync, burst.slot_type, block)


def _lc(octets: bytes, names: Pseudonyms) -> bytes | None:
    """Nine octets with other numbers or another place; None: a form that is not known."""
    match parse_lc(octets):
        case VoiceLc() as lc:
            told = replace(lc, source=names.number(lc.source), target=names.number(lc.target))
            return told.build()
        case GpsInfo() as info:
            return _gps(info, names).build()
        case _:
            return None


def _gps(info: GpsInfo, names: Pseudonyms) -> GpsInfo:
    return replace(info, point=names.place(info.point))


def _csbk(block: bytes, names: Pseudonyms) -> bytes:
    outer = Csbk.parse(block)
    message: Any = outer.message()
    if message is None:
        raise LeftOut("control blocks of unknown forms")
    numbers = {
        name: names.number(getattr(message, name)) for name in _NUMBERS if hasattr(message, name)
    }
    told: Csbk = replace(message, **numbers).build()
    return replace(told, last_block=outer.last_block, protect=outer.protect).build()
