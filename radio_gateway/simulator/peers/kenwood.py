"""A Kenwood base radio as its serial port shows it: the other end of the Kenwood adapter."""

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Final

from radio_gateway.domain.geo import GeoPoint
from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.kenwood import frames
from radio_gateway.protocols.kenwood.frames import CallerId, Edge, Poll, Result, TextFrame
from radio_gateway.protocols.kenwood.ids import UnitId
from radio_gateway.protocols.kenwood.reader import FrameReader, Kind
from radio_gateway.protocols.kenwood.sentences import DataSentence, ShortSentence
from radio_gateway.protocols.nmea.fields import KNOT_KMH
from radio_gateway.protocols.nmea.line import Checksum, ChecksumState

NO_STATUS: Final = 207
"What NEXEDGE radios put into a plain position report."
ANSWER_S: Final = (0.6, 2.5)
"A radio in reach acknowledges a text within this time."
SILENCE_S: Final = 4.0
"The base gives up on a radio that does not answer after this long."

_UNSUMMED: Final = Checksum(ChecksumState.OK, None, 0)


@dataclass(frozen=True, slots=True)
class KenwoodFix:
    """What a radio's GNSS receiver knows."""

    point: GeoPoint
    at: datetime
    "Aware UTC."
    speed_kmh: float = 0.0
    bearing_deg: float = 0.0
    current: bool = True
    "False: no satellites, the last known place is repeated."


@dataclass(frozen=True, slots=True, kw_only=True)
class AirLoss:
    """How often the air swallows something, 0..1."""

    text: float = 0.08
    "A text or poll that the radio does not answer."
    end: float = 0.02
    "The end of a transmission that the base does not report."


@dataclass(order=True, slots=True)
class _Due:
    at: float
    order: int
    data: bytes = field(compare=False)
    then: Callable[[], None] | None = field(compare=False, default=None)


class KenwoodBaseRadio:
    """One channel: while somebody talks, data waits."""

    def __init__(
        self,
        chance: random.Random,
        *,
        reachable: Callable[[UnitId], bool],
        on_text: Callable[[UnitId | None, str], None],
        on_poll: Callable[[UnitId], None],
        loss: AirLoss | None = None,
    ) -> None:
        """Connect the base with the radios around it.

        Args:
            chance: decides delays and losses.
            reachable: whether a radio is switched on.
            on_text: told when a text reached a radio; None: a text to a group or all.
            on_poll: told when a radio was asked for its position.
            loss: how bad the air is.
        """
        self._chance = chance
        self._reachable = reachable
        self._on_text = on_text
        self._on_poll = on_poll
        self._loss = loss or AirLoss()
        self._reader = FrameReader()
        self._due: list[_Due] = []
        self._order = count()
        self._busy_until = float("-inf")
        self._outgoing: list[bytes] = []

    def busy(self, now: float) -> bool:
        """Whether somebody talks on the channel."""
        return now < self._busy_until

    def talk(self, unit: UnitId, seconds: float, now: float) -> bool:
        """Press and hold the PTT key; False: the channel is busy and the radio only beeps."""
        if self.busy(now):
            return False
        self._busy_until = now + seconds
        self._send(CallerId(Edge.BEGIN, unit).build(), now)
        if self._chance.random() >= self._loss.end:
            self._send(CallerId(Edge.END, unit).build(), self._busy_until)
        return True

    def report(self, unit: UnitId, fix: KenwoodFix, now: float, status: int = NO_STATUS) -> None:
        """Send place and status (`DS`), now or when the channel is free."""
        sentence = DataSentence(
            unit=unit,
            checksum=_UNSUMMED,
            utc_time=fix.at.time(),
            fix="A" if fix.current else "V",
            lat=fix.point.lat,
            lon=fix.point.lon,
            speed_knots=fix.speed_kmh / KNOT_KMH,
            course_deg=fix.bearing_deg,
            utc_date=fix.at.date(),
            version="00",
            status=status,
            extension="00",
        )
        self._send(frames.burst(sentence.build()), max(now, self._busy_until))

    def emergency(self, unit: UnitId, fix: KenwoodFix, status: int, now: float) -> None:
        """Send what the emergency key sends: the emergency status, and the place once more."""
        self.report(unit, fix, now, status)
        short = ShortSentence(
            unit=unit,
            checksum=_UNSUMMED,
            lat=fix.point.lat,
            lon=fix.point.lon,
            utc_time=fix.at.time(),
            fix="A" if fix.current else "V",
        )
        self._send(frames.burst(short.build()), max(now, self._busy_until))

    def feed(self, data: bytes, now: float) -> None:
        """Take octets of the gateway; a base radio ignores what it does not understand."""
        for item in self._reader.feed(data):
            if item.kind is not Kind.BODY:
                continue
            try:
                frame = frames.parse(item.data)
            except MalformedError:
                continue
            if isinstance(frame, TextFrame):
                self._take_text(frame, now)
            elif isinstance(frame, Poll):
                self._take_poll(frame, now)

    def expire(self, now: float) -> None:
        """Let everything happen that is due."""
        while self._due and self._due[0].at <= now:
            due = heapq.heappop(self._due)
            if due.data:
                self._outgoing.append(due.data)
            if due.then is not None:
                due.then()

    def deadline(self) -> float | None:
        return self._due[0].at if self._due else None

    def outgoing(self) -> list[bytes]:
        """Octets to write to the port since the last call."""
        taken, self._outgoing = self._outgoing, []
        return taken

    def _take_text(self, frame: TextFrame, now: float) -> None:
        if frame.unit is None:
            self._answer(now, ok=True, then=lambda: self._on_text(None, frame.text))
            return
        unit = frame.unit
        reached = self._reaches(unit)
        then = (lambda: self._on_text(unit, frame.text)) if reached else None
        self._answer(now, ok=reached, then=then)

    def _take_poll(self, frame: Poll, now: float) -> None:
        reached = self._reaches(frame.unit)
        then = (lambda: self._on_poll(frame.unit)) if reached else None
        self._answer(now, ok=reached, then=then)

    def _reaches(self, unit: UnitId) -> bool:
        return self._reachable(unit) and self._chance.random() >= self._loss.text

    def _answer(self, now: float, *, ok: bool, then: Callable[[], None] | None) -> None:
        delay = self._chance.uniform(*ANSWER_S) if ok else SILENCE_S
        self._send(Result(ok=ok).build(), max(now, self._busy_until) + delay, then)

    def _send(self, data: bytes, at: float, then: Callable[[], None] | None = None) -> None:
        heapq.heappush(self._due, _Due(at, next(self._order), data, then))
