"""Plain NMEA sentences carry no id: which radio of a Kenwood burst do they belong to?"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from radio_gateway.domain.ids import RadioId
from radio_gateway.domain.moment import Moment
from radio_gateway.protocols.nmea.fix import Fix
from radio_gateway.protocols.nmea.merge import merge
from radio_gateway.protocols.nmea.sentences import PositionSentence

WINDOW_S: Final = 1.0
"Without STX and ETX, sentences of one radio come within this time."


@dataclass(slots=True)
class _Burst:
    frame: int | None
    opened: float
    radio: RadioId | None = None
    placed: bool = False
    "A sentence with id and place came: plain ones repeat it."
    plain: list[PositionSentence] = field(default_factory=list)


class SentencePairing:
    """Collects one burst (or, without frames, one second) and says whose place it was."""

    def __init__(self) -> None:
        self._burst: _Burst | None = None
        self.unpaired = 0
        "Plain sentences that belonged to nobody."

    def deadline(self) -> float | None:
        return self._burst.opened + WINDOW_S if self._burst else None

    def identified(
        self, radio: RadioId, frame: int | None, at: Moment, *, placed: bool
    ) -> list[tuple[RadioId, Fix]]:
        """A sentence with id came; returns what the burst before it amounts to."""
        burst, done = self._in(frame, at)
        if burst.radio not in (None, radio):
            done += self.finish(at.utc)
            burst, _ = self._in(frame, at)
        burst.radio = radio
        burst.placed |= placed
        return done

    def plain(
        self, sentence: PositionSentence, frame: int | None, at: Moment
    ) -> list[tuple[RadioId, Fix]]:
        """A sentence without id came."""
        burst, done = self._in(frame, at)
        if any(self._another_fix(sentence, other) for other in burst.plain):
            done += self.finish(at.utc)
            burst, _ = self._in(frame, at)
        burst.plain.append(sentence)
        return done

    def expire(self, at: Moment) -> list[tuple[RadioId, Fix]]:
        deadline = self.deadline()
        return self.finish(at.utc) if deadline is not None and at.mono >= deadline else []

    def finish(self, now: datetime) -> list[tuple[RadioId, Fix]]:
        """The burst is complete."""
        burst, self._burst = self._burst, None
        if burst is None or not burst.plain or burst.placed:
            return []
        if burst.radio is None:
            self.unpaired += len(burst.plain)
            return []
        verdict = merge(burst.plain, now)
        return [(burst.radio, verdict)] if isinstance(verdict, Fix) else []

    def _in(self, frame: int | None, at: Moment) -> tuple[_Burst, list[tuple[RadioId, Fix]]]:
        done: list[tuple[RadioId, Fix]] = []
        if self._burst is not None and self._burst.frame != frame:
            done = self.finish(at.utc)
        if self._burst is None:
            self._burst = _Burst(frame, at.mono)
        return self._burst, done

    @staticmethod
    def _another_fix(one: PositionSentence, other: PositionSentence) -> bool:
        return one.utc_time != other.utc_time or type(one) is type(other)
